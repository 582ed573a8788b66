"""The journal: sums of calls."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.gateway.calls import By, Question, Span
from gemini_balance.management.calls import Time, UsageShown, usage_shown
from gemini_balance.management.endpoint import Access, Asks, Endpoint, Line, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.core.histogram import Histogram
    from gemini_balance.gateway.calls import Sums
    from gemini_balance.gateway.statistics import Ailing, Window
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked

SHARES = (0.5, 0.9, 0.95, 0.99)


class SpanName(StrEnum):
    """How long one sum goes."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class SumsAsked(Asks, frozen=True, kw_only=True):
    """Which sums. There are minutes without tokens and keys, hours without keys, and nothing with both."""

    span: Annotated[SpanName, Meta(description="How exact `since` and `until` are taken, and how long one sum goes.")]
    since: Annotated[Time, Meta(description="From then on.")]
    until: Annotated[Time, Meta(description="Up to then.")]
    by: Annotated[By, Meta(description="What sums are told apart by; empty: one for all.")] = By.NOTHING
    timed: Annotated[bool, Meta(description="One sum for each span.")] = False
    model: Annotated[Line | None, Meta(description="Only of this model.")] = None
    token: Annotated[Line | None, Meta(description="Only of the client token with this id.")] = None
    key: Annotated[Line | None, Meta(description="Only of the key with this id: of its attempts.")] = None
    status_class: Annotated[int, Meta(ge=0, le=9, description="4: answered with 400 to 499; 0: whatever.")] = 0
    most: Annotated[int, Meta(ge=0, le=1000, description="Names, those with most calls; 0: all.")] = 0


class DurationsShown(Model, frozen=True, kw_only=True):
    """Seconds that a part of all answered calls stayed within; null: there were none. They are right to 6 %."""

    p50: Annotated[float | None, Meta(description="Half of them.")]
    p90: Annotated[float | None, Meta(description="Nine of ten.")]
    p95: Annotated[float | None, Meta(description="95 of a hundred.")]
    p99: Annotated[float | None, Meta(description="99 of a hundred.")]


class SumsShown(Model, frozen=True, kw_only=True):
    """Calls, or of a key its attempts, taken together."""

    at: Annotated[Moment, Meta(description="Where the span begins; 0: spans are not told apart.")]
    name: Annotated[str, Meta(description="Of what sums are told apart by.")]
    count: Annotated[int, Meta(description="How many.")]
    errors: Annotated[int, Meta(description="Of them, those that failed.")]
    usage: Annotated[UsageShown, Meta(description="Tokens.")]
    latency: Annotated[DurationsShown, Meta(description="Until the end.")]
    first_byte: Annotated[DurationsShown, Meta(description="Until the first content.")]


class StatisticsShown(Model, frozen=True, kw_only=True):
    """Sums of calls."""

    items: Annotated[tuple[SumsShown, ...], Meta(description="By time, then by how many; none without calls.")]


class PeriodShown(Model, frozen=True, kw_only=True):
    """What happened lately."""

    since: Annotated[Moment, Meta(description="It begins with a whole minute.")]
    seconds: Annotated[float, Meta(description="Ago.")]
    sums: Annotated[SumsShown, Meta(description="Of all calls.")]


class OverviewShown(Model, frozen=True, kw_only=True):
    """How it goes."""

    minute: Annotated[PeriodShown, Meta(description="The last one.")]
    hour: Annotated[PeriodShown, Meta(description="The last one.")]
    day: Annotated[PeriodShown, Meta(description="The last 24 hours.")]
    today: Annotated[PeriodShown, Meta(description="Since 00:00 UTC.")]


class StatusCount(Model, frozen=True, kw_only=True):
    """How often a status came."""

    status: Annotated[int, Meta(description="Google's; 0: none came.")]
    count: Annotated[int, Meta(description="How often.")]


class AilingShown(Model, frozen=True, kw_only=True):
    """A key that fails often today."""

    key: Annotated[str, Meta(description="Its id.")]
    attempts: Annotated[int, Meta(description="Today.")]
    errors: Annotated[int, Meta(description="Of them, those that failed.")]
    statuses: Annotated[tuple[StatusCount, ...], Meta(description="The most frequent first.")]


class AilingsShown(Model, frozen=True, kw_only=True):
    """Keys that need attention."""

    items: Annotated[tuple[AilingShown, ...], Meta(description="The worst first.")]


async def show_statistics(cases: UseCases, asked: Asked[Nothing, SumsAsked]) -> StatisticsShown:
    return StatisticsShown(items=tuple(map(_sums, await cases.statistics.ask(_question(asked.query)))))


async def show_overview(cases: UseCases, _: Asked[Nothing, Nothing]) -> OverviewShown:
    found = await cases.statistics.overview()
    return OverviewShown(
        minute=_window(found.minute), hour=_window(found.hour), day=_window(found.day), today=_window(found.today)
    )


async def list_ailing_keys(cases: UseCases, _: Asked[Nothing, Nothing]) -> AilingsShown:
    return AilingsShown(items=tuple(map(_ailing, await cases.statistics.ailing())))


def _question(query: SumsAsked) -> Question:
    return Question(
        span=Span[query.span.name],
        since=query.since,
        until=query.until,
        by=query.by,
        timed=query.timed,
        model=query.model,
        token=query.token,
        key=query.key,
        status_class=query.status_class,
        most=query.most,
    )


def _sums(one: Sums) -> SumsShown:
    return SumsShown(
        at=one.at,
        name=one.name,
        count=one.count,
        errors=one.errors,
        usage=usage_shown(one.usage),
        latency=_durations(one.latency),
        first_byte=_durations(one.first_byte),
    )


def _durations(histogram: Histogram) -> DurationsShown:
    p50, p90, p95, p99 = histogram.percentiles(SHARES)
    return DurationsShown(p50=p50, p90=p90, p95=p95, p99=p99)


def _window(window: Window) -> PeriodShown:
    return PeriodShown(since=window.since, seconds=window.seconds, sums=_sums(window.sums))


def _ailing(one: Ailing) -> AilingShown:
    statuses = tuple(StatusCount(status=status, count=count) for status, count in one.statuses)
    return AilingShown(key=one.key, attempts=one.attempts, errors=one.errors, statuses=statuses)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/overview",
        handler=show_overview,
        access=Access.OPERATOR,
        summary="The last minute, hour and day: calls, errors, tokens, latency.",
        answer=OverviewShown,
    ),
    Endpoint(
        method="GET",
        path="/statistics",
        handler=show_statistics,
        access=Access.OPERATOR,
        summary="Sums of calls by minute, hour or day; by model, client token, key or status.",
        query=SumsAsked,
        answer=StatisticsShown,
    ),
    Endpoint(
        method="GET",
        path="/statistics/ailing-keys",
        handler=list_ailing_keys,
        access=Access.OPERATOR,
        summary="Keys that fail often today, the worst first.",
        answer=AilingsShown,
    ),
)
