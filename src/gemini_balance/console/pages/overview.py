"""Overview: is it well? The verdict, and the pool as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.console.states import STATES, reason, remedy
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.pool.report import Standing, health_counts, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.core.pool import Key, KeyPool

EVERY = 2.0  # seconds
MOST_CELLS = 240  # keys that are drawn one by one
MOST_TODOS = 5
SHOWN = 4  # last characters of a key
GAP = 0.3  # between shares of the bar, in hundredths of it
POOLS = {GEMINI_API: "overview.pool", VERTEX_EXPRESS: "overview.vertex_pool"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One key. `until`: 0 unless it rests."""

    state: State
    tail: str
    until: float
    reason: str  # a message; empty while all is well


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
    projects: int
    shares: tuple[Share, ...]
    cells: tuple[Cell, ...]
    comeback: Comeback | None


@dataclass(frozen=True, slots=True)
class Todo:
    """A key that waits for the operator."""

    tail: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`title` and `text` are messages with these numbers."""

    tone: str
    glyph: str
    title: str
    text: str
    ready: int
    resting: int
    count: int


@dataclass(frozen=True, slots=True)
class Overview:
    verdict: Verdict
    pools: tuple[Pool, ...]
    todos: tuple[Todo, ...]
    more_todos: int


async def show(sources: Sources, visit: Visit) -> Overview:
    keys = [key for pool in sources.pools.values() for key in pool.keys.values()]
    invalid = [key for key in keys if standing_of(key, visit.now) is Standing.INVALID]
    return Overview(
        verdict(health_counts(keys, visit.now)),
        tuple(draw_pool(name, pool, visit.now) for name, pool in sources.pools.items() if pool.keys),
        tuple(Todo(_tail(key), reason(key.reason), remedy(key.reason)) for key in invalid[:MOST_TODOS]),
        max(0, len(invalid) - MOST_TODOS),
    )


def verdict(counts: Mapping[Standing, int]) -> Verdict:
    """One sentence that answers: is it well?"""
    total, ready, resting = (
        sum(counts.values()),
        counts[Standing.READY],
        counts[Standing.RESTING] + counts[Standing.PROBING],
    )
    numbers = ready, resting, total
    if not total:
        return Verdict("off", "s-off", "verdict.empty", "verdict.empty_text", *numbers)
    if not ready and not resting:
        return Verdict("bad", "s-invalid", "verdict.down", "verdict.down_text", *numbers)
    if ready < resting:
        return Verdict("wait", "s-rest", "verdict.slow", "verdict.slow_text", *numbers)
    if resting or ready < total:
        return Verdict("ok", "s-ready", "verdict.well", "verdict.some_text", *numbers)
    return Verdict("ok", "s-ready", "verdict.well", "verdict.all_text", *numbers)


def draw_pool(name: str, pool: KeyPool, now: float) -> Pool:
    keys = list(pool.keys.values())
    few = keys if len(keys) <= MOST_CELLS else []
    ordered = sorted(few, key=lambda key: list(STATES).index(standing_of(key, now)))
    return Pool(
        POOLS[name],
        len(keys),
        len({id(key.project or key) for key in keys}),
        _shares(health_counts(keys, now)),
        tuple(_cell(key, now) for key in ordered),
        _comeback(keys, now),
    )


def _cell(key: Key, now: float) -> Cell:
    standing = standing_of(key, now)
    why = reason(key.reason) if standing in (Standing.RESTING, Standing.INVALID) else ""
    return Cell(STATES[standing], _tail(key), key.until if standing is Standing.RESTING else 0.0, why)


def _shares(counts: Mapping[Standing, int]) -> tuple[Share, ...]:
    """Each state that has keys is seen, be it one key of ten thousand."""
    begin, shares = 0.0, []
    for standing, state in STATES.items():
        if counts[standing]:
            width = max(100 * counts[standing] / sum(counts.values()) - GAP, GAP)
            shares.append(Share(state, counts[standing], round(begin, 2), round(width, 2)))
            begin += width + GAP
    return tuple(shares)


def _comeback(keys: Sequence[Key], now: float) -> Comeback | None:
    ends = sorted(_rests(keys, now))
    if not ends:
        return None
    span = max(ends[-1] - now, 1.0)
    places = dict.fromkeys(round(100 * (end - now) / span, 1) for end in ends)
    return Comeback(tuple(places), ends[0], ends[-1])


def _rests(keys: Iterable[Key], now: float) -> Iterable[float]:
    return (key.until for key in keys if standing_of(key, now) is Standing.RESTING)


def _tail(key: Key) -> str:
    return key.spec.secret[-SHOWN:]


PAGE = Page("overview", "", "overview.title", show, live=EVERY)
