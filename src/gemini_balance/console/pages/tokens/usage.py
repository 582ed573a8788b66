"""What client tokens have used, from the journal's sums. While the database is away, nothing is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.shapes import Chart, Series
from gemini_balance.core.errors import StoreAway
from gemini_balance.gateway.calls import By, Question, Span, Sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words

SHOWN_MODELS = 12
PERIODS = {"24h": (Span.HOUR, 24), "7d": (Span.DAY, 7)}
"""What may be asked for → how long one bar is, and how many there are."""


@dataclass(frozen=True, slots=True)
class Period:
    """One token's last day or week: all of it, and the picture of it."""

    total: Sums
    chart: Chart


async def today(sources: Sources, now: float) -> dict[str, Sums] | None:
    """Since 00:00 UTC, by token; None: the database is away."""
    question = Question(span=Span.DAY, since=now, until=now + 1, by=By.TOKEN, percentiles=False)
    found = await _ask(sources, question)
    return None if found is None else {one.name: one for one in found}


async def period(sources: Sources, words: Words, token: str, name: str) -> Period | None:
    """`name`: one of PERIODS."""
    span, count = PERIODS[name]
    first = (words.now // span.value - count + 1) * span.value
    question = Question(span=span, since=first, until=words.now + 1, timed=True, token=token, percentiles=False)
    found = await _ask(sources, question)
    if found is None:
        return None
    total = sum(found, Sums())
    return Period(total, _chart(found, [first + n * span.value for n in range(count)], words))


async def by_model(sources: Sources, token: str, now: float) -> list[Sums]:
    """Of the last week, those with most calls."""
    span, count = PERIODS["7d"]
    question = Question(
        span=span,
        since=now - (count - 1) * span.value,
        until=now + 1,
        by=By.MODEL,
        token=token,
        percentiles=False,
        most=SHOWN_MODELS,
    )
    return await _ask(sources, question) or []


def _chart(found: Sequence[Sums], at: list[float], words: Words) -> Chart:
    by_time = {one.at: one for one in found}
    shown = [by_time.get(begin, Sums()) for begin in at]
    good = [float(one.count - one.errors) for one in shown]
    bad = [float(one.errors) for one in shown]
    answered, failed = str(words("usage.answered")), str(words("usage.failed"))
    return Chart(at, [Series(answered, "accent-fill", good), Series(failed, "bad-fill", bad)], bars=True, low=True)


async def _ask(sources: Sources, question: Question) -> list[Sums] | None:
    try:
        return await sources.statistics.ask(question)
    except StoreAway:
        return None
