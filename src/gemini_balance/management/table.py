"""All endpoints: the one table."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gemini_balance.management import (
    alerts,
    backups,
    calls,
    changes,
    jobs,
    keys,
    options,
    pool,
    session,
    statistics,
    system,
    tokens,
)
from gemini_balance.management.endpoint import Access, Endpoint, Row
from gemini_balance.management.openapi import document

if TYPE_CHECKING:
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked, Nothing


async def show_document(cases: UseCases, _: Asked[Nothing, Nothing]) -> dict[str, Any]:
    return the_document(cases.system.version)


@cache
def the_document(version: str) -> dict[str, Any]:
    return document(ENDPOINTS, version)


ENDPOINTS: tuple[Row, ...] = (
    *session.ENDPOINTS,
    *system.ENDPOINTS,
    *backups.ENDPOINTS,
    *pool.ENDPOINTS,
    *keys.ENDPOINTS,
    *jobs.ENDPOINTS,
    *tokens.ENDPOINTS,
    *calls.ENDPOINTS,
    *statistics.ENDPOINTS,
    *options.ENDPOINTS,
    *alerts.ENDPOINTS,
    *changes.ENDPOINTS,
    Endpoint(
        method="GET",
        path="/openapi.json",
        handler=show_document,
        access=Access.OPERATOR,
        summary="This API as an OpenAPI 3.1 document.",
        answer=dict[str, Any],
    ),
)
