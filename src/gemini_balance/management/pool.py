"""How the pool fares: keys, what is left of each model's quota, and when it is used up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.core.pool.report import Capacity, Standing
from gemini_balance.management.endpoint import Access, Endpoint, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Project
    from gemini_balance.core.pool.report import Window
    from gemini_balance.gateway.forecasts import Forecast, PoolState
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked

Counts = Annotated[dict[Standing, int], Meta(description="How many keys are in each state.")]


class WindowShown(Model, frozen=True, kw_only=True):
    """A window of a quota, of all projects that may serve, taken together."""

    limit: Annotated[int | None, Meta(description="Units; null: one project's limit is not known.")]
    used: Annotated[int, Meta(description="Units that this gateway used.")]
    left: Annotated[int | None, Meta(description="Units; null: not known. Who rests until the window ends has none.")]


class ModelShown(Model, frozen=True, kw_only=True):
    """One quota model. A project of which Google told no limit is taken to have what is usual."""

    model: Annotated[str, Meta(description="The name that the quota is counted under.")]
    names: Annotated[tuple[str, ...], Meta(description="The names it is asked by.")]
    paid: Annotated[bool, Meta(description="Of the paid keys.")]
    projects: Annotated[int, Meta(description="Projects that may serve it.")]
    projects_with_limits: Annotated[int, Meta(description="Of them, those whose limits were told.")]
    minute_requests: Annotated[WindowShown, Meta(description="Requests in the running minute.")]
    minute_tokens: Annotated[WindowShown, Meta(description="Tokens in the running minute.")]
    day_requests: Annotated[WindowShown, Meta(description="Requests today, by Google's day.")]
    day_tokens: Annotated[WindowShown, Meta(description="Tokens today, by Google's day.")]
    keys: Counts
    ready_at: Annotated[Moment | None, Meta(description="When the first key has rested, where none is ready.")]
    waiting: Annotated[int, Meta(description="Calls that wait for a key.")]
    capacity: Annotated[
        Capacity,
        Meta(
            description="Whether Google has any: `open`, `paced` while some calls are refused, `paused` while most are."
        ),
    ]
    opens_at: Annotated[Moment | None, Meta(description="When the next attempt may be made; null: now.")]
    per_hour: Annotated[
        float | None, Meta(description="Requests an hour, in the last hour; null: not seen for long enough.")
    ]
    exhausted_at: Annotated[
        Moment | None,
        Meta(description="When the day's requests are used up at this pace; null: not before the reset, or not known."),
    ]
    resets_at: Annotated[Moment, Meta(description="When Google's day ends: midnight in Los Angeles.")]


class GroupShown(Model, frozen=True, kw_only=True):
    """Keys that seem to share a project, because they were refused together."""

    name: Annotated[str, Meta(description="To confirm or reject it by.")]
    keys: Annotated[tuple[str, ...], Meta(description="Ids of its keys.")]
    proofs: Annotated[int, Meta(description="Refusals that only a shared quota explains.")]


class PoolShown(Model, frozen=True, kw_only=True):
    """All keys of one upstream."""

    upstream: Annotated[str, Meta(description="`gemini_api` or `vertex_express`.")]
    keys: Counts
    waiting: Annotated[int, Meta(description="Calls that wait for a key.")]
    models: Annotated[tuple[ModelShown, ...], Meta(description="Those that were asked for, by name.")]
    groups: Annotated[tuple[GroupShown, ...], Meta(description="To be confirmed or rejected.")]


class PoolsShown(Model, frozen=True, kw_only=True):
    """The pool of each upstream that has keys."""

    items: Annotated[tuple[PoolShown, ...], Meta(description="One for each upstream.")]


async def show_pool(cases: UseCases, _: Asked[Nothing, Nothing]) -> PoolsShown:
    return PoolsShown(items=tuple(map(_pool, await cases.forecasts.state())))


def _pool(state: PoolState) -> PoolShown:
    return PoolShown(
        upstream=state.upstream,
        keys=state.keys,
        waiting=state.waiting,
        models=tuple(map(_model, state.models)),
        groups=tuple(map(_group, state.groups)),
    )


def _group(group: Project) -> GroupShown:
    return GroupShown(name=group.name, keys=tuple(key.id for key in group.keys), proofs=group.proofs)


def _model(forecast: Forecast) -> ModelShown:
    report = forecast.report
    return ModelShown(
        model=report.model,
        names=report.names,
        paid=report.paid,
        projects=report.projects,
        projects_with_limits=report.told,
        minute_requests=_window(report.minute_requests),
        minute_tokens=_window(report.minute_tokens),
        day_requests=_window(report.day_requests),
        day_tokens=_window(report.day_tokens),
        keys=report.keys,
        ready_at=report.ready_at,
        waiting=report.waiting,
        capacity=report.capacity,
        opens_at=report.opens_at,
        per_hour=forecast.per_hour,
        exhausted_at=forecast.exhausted_at,
        resets_at=report.resets_at,
    )


def _window(window: Window) -> WindowShown:
    return WindowShown(limit=window.limit, used=window.used, left=window.left)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/pool",
        handler=show_pool,
        access=Access.OPERATOR,
        summary="Every model's keys, quota and forecast: what is left, when it is used up, when it is reset.",
        answer=PoolsShown,
    ),
)
