"""How it is with the gateway as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.management.endpoint import Access, Endpoint, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Size
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked


class DatabaseShown(Model, frozen=True, kw_only=True):
    """What keeps all that outlives the process."""

    kind: Annotated[str, Meta(description="`sqlite` or `postgresql`.")]
    bytes: Annotated[int, Meta(description="Of keys, tokens, options and the rest.")]
    journal_bytes: Annotated[int, Meta(description="Of the journal.")]


class SystemShown(Model, frozen=True, kw_only=True):
    """How it is with the gateway as a whole."""

    version: Annotated[str, Meta(description="Of the program.")]
    started: Annotated[Moment, Meta(description="When this process did.")]
    uptime: Annotated[float, Meta(description="Seconds since then.")]
    database: Annotated[DatabaseShown | None, Meta(description="Null: there is none, or it does not answer.")]
    lost_records: Annotated[int, Meta(description="Calls of this process that are missing in the journal.")]
    replicas: Annotated[tuple[str, ...], Meta(description="That serve with the same keys; empty: this one alone.")]
    warnings: Annotated[tuple[str, ...], Meta(description="What the operator should know, in sentences.")]


async def show_system(cases: UseCases, _: Asked[Nothing, Nothing]) -> SystemShown:
    state = await cases.system.state()
    return SystemShown(
        version=state.version,
        started=state.started,
        uptime=state.now - state.started,
        database=None if state.size is None else _database(state.size),
        lost_records=state.lost,
        replicas=state.replicas,
        warnings=tuple(state.warnings),
    )


def _database(size: Size) -> DatabaseShown:
    return DatabaseShown(kind=size.kind, bytes=size.kept, journal_bytes=size.journal)


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
