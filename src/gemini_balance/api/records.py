"""From a finished exchange to its journal record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.redaction import redact
from gemini_balance.gateway.record import AttemptRecord, RequestRecord, SkippedRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.attempts import Attempt
    from gemini_balance.gateway.ports import Clock

TRACEPARENT = b"traceparent"
CLIENT_CLOSED = 499  # nginx's number for it; never sent


def record_of(
    exchange: Exchange, clock: Clock, clean: Callable[[str], str] = redact, *, traced: bool = False
) -> RequestRecord:
    """`clean` hides what a caller wrote where no secret belongs; `traced`: is the call a part of a trace?"""
    story, call, last = exchange.story, exchange.call, exchange.story.last
    seconds = clock.now() - exchange.began
    return RequestRecord(
        id=exchange.id,
        unix=clock.unix() - seconds,
        method=exchange.scope["method"],
        path=clean(exchange.scope["path"]),
        client=exchange.client,
        status=exchange.status or CLIENT_CLOSED,
        seconds=seconds,
        token=exchange.principal.name if exchange.principal else "",
        dialect=exchange.dialect.name,
        operation=call.operation if call else "",
        model_asked=clean(call.model) if call else "",
        model_used=clean(story.model),
        attempts=tuple([_attempt(attempt, exchange.began) for attempt in story.attempts]),
        skipped=tuple([SkippedRecord(*one) for one in story.skipped]) if story.skipped else (),
        waited=story.waited,
        first_byte=story.first_byte,
        usage=story.usage,
        finish=last.finish if last else "",
        ending=_ending(exchange),
        traceparent=clean(exchange.headers.get(TRACEPARENT, b"").decode("latin-1")) if traced else "",
    )


def _attempt(attempt: Attempt, began: float) -> AttemptRecord:
    outcome = attempt.outcome
    return AttemptRecord(
        attempt.key, outcome.cause, outcome.status, attempt.seconds, attempt.why, attempt.until, attempt.began - began
    )


def _ending(exchange: Exchange) -> str:
    if exchange.error:
        return exchange.error
    return "whole" if exchange.done else "client_gone"
