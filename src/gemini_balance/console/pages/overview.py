"""Overview: is it well? The verdict, and the pool as a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.console.quotas import quotas, resets_at
from gemini_balance.console.states import STATES, reason, remedy
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.pool.report import Standing, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gemini_balance.console.page import Visit
    from gemini_balance.console.quotas import Quota
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.core.pool import Key, KeyPool

EVERY = 2.0  # seconds
FORECASTS = 5.0  # seconds for which forecasts are good
MOST_CELLS = 240  # keys that are drawn one by one
MOST_TODOS = 5
SHOWN_STATES = tuple(STATES.values())
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
    short: int = 0


@dataclass(frozen=True, slots=True)
class Overview:
    verdict: Verdict
    pools: tuple[Pool, ...]
    quotas: tuple[Quota, ...]
    resets_at: float | None
    todos: tuple[Todo, ...]
    more_todos: int


@dataclass(slots=True)
class Seen:
    """One walk over a pool's keys: there may be ten thousand, and calls wait meanwhile."""

    counts: Counter[Standing]
    invalid: list[Key]
    ends: list[float]  # of rests


async def show(sources: Sources, visit: Visit) -> Overview:
    seen = {name: look_at(pool.keys.values(), visit.now) for name, pool in sources.pools.items() if pool.keys}
    invalid = [key for one in seen.values() for key in one.invalid]
    forecasts = await sources.forecasts.recent(FORECASTS)
    left = quotas(forecasts, visit.now)
    short = sum(bool(quota.outlook.tone) for quota in left)
    return Overview(
        verdict(sum((one.counts for one in seen.values()), Counter()), short),
        tuple(draw_pool(name, sources.pools[name], one, visit.now) for name, one in seen.items()),
        left,
        resets_at(forecasts),
        tuple(Todo(_tail(key), reason(key.reason), remedy(key.reason)) for key in invalid[:MOST_TODOS]),
        max(0, len(invalid) - MOST_TODOS),
    )


def look_at(keys: Iterable[Key], now: float) -> Seen:
    seen = Seen(Counter(), [], [])
    for key in keys:
        standing = standing_of(key, now)
        seen.counts[standing] += 1
        if standing is Standing.INVALID:
            seen.invalid.append(key)
        elif standing is Standing.RESTING:
            seen.ends.append(key.until)
    return seen


def verdict(counts: Counter[Standing], short: int = 0) -> Verdict:
    """One sentence that answers: is it well? `short`: models whose day ends before the day does."""
    total, ready = counts.total(), counts[Standing.READY]
    resting = counts[Standing.RESTING] + counts[Standing.PROBING]
    numbers = ready, resting, total
    if not total:
        return Verdict("off", "s-off", "verdict.empty", "verdict.empty_text", *numbers)
    if not ready and not resting:
        return Verdict("bad", "s-invalid", "verdict.down", "verdict.down_text", *numbers)
    if ready < resting:
        return Verdict("wait", "s-rest", "verdict.slow", "verdict.slow_text", *numbers)
    title = "verdict.well_but" if short else "verdict.well"
    return Verdict(
        "ok", "s-ready", title, "verdict.all_text" if ready == total else "verdict.some_text", *numbers, short
    )


def draw_pool(name: str, pool: KeyPool, seen: Seen, now: float) -> Pool:
    total = len(pool.keys)
    few = pool.keys.values() if total <= MOST_CELLS else ()
    cells = sorted((_cell(key, now) for key in few), key=lambda cell: SHOWN_STATES.index(cell.state))
    return Pool(POOLS[name], total, _shares(seen.counts), tuple(cells), _comeback(seen.ends, now))


def _cell(key: Key, now: float) -> Cell:
    standing = standing_of(key, now)
    why = reason(key.reason) if standing in (Standing.RESTING, Standing.INVALID) else ""
    return Cell(STATES[standing], _tail(key), key.until if standing is Standing.RESTING else 0.0, why)


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


def _tail(key: Key) -> str:
    return key.spec.secret[-SHOWN:]


PAGE = Page("overview", "", "overview.title", show, live=EVERY)
