"""From a finished exchange to its journal record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.outcome import NO_USAGE
from gemini_balance.core.redaction import redact
from gemini_balance.gateway.record import AttemptRecord, RequestRecord, SkippedRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.attempts import Attempt
    from gemini_balance.core.outcome import Usage
    from gemini_balance.gateway.ports import Clock

TRACEPARENT = b"traceparent"
LONGEST_MESSAGE = 4_000  # characters
MARGIN = 1_000  # bytes of a body beyond those that are kept, in which a secret may end
CLIENT_CLOSED = 499  # nginx's number for it; never sent


def keep_sent(exchange: Exchange, body: bytes, most: int) -> None:
    """For the record of a call that fails: `most` characters of what it sent."""
    exchange.sent, exchange.sent_most = body[: most + MARGIN], most


def record_of(
    exchange: Exchange,
    clock: Clock,
    clean: Callable[[str], str] = redact,
    *,
    told: bool = True,
    traced: bool = False,
) -> RequestRecord:
    """`clean` hides what a caller wrote where no secret belongs; `told`: shall be kept what the caller of a failed
    call is told? `traced`: is the call a part of a trace?"""
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
        attempts=_attempts(story.attempts, exchange.began),
        skipped=tuple([SkippedRecord(*one) for one in story.skipped]) if story.skipped else (),
        waited=story.waited,
        first_byte=story.first_byte,
        usage=story.usage,
        finish=last.finish if last else "",
        ending=_ending(exchange),
        token_id=exchange.principal.id if exchange.principal else "",
        message=clean(exchange.message)[:LONGEST_MESSAGE] if told and exchange.error else "",
        body=_sent(exchange, clean) if told and exchange.error and exchange.sent else "",
        traceparent=clean(exchange.headers.get(TRACEPARENT, b"").decode("latin-1")) if traced else "",
    )


def _sent(exchange: Exchange, clean: Callable[[str], str]) -> str:
    """Redacted before it is cut: half a secret has no shape."""
    return clean(exchange.sent.decode(errors="replace"))[: exchange.sent_most]


def _attempts(attempts: list[Attempt], began: float) -> tuple[AttemptRecord, ...]:
    """What was used is told of each where there are several: a call's answer may be made of more than one."""
    several = len(attempts) > 1
    return tuple([_attempt(one, one.outcome.usage if several else NO_USAGE, began) for one in attempts])


def _attempt(attempt: Attempt, usage: Usage, began: float) -> AttemptRecord:
    outcome = attempt.outcome
    told = attempt.why, attempt.until, usage, attempt.began - began
    return AttemptRecord(attempt.key, outcome.cause, outcome.status, attempt.seconds, *told)


def _ending(exchange: Exchange) -> str:
    if exchange.error:
        return exchange.error
    return "whole" if exchange.done else "client_gone"
