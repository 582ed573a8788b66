"""All keys looked at once, for a page that shows some of them: how many there are of what, and which ones fit."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from gemini_balance.gateway.key_views import KeyFilter, KeyState, KeyView
    from gemini_balance.gateway.keyring import Keyring

AT_ONCE = 250  # keys, between which calls have their turn


def _alike(_: KeyView) -> float:
    return 0.0


@dataclass(slots=True)
class Survey:
    """`states` counts those that fit whatever their state; all other counts are of all keys. A key that is of no
    known project or group counts as of the project "", one without a tag as of the tag ""."""

    total: int = 0
    states: Counter[KeyState] = field(default_factory=Counter)
    projects: Counter[str] = field(default_factory=Counter)
    tags: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)


async def survey(
    keyring: Keyring, where: KeyFilter, by: Callable[[KeyView], str | float] = _alike, *, down: bool = False
) -> Survey:
    """One walk. `found` are the ids of those that fit, by what `by` says of each, else by age.

    No view is held for longer than it is looked at: ten thousand would have the garbage collector hold up all calls.
    """
    seen, anyhow = Survey(), replace(where, state=None)
    ranked: list[tuple[str | float, str]] = []
    async for view in walk(keyring):
        _count(seen, view)
        if anyhow.takes(view):
            seen.states[view.state] += 1
            if where.state in (None, view.state):
                ranked.append((by(view), view.id))
    ranked.sort(key=itemgetter(0), reverse=down)
    seen.found = [name for _, name in ranked]
    return seen


async def walk(keyring: Keyring) -> AsyncIterator[KeyView]:
    """All keys, by age, with pauses in which calls have their turn."""
    for number, view in enumerate(keyring.each(), 1):
        yield view
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


def _count(seen: Survey, view: KeyView) -> None:
    seen.total += 1
    seen.projects[view.inferred or view.project] += 1
    seen.tags.update(view.tags or ("",))
    seen.models.update(view.models)
    if view.reason:
        seen.reasons[view.reason] += 1
