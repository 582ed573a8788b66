"""What the operator was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.core.alert_kinds import Kind
from gemini_balance.management.endpoint import Access, Endpoint, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.gateway.alerts import Told
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked


class AlertShown(Model, frozen=True, kw_only=True):
    """One thing that was told."""

    at: Annotated[Moment, Meta(description="When.")]
    kind: Annotated[Kind, Meta(description="What it is about.")]
    subject: Annotated[str, Meta(description="An upstream or a model; empty: the gateway itself.")]
    message: Annotated[str, Meta(description="What was told.")]
    holds: Annotated[bool, Meta(description="False: it tells that it is over.")]
    delivery: Annotated[str, Meta(description="What became of it; empty: on its way, or there is no webhook.")]


class AlertsShown(Model, frozen=True, kw_only=True):
    """The last alerts of this process."""

    items: Annotated[tuple[AlertShown, ...], Meta(description="The latest first.")]


async def list_alerts(cases: UseCases, _: Asked[Nothing, Nothing]) -> AlertsShown:
    return AlertsShown(items=tuple(map(_shown, cases.alerts.recent())))


async def try_webhook(cases: UseCases, _: Asked[Nothing, Nothing]) -> None:
    await cases.alerts.test()


def _shown(told: Told) -> AlertShown:
    alert = told.alert
    return AlertShown(
        at=alert.at,
        kind=alert.kind,
        subject=alert.subject,
        message=alert.message,
        holds=alert.holds,
        delivery=told.delivery,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/alerts",
        handler=list_alerts,
        access=Access.OPERATOR,
        summary="What the operator was told, the latest first.",
        answer=AlertsShown,
    ),
    Endpoint(
        method="POST",
        path="/alerts/test",
        handler=try_webhook,
        access=Access.OPERATOR,
        summary="Post a test to the webhook of ALERT_WEBHOOK_URL; an error says why it could not be delivered.",
        answer=None,
    ),
)
