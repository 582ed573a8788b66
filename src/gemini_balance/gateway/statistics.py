"""How it goes: sums of calls, over all replicas, up to half a second ago."""

from __future__ import annotations

import logging
from math import ceil, inf
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.gateway.calls import By, Question, Span, Sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.gateway.calls import CallLog
    from gemini_balance.gateway.ports import Clock

log = logging.getLogger(__name__)
MINUTE, HOUR, DAY = (span.value for span in Span)
MOST_SPANS = {
    (By.NOTHING, Span.MINUTE): 12 * 60,
    (By.NOTHING, Span.HOUR): 31 * 24,
    (By.NOTHING, Span.DAY): 1_100,
    (By.TOKEN, Span.HOUR): 24,
    (By.TOKEN, Span.DAY): 31,
    (By.KEY, Span.DAY): 31,
}
"""So that an answer comes within a tenth of a second, however much there is."""
MOST_NAMES = {By.KEY: (7, 3), By.TOKEN: (31, 7)}  # days for which these are told apart: all, and with percentiles
MOST_SERIES = 7 * 24  # spans for which something is told apart in each of them
LEAST_ERRORS = 10  # of a key in one day, from which on it needs attention
LEAST_SHARE = 0.05  # and of all that it was asked


def most_spans(question: Question) -> int:
    """That may be asked for at once."""
    most = MOST_SPANS[question.subject, question.span]
    if question.by in MOST_NAMES and question.span is Span.DAY:
        most = MOST_NAMES[question.by][question.percentiles]
    return min(most, MOST_SERIES) if question.timed and question.by else most


class Window(NamedTuple):
    """What happened from `since` on, `seconds` ago; the windows begin with whole minutes."""

    since: float
    seconds: float
    sums: Sums


class Overview(NamedTuple):
    """`today` is UTC's."""

    minute: Window
    hour: Window
    day: Window
    today: Window


class Ailing(msgspec.Struct, frozen=True, kw_only=True):
    """A key that fails often today: of how many attempts, and what they were answered with, the most frequent first."""

    key: str
    attempts: int
    errors: int
    statuses: tuple[tuple[int, int], ...]


class Statistics:
    """Reads sums, never calls."""

    def __init__(self, calls: CallLog, clock: Clock) -> None:
        self._calls, self._clock = calls, clock
        self._keys: tuple[float, dict[str, Sums]] = (-inf, {})

    async def ask(self, question: Question) -> list[Sums]:
        """Raises BadRequest where the answer would be too long."""
        spans = ceil((question.until - question.first) / question.span.value)
        most = most_spans(question)
        if spans > most:
            name = question.span.name.lower()
            raise BadRequest(f"That is {spans} {name}s; at most {most} can be asked for at once.", param="since")
        return await self._calls.sums(question)

    async def overview(self) -> Overview:
        """The last minute, hour and day, and today."""
        now = self._clock.unix()
        minute = now // MINUTE * MINUTE
        midnight = now // DAY * DAY
        return Overview(
            await self._minutes(minute - MINUTE, now),
            await self._minutes(minute - HOUR, now),
            await self._last_day(minute - DAY, now),
            Window(midnight, now - midnight, await self._sum(Span.HOUR, midnight, now)),
        )

    async def ailing(self, most: int = 20) -> list[Ailing]:
        """Keys that need attention: those with most errors today, the worst first."""
        now = self._clock.unix()
        today = Question(span=Span.DAY, since=now, until=now + 1, by=By.KEY, percentiles=False)
        sick = [one for one in await self._calls.sums(today) if _ails(one)]
        sick.sort(key=lambda one: (-one.errors, one.name))
        return [await self._why(one, now) for one in sick[:most]]

    async def keys_today(self, seconds: float) -> Mapping[str, Sums]:
        """What each key was asked on UTC's day, as it was at most so long ago: many may watch.

        Keys have to be looked after also while the journal is away: then it is what was known last.
        """
        now = self._clock.unix()
        if now - self._keys[0] >= seconds:
            self._keys = now, self._keys[1]
            today = Question(span=Span.DAY, since=now, until=now + 1, by=By.KEY, percentiles=False)
            try:
                self._keys = now, {one.name: one for one in await self._calls.sums(today)}
            except Exception:
                log.warning("The journal does not say what keys did", exc_info=True)
        return self._keys[1]

    async def _why(self, sick: Sums, now: float) -> Ailing:
        today = Question(span=Span.DAY, since=now, until=now + 1, by=By.STATUS, key=sick.name, percentiles=False)
        by_status = [(int(one.name), one.count) for one in await self._calls.sums(today)]
        return Ailing(key=sick.name, attempts=sick.count, errors=sick.errors, statuses=tuple(by_status))

    async def _minutes(self, since: float, now: float) -> Window:
        return Window(since, now - since, await self._sum(Span.MINUTE, since, now))

    async def _last_day(self, since: float, now: float) -> Window:
        """Hours, and the minutes before the first whole one."""
        hour = -(-since // HOUR) * HOUR
        minutes, hours = await self._sum(Span.MINUTE, since, hour), await self._sum(Span.HOUR, hour, now)
        return Window(since, now - since, minutes + hours)

    async def _sum(self, span: Span, since: float, until: float) -> Sums:
        """`until` is in the last span that counts."""
        found = await self._calls.sums(Question(span=span, since=since, until=until))
        return found[0] if found else Sums()


def _ails(one: Sums) -> bool:
    return one.errors >= LEAST_ERRORS and one.errors >= one.count * LEAST_SHARE
