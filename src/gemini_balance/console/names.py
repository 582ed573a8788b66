"""What keys and client tokens are called wherever they are spoken of: a key by its label and last four characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gemini_balance.console import paths
from gemini_balance.gateway.stores import Off

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.key_views import KeyView

SHORT = 8  # characters of an id that nobody knows any more


@dataclass(frozen=True, slots=True)
class KeyName:
    """`shown` begins with an ellipsis; `address`: of its own page, empty where it is gone."""

    label: str
    shown: str
    project: str = ""
    address: str = ""


def key_names(sources: Sources, ids: Iterable[str]) -> dict[str, KeyName]:
    """By id. Of one that is not known any more the id's beginning is shown."""
    ids = [one for one in dict.fromkeys(ids) if one]
    known = sources.keyring.known(ids)
    return {one: _name(known[one]) if one in known else KeyName("", f"{one[:SHORT]}…") for one in ids}


def _name(key: KeyView) -> KeyName:
    address = "" if key.reason == Off.DELETED else f"{paths.HOME}/keys/{quote(key.id, safe='')}"
    return KeyName(key.label, key.shown, key.project or key.inferred, address)


def token_names(sources: Sources) -> dict[str, str]:
    """By id, deleted ones, too."""
    return {token.id: token.name or f"…{token.shown}" for token in sources.tokens.all(deleted=True)}
