"""Ephemeral tokens, with which a browser may open a live session."""

from gemini_balance.simulator.error_table import NAMED
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.resources.messages import AuthToken, as_json
from gemini_balance.simulator.resources.names import moment_of
from gemini_balance.simulator.resources.shelf import Item

VERSION = "v1alpha"
LIFE = 30 * 60.0


def create_token(ask: Ask) -> Object:
    """A new token; other versions than v1alpha have no such page."""
    if ask.place.version != VERSION:
        raise GoogleError(NAMED["page_404"])
    told = ask.read(AuthToken)
    token = Item(
        name=f"auth_tokens/{ask.library.namer.plain(64)}",
        project=ask.project,
        created=ask.now,
        expires=moment_of(told.expire_time) or ask.now + LIFE,
        value=as_json(told),
    )
    return {"name": ask.library.items.put(token).name}
