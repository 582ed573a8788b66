"""How many calls there were of those that somebody looks for, point by point, as far as sums know it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.gateway.calls import By, Question, Span
from gemini_balance.gateway.recent import Recent
from gemini_balance.gateway.retention import (
    DAY_DAYS,
    HOUR_DAYS,
    KEY_DAY_DAYS,
    MINUTE_DAYS,
    TOKEN_DAY_DAYS,
    TOKEN_HOUR_DAYS,
)
from gemini_balance.gateway.statistics import DAY, HOUR, MINUTE, most_spans
from gemini_balance.gateway.trends import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.gateway.calls import CallFilter, Sums
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.statistics import Statistics

LEAST, MOST = 3, 62  # points
STEPS = (
    (MINUTE, Span.MINUTE),
    (5 * MINUTE, Span.MINUTE),
    (15 * MINUTE, Span.MINUTE),
    (HOUR, Span.HOUR),
    (3 * HOUR, Span.HOUR),
    (6 * HOUR, Span.HOUR),
    (DAY, Span.DAY),
    (7 * DAY, Span.DAY),
    (28 * DAY, Span.DAY),
)
"""Seconds of one point, and the sums that it is made of."""
KEPT_DAYS = {
    (By.NOTHING, Span.MINUTE): MINUTE_DAYS,
    (By.NOTHING, Span.HOUR): HOUR_DAYS,
    (By.NOTHING, Span.DAY): DAY_DAYS,
    (By.TOKEN, Span.HOUR): TOKEN_HOUR_DAYS,
    (By.TOKEN, Span.DAY): TOKEN_DAY_DAYS,
    (By.KEY, Span.DAY): KEY_DAY_DAYS,
}
USUAL = {By.NOTHING: DAY, By.TOKEN: DAY, By.KEY: 30 * DAY}
"""Seconds back from the end, where nobody says since when."""
GOOD_FOR = 5.0  # seconds
REMEMBERED = 64  # questions


class Plan(msgspec.Struct, frozen=True):
    """What is asked, and how many seconds one point has. `status`: the only one that counts; 0: all."""

    question: Question
    step: int
    status: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """`points` have no gaps; they begin with `since`, `step` seconds apart. `attempts`: those with one key are
    counted. `wider`: sums don't know all that was asked, so calls that don't fit are among them."""

    since: float
    until: float
    step: int
    points: tuple[Sums, ...]
    wider: bool
    attempts: bool

    @property
    def count(self) -> int:
        return sum(point.count for point in self.points)

    @property
    def errors(self) -> int:
        return sum(point.errors for point in self.points)


class Counting:
    """One for all who look: the same is asked once in a few seconds."""

    def __init__(self, statistics: Statistics, clock: Clock) -> None:
        self._statistics, self._clock = statistics, clock
        self._recent: OrderedDict[Plan, Recent[list[Sums]]] = OrderedDict()

    async def of(self, wanted: CallFilter) -> Counted | None:
        """None where sums know nothing of it, would come to too few points, or can't be read now."""
        plan = plan_of(wanted, self._clock.unix())
        sums = await self._of(plan).get() if plan is not None else None
        if plan is None or sums is None:
            return None
        asked = plan.question
        points = tuple(filled(sums, asked.first, asked.until - 1, plan.step))
        attempts = asked.subject is By.KEY
        return Counted(points[0].at, asked.until, plan.step, points, _is_wider(wanted), attempts)

    def _of(self, plan: Plan) -> Recent[list[Sums]]:
        found = self._recent.pop(plan, None) or Recent(partial(self._read, plan), self._clock, GOOD_FOR)
        self._recent[plan] = found
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return found

    async def _read(self, plan: Plan) -> list[Sums]:
        sums = await self._statistics.ask(plan.question)
        return [one for one in sums if not plan.status or one.name == str(plan.status)]


def plan_of(wanted: CallFilter, now: float) -> Plan | None:
    """The finest one that is kept for so long, and not too long to be read or drawn."""
    return next((plan for plan in _plans(wanted, now) if _fits(plan, now)), None)


def _plans(wanted: CallFilter, now: float) -> Iterator[Plan]:
    """A part of a point is not known, but of the one that is going on."""
    until = now if wanted.until is None else min(wanted.until, now)
    subject = By.KEY if wanted.key else By.TOKEN if wanted.token else By.NOTHING
    since = wanted.since if wanted.since is not None else until - USUAL[subject]
    for step, span in STEPS:
        try:
            question = Question(
                span=span,
                since=ceil(since / step) * step,
                until=until // step * step if until < now else ceil(now / MINUTE) * MINUTE,  # the same for a while
                by=By.STATUS if wanted.status else By.NOTHING,
                timed=True,
                model=wanted.model or None,
                token=wanted.token or None,
                key=wanted.key or None,
                status_class=wanted.status_class,
                percentiles=False,
            )
        except BadRequest:  # there are no such sums
            continue
        yield Plan(question, step, wanted.status)


def _fits(plan: Plan, now: float) -> bool:
    asked = plan.question
    points = ceil((asked.until - asked.since) / plan.step)
    spans = ceil((asked.until - asked.since) / asked.span.value)
    kept = KEPT_DAYS[asked.subject, asked.span] * DAY
    return LEAST <= points <= MOST and spans <= most_spans(asked) and asked.since >= now - kept


def _is_wider(wanted: CallFilter) -> bool:
    return bool(wanted.outcomes or wanted.cause or wanted.text or wanted.operation or wanted.failed)
