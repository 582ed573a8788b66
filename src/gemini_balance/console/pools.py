"""Pools of keys as pictures: a cell for each key, or shares of a bar where there are too many."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gemini_balance.console import paths
from gemini_balance.console.states import STATES, reason
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.pool.report import Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gemini_balance.console.states import State
    from gemini_balance.core.pool import Key, KeyPool

AT_ONCE = 1_000  # keys that are looked at without a pause
MOST_CELLS = 240  # keys that are drawn one by one
SHOWN_STATES = tuple(STATES.values())
SHOWN = 4  # last characters of a key
GAP = 0.3  # between shares of the bar, in hundredths of it
TITLES = {GEMINI_API: "overview.pool", VERTEX_EXPRESS: "overview.vertex_pool"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One key. `until`: 0 unless it rests."""

    state: State
    tail: str
    until: float
    reason: str  # a message; empty while all is well
    address: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A state's part of the bar: where it begins and how wide it is, in hundredths."""

    state: State
    count: int
    begin: float
    width: float


@dataclass(frozen=True, slots=True)
class Comeback:
    """When keys that rest are back: each one's place between now and the last, in hundredths."""

    places: tuple[float, ...]
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Pool:
    """One pool as a picture: a cell for each key, or shares where there are too many."""

    title: str
    total: int
    shares: tuple[Share, ...]
    cells: tuple[Cell, ...]
    comeback: Comeback | None


@dataclass(slots=True)
class Seen:
    """What one walk over a pool's keys found."""

    counts: Counter[Standing]
    invalid: list[Key]
    ends: list[float]  # of rests


async def look_at(keys: Iterable[Key], now: float) -> Seen:
    """There may be ten thousand of them: now and then calls have their turn."""
    seen = Seen(Counter(), [], [])
    for number, key in enumerate(tuple(keys), 1):
        if not number % AT_ONCE:
            await asyncio.sleep(0)
        standing = standing_of(key, now)
        seen.counts[standing] += 1
        if standing is Standing.INVALID:
            seen.invalid.append(key)
        elif standing is Standing.RESTING:
            seen.ends.append(key.until)
    return seen


def draw_pool(name: str, pool: KeyPool, seen: Seen, now: float) -> Pool:
    total = len(pool.keys)
    few = pool.keys.values() if total <= MOST_CELLS else ()
    cells = sorted((_cell(key, now) for key in few), key=lambda cell: SHOWN_STATES.index(cell.state))
    return Pool(TITLES[name], total, _shares(seen.counts), tuple(cells), _comeback(seen.ends, now))


def _cell(key: Key, now: float) -> Cell:
    standing = standing_of(key, now)
    why = reason(key.reason) if standing in (Standing.RESTING, Standing.INVALID) else ""
    until = key.until if standing is Standing.RESTING else 0.0
    return Cell(STATES[standing], tail_of(key), until, why, address_of(key.spec.id))


def _shares(counts: Counter[Standing]) -> tuple[Share, ...]:
    """Each state that has keys is seen, be it one key of ten thousand."""
    begin, shares = 0.0, []
    for standing, state in STATES.items():
        if counts[standing]:
            width = max(100 * counts[standing] / counts.total() - GAP, GAP)
            shares.append(Share(state, counts[standing], round(begin, 2), round(width, 2)))
            begin += width + GAP
    return tuple(shares)


def _comeback(ends: Sequence[float], now: float) -> Comeback | None:
    if not ends:
        return None
    first, last = min(ends), max(ends)
    span = max(last - now, 1.0)
    places = dict.fromkeys(round(100 * (end - now) / span, 1) for end in sorted(ends))
    return Comeback(tuple(places), first, last)


def tail_of(key: Key) -> str:
    return key.spec.secret[-SHOWN:]


def address_of(key: str) -> str:
    """Of a key's own page."""
    return f"{paths.KEYS}/{quote(key, safe='')}"
