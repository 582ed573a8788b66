"""Jobs: checks of keys that go on by themselves, to be watched and ended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.management.endpoint import EVENTS, Access, Endpoint, Events, Model, Moment, Nothing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gemini_balance.gateway.verifying import Job
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked

LOOK_SECONDS = 0.25


class ProgressShown(Model, frozen=True, kw_only=True):
    """How far a job is."""

    id: Annotated[str, Meta(description="Names it.")]
    total: Annotated[int, Meta(description="Keys that are checked.")]
    done: Annotated[int, Meta(description="Of them, so far.")]
    counts: Annotated[dict[str, int], Meta(description="How many were `well`, or what stands in their way.")]
    started: Annotated[Moment, Meta(description="When it began.")]
    ended: Annotated[Moment | None, Meta(description="When it ended; null: it goes on.")]
    cancelled: Annotated[bool, Meta(description="It was ended before it was through.")]


class JobShown(Model, frozen=True, kw_only=True):
    """A job with what it found."""

    progress: Annotated[ProgressShown, Meta(description="How far it is.")]
    results: Annotated[
        dict[str, list[str]], Meta(description="Ids of keys: those that are `well`, and by what stands in their way.")
    ]


class JobsShown(Model, frozen=True, kw_only=True):
    """The last jobs of this process."""

    items: Annotated[tuple[ProgressShown, ...], Meta(description="The latest first.")]


async def list_jobs(cases: UseCases, _: Asked[Nothing, Nothing]) -> JobsShown:
    return JobsShown(items=tuple(map(progress_shown, cases.verifier.jobs())))


async def show_job(cases: UseCases, asked: Asked[Nothing, Nothing]) -> JobShown:
    return job_shown(cases.verifier.job(asked.path["id"]))


async def cancel_job(cases: UseCases, asked: Asked[Nothing, Nothing]) -> JobShown:
    return job_shown(cases.verifier.cancel(asked.path["id"]))


async def watch_job(cases: UseCases, asked: Asked[Nothing, Nothing]) -> Events:
    return Events(_steps(cases, cases.verifier.job(asked.path["id"])))


async def _steps(cases: UseCases, job: Job) -> AsyncIterator[ProgressShown]:
    """Whenever there is news, until the job or the process ends."""
    told = None
    while True:
        if (news := progress_shown(job)) != told:
            yield (told := news)
        if job.ended is not None or cases.draining():
            return
        await asyncio.sleep(LOOK_SECONDS)


def job_shown(job: Job) -> JobShown:
    return JobShown(progress=progress_shown(job), results={why: [*keys] for why, keys in job.results.items()})


def progress_shown(job: Job) -> ProgressShown:
    return ProgressShown(
        id=job.id,
        total=job.total,
        done=job.done,
        counts={why: len(keys) for why, keys in job.results.items()},
        started=job.started,
        ended=job.ended,
        cancelled=job.cancelled,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/jobs",
        handler=list_jobs,
        access=Access.OPERATOR,
        summary="The last checks of keys, the latest first.",
        answer=JobsShown,
    ),
    Endpoint(
        method="GET",
        path="/jobs/{id}",
        handler=show_job,
        access=Access.OPERATOR,
        summary="A job with what it found so far.",
        answer=JobShown,
    ),
    Endpoint(
        method="DELETE",
        path="/jobs/{id}",
        handler=cancel_job,
        access=Access.OPERATOR,
        summary="End a job; what it found so far counts.",
        answer=JobShown,
    ),
    Endpoint(
        method="GET",
        path="/jobs/{id}/events",
        handler=watch_job,
        access=Access.OPERATOR,
        summary="A job's progress as server-sent events, until it ends.",
        answer=ProgressShown,
        kind=EVENTS,
    ),
)
