"""Overview: is it well? The verdict, numbers and charts, the pool as a picture, and what waits for the operator."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from gemini_balance.console import attention, paths
from gemini_balance.console.faults import fault_named
from gemini_balance.console.figures import figures
from gemini_balance.console.page import Page
from gemini_balance.console.pools import draw_pool, look_at
from gemini_balance.console.quotas import quotas, resets_at
from gemini_balance.core.pool import KeyId
from gemini_balance.core.pool.report import Standing
from gemini_balance.gateway.trends import Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gemini_balance.console.attention import Todo
    from gemini_balance.console.faults import Fault
    from gemini_balance.console.figures import Figures
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pools import Pool
    from gemini_balance.console.quotas import Quota
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words
    from gemini_balance.core.pool import Key, KeyPool
    from gemini_balance.gateway.failing import Failing, FailureClass
    from gemini_balance.gateway.forecasts import PoolState
    from gemini_balance.gateway.statistics import Ailing

EVERY = 2.0  # seconds
MOST_ERRORS = 5
FORECASTS = 5.0  # seconds for which forecasts are good
RANGES = {Range.HOUR: "overview.range_1h", Range.DAY: "overview.range_24h", Range.WEEK: "overview.range_7d"}


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
class ErrorRow:
    """Calls that failed for the same reason: `model` is most often theirs, `address` the latest one's."""

    fault: Fault
    calls: int
    model: str
    last: float
    address: str


@dataclass(frozen=True, slots=True)
class Errors:
    """The most frequent ones, and how many calls failed in all. `address`: of the page that tells more."""

    rows: tuple[ErrorRow, ...]
    calls: int
    address: str


class Waiting(NamedTuple):
    """What may wait for the operator."""

    invalid: list[Key]
    quotas: tuple[Quota, ...]
    ailing: list[Ailing]
    forecasts: list[PoolState]


@dataclass(frozen=True, slots=True)
class Overview:
    """`figures`, `errors`: None while the journal does not answer. `ranges`: address, message, which one it is."""

    verdict: Verdict
    ranges: tuple[tuple[str, str, bool], ...]
    figures: Figures | None
    pools: tuple[Pool, ...]
    quotas: tuple[Quota, ...]
    resets_at: float | None
    todos: tuple[Todo, ...]
    more_todos: int
    errors: Errors | None


async def show(sources: Sources, visit: Visit) -> Overview:
    wanted, t, now = range_of(visit.asked("range")), visit.words, visit.now
    seen = {name: await look_at(pool.keys.values(), now) for name, pool in sources.pools.items() if pool.keys}
    forecasts = await sources.forecasts.recent(FORECASTS)
    left = quotas(forecasts, now)
    trend, failed = await sources.trends.recent(wanted), await sources.trends.failures(wanted)
    invalid = [key for one in seen.values() for key in one.invalid]
    return Overview(
        verdict(sum((one.counts for one in seen.values()), Counter()), sum(bool(one.outlook.tone) for one in left)),
        tuple((f"{paths.HOME}?range={one}", RANGES[one], one is wanted) for one in Range),
        figures(t, trend) if trend is not None else None,
        tuple(draw_pool(name, sources.pools[name], one, now) for name, one in seen.items()),
        left,
        resets_at(forecasts),
        _todos(sources, t, Waiting(invalid, left, await sources.trends.ailing(), forecasts)),
        max(0, len(invalid) - attention.MOST),
        errors(failed, wanted) if failed is not None else None,
    )


def range_of(asked: str) -> Range:
    """What is none is a day."""
    return Range(asked) if asked in set(Range) else Range.DAY


def _todos(sources: Sources, t: Words, waiting: Waiting) -> tuple[Todo, ...]:
    keys = {key.spec.id: key for pool in sources.pools.values() for key in _named(pool, waiting.ailing)}
    return (
        *attention.invalid(t, waiting.invalid),
        *attention.shortages(t, waiting.quotas),
        *attention.ailing(t, waiting.ailing, keys),
        *attention.groups(t, waiting.forecasts),
    )


def _named(pool: KeyPool, sick: Sequence[Ailing]) -> Iterator[Key]:
    for one in sick:
        if (key := pool.keys.get(KeyId(one.key))) is not None and not key.spec.off:
            yield key


def errors(failed: Failing, wanted: Range) -> Errors:
    rows = tuple(_row(one) for one in failed.classes[:MOST_ERRORS])
    return Errors(rows, failed.calls, f"{paths.ERRORS}?range={wanted}")


def _row(one: FailureClass) -> ErrorRow:
    model = one.models.named[0][0] if one.models.named else ""
    return ErrorRow(fault_named(one.name), one.calls, model, one.last, f"{paths.CALLS}/{quote(one.latest, safe='')}")


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


PAGE = Page("overview", "", "overview.title", show, live=EVERY)
