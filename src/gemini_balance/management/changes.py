"""Who changed what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Raw, UnsetType

from gemini_balance.gateway.stores import Subject
from gemini_balance.management.endpoint import Access, Endpoint, Line, Model, Moment, Nothing, Page, Paging

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Change, ChangeLog
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked


class ChangesPaging(Paging, frozen=True, kw_only=True):
    """Which part of the log."""

    after: Annotated[str, Meta(pattern="^[0-9]{0,15}$", description="`next` of the page before.")] = ""


class ChangesAsked(ChangesPaging, frozen=True, kw_only=True):
    """Which changes."""

    subject: Annotated[Subject | None, Meta(description="Only changes of this.")] = None
    target: Annotated[Line, Meta(description="Only changes of what has this id or name.")] = ""


class ChangeShown(Model, frozen=True, kw_only=True):
    """One thing that somebody did. No secret is in it."""

    id: Annotated[int, Meta(description="Greater ones are later.")]
    at: Annotated[Moment, Meta(description="When.")]
    who: Annotated[str, Meta(description="`operator`, `environment` or `command line`.")]
    subject: Annotated[Subject, Meta(description="What it is a change of.")]
    target: Annotated[str, Meta(description="An id or a name; of many: how many, in words.")]
    action: Annotated[str, Meta(description="What was done: a verb.")]
    before: Annotated[Raw | UnsetType, Meta(description="What was, where that is told.")] = UNSET
    after: Annotated[Raw | UnsetType, Meta(description="What is since then, where that is told.")] = UNSET


async def list_changes(cases: UseCases, asked: Asked[Nothing, ChangesAsked]) -> Page[ChangeShown]:
    return await page_of_changes(cases.changes, asked.query, asked.query.subject, asked.query.target)


async def page_of_changes(
    log: ChangeLog, part: ChangesPaging, subject: Subject | None, target: str = ""
) -> Page[ChangeShown]:
    """The latest first."""
    found = await log.page(int(part.after) if part.after else None, part.limit + 1, subject, target)
    shown = [_shown(change) for change in found[: part.limit]]
    return Page(items=shown, next=str(shown[-1].id) if len(found) > part.limit else None)


def _shown(change: Change) -> ChangeShown:
    return ChangeShown(
        id=change.id,
        at=change.at,
        who=change.who,
        subject=change.subject,
        target=change.target,
        action=change.action,
        before=_json(change.before),
        after=_json(change.after),
    )


def _json(text: str | None) -> Raw | UnsetType:
    return UNSET if text is None else Raw(text.encode())


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/changes",
        handler=list_changes,
        access=Access.OPERATOR,
        summary="Who changed what, the latest first.",
        query=ChangesAsked,
        answer=Page[ChangeShown],
    ),
)
