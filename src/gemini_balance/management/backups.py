"""Copies of what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.core.errors import Conflict
from gemini_balance.management.endpoint import TAR, Access, Endpoint, File, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked


class BackupShown(Model, frozen=True, kw_only=True):
    """One copy."""

    name: Annotated[str, Meta(description="Names it.")]
    at: Annotated[Moment, Meta(description="When it was made.")]
    bytes: Annotated[int, Meta(description="Of all its files.")]
    place: Annotated[str, Meta(description="The folder that it lies in.")]


class CopyingShown(Model, frozen=True, kw_only=True):
    """A copy that is being made."""

    file: Annotated[str, Meta(description="Which file; empty: it has just begun.")]
    done: Annotated[int, Meta(description="Pieces of it that are copied.")]
    total: Annotated[int, Meta(description="Pieces that it has.")]


class BackupsShown(Model, frozen=True, kw_only=True):
    """The copies in the data folder. SECRET_KEY is in none of them: without it nothing that is sealed can be read."""

    items: Annotated[tuple[BackupShown, ...], Meta(description="The latest first, at most 20.")]
    making: Annotated[CopyingShown | None, Meta(description="Null: none is being made.")]
    failed: Annotated[str, Meta(description="Why the last one was not made; empty: it was.")]
    command: Annotated[str, Meta(description="What to run for a copy of PostgreSQL; empty: they are made here.")]


async def list_backups(cases: UseCases, _: Asked[Nothing, Nothing]) -> BackupsShown:
    state = await cases.upkeep.state()
    copying = state.copying
    return BackupsShown(
        items=tuple(BackupShown(name=one.name, at=one.at, bytes=one.size, place=one.place) for one in state.copies),
        making=None if copying is None else CopyingShown(file=copying.name, done=copying.done, total=copying.total),
        failed=state.failed,
        command=state.command,
    )


async def make_backup(cases: UseCases, asked: Asked[Nothing, Nothing]) -> BackupsShown:
    cases.upkeep.copy(asked.operator.name)
    return await list_backups(cases, asked)


async def download_backup(cases: UseCases, asked: Asked[Nothing, Nothing]) -> File:
    return File(*await cases.upkeep.download(asked.path["name"], asked.operator.name))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/backups",
        handler=list_backups,
        access=Access.OPERATOR,
        summary="The copies in the data folder, and how far one is that is being made.",
        answer=BackupsShown,
    ),
    Endpoint(
        method="POST",
        path="/backups",
        handler=make_backup,
        access=Access.OPERATOR,
        summary="Begin a copy, whose progress the list tells. For PostgreSQL the error names the command to run.",
        answer=BackupsShown,
        status=202,
        errors=(Conflict,),
    ),
    Endpoint(
        method="GET",
        path="/backups/{name}",
        handler=download_backup,
        access=Access.OPERATOR,
        summary="A copy as one file, without SECRET_KEY. That it was read is noted among the changes.",
        answer=str,
        kind=TAR,
    ),
)
