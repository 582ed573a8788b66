"""How it is with the gateway as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.management.endpoint import Access, Endpoint, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.gateway.replicas import Serving
    from gemini_balance.gateway.stores import Size
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked


class DatabaseShown(Model, frozen=True, kw_only=True):
    """What keeps all that outlives the process."""

    kind: Annotated[str, Meta(description="`sqlite` or `postgresql`.")]
    bytes: Annotated[int, Meta(description="Of keys, tokens, options and the rest.")]
    journal_bytes: Annotated[int, Meta(description="Of the journal.")]


class ReplicaShown(Model, frozen=True, kw_only=True):
    """A process that serves on this database."""

    id: Annotated[str, Meta(description="Made at its start.")]
    host: Annotated[str, Meta(description="What its machine or container calls itself.")]
    version: Annotated[str, Meta(description="Of the program.")]
    started: Annotated[Moment, Meta(description="When it did.")]
    seen: Annotated[Moment, Meta(description="When it was heard of last; each tells of itself every 15 seconds.")]
    lives: Annotated[
        bool, Meta(description="False: it fell silent without having ended; after ten minutes it is gone.")
    ]
    here: Annotated[bool, Meta(description="It is the one that answers.")]


class SystemShown(Model, frozen=True, kw_only=True):
    """How it is with the gateway as a whole."""

    version: Annotated[str, Meta(description="Of the program.")]
    started: Annotated[Moment, Meta(description="When this process did.")]
    uptime: Annotated[float, Meta(description="Seconds since then.")]
    database: Annotated[DatabaseShown | None, Meta(description="Null: there is none, or it does not answer.")]
    lost_records: Annotated[int, Meta(description="Calls of this process that are missing in the journal.")]
    replicas: Annotated[
        tuple[ReplicaShown, ...], Meta(description="That serve with the same keys; this one is the first.")
    ]
    warnings: Annotated[tuple[str, ...], Meta(description="What the operator should know, in sentences.")]


async def show_system(cases: UseCases, _: Asked[Nothing, Nothing]) -> SystemShown:
    state = await cases.system.state()
    return SystemShown(
        version=state.version,
        started=state.started,
        uptime=state.now - state.started,
        database=None if state.size is None else _database(state.size),
        lost_records=state.lost,
        replicas=tuple(map(_replica, state.replicas)),
        warnings=tuple(state.warnings),
    )


def _database(size: Size) -> DatabaseShown:
    return DatabaseShown(kind=size.kind, bytes=size.kept, journal_bytes=size.journal)


def _replica(serving: Serving) -> ReplicaShown:
    replica = serving.replica
    return ReplicaShown(
        id=replica.id,
        host=replica.host,
        version=replica.version,
        started=replica.began,
        seen=serving.seen,
        lives=serving.lives,
        here=serving.here,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/system",
        handler=show_system,
        access=Access.OPERATOR,
        summary="Version, uptime, the database's kind and size, replicas, and what is wrong.",
        answer=SystemShown,
    ),
)
