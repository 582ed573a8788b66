"""Keys that seem to share a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.management.endpoint import Access, Endpoint, Nothing
from gemini_balance.management.key_shapes import Changed, GroupKeys, GroupsShown

if TYPE_CHECKING:
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked, Row


async def list_groups(cases: UseCases, _: Asked[Nothing, Nothing]) -> GroupsShown:
    return GroupsShown(items=tuple(GroupKeys(name=one.name, keys=[*one.keys]) for one in cases.keyring.groups()))


async def confirm_group(cases: UseCases, asked: Asked[Nothing, Nothing]) -> Changed:
    return Changed(ids=[*await cases.keyring.confirm(asked.path["name"], asked.operator.name)])


async def reject_group(cases: UseCases, asked: Asked[Nothing, Nothing]) -> Changed:
    return Changed(ids=[*await cases.keyring.reject(asked.path["name"], asked.operator.name)])


ENDPOINTS: tuple[Row, ...] = (
    Endpoint(
        method="GET",
        path="/keys/groups",
        handler=list_groups,
        access=Access.OPERATOR,
        summary="Keys that seem to share a project, because they were refused together.",
        answer=GroupsShown,
    ),
    Endpoint(
        method="POST",
        path="/keys/groups/{name}/confirm",
        handler=confirm_group,
        access=Access.OPERATOR,
        summary="These keys are one project.",
        answer=Changed,
    ),
    Endpoint(
        method="POST",
        path="/keys/groups/{name}/reject",
        handler=reject_group,
        access=Access.OPERATOR,
        summary="These keys share nothing: no two of them are grouped again.",
        answer=Changed,
    ),
)
