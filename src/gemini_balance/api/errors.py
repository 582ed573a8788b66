"""Telling a client what went wrong: a status while that is possible, an error event inside an open stream."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from gemini_balance.api import names
from gemini_balance.core.errors import BodyStalled, MethodNotAllowed, NotSignedIn, OverloadLasts, RateLimited
from gemini_balance.core.outcome import Blame, Cause
from gemini_balance.gateway.failures import error_for

if TYPE_CHECKING:
    from gemini_balance.api.asgi import Headers
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.api.reply import ClientReply
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.outcome import Outcome
    from gemini_balance.gateway.failures import CallFailed

JSON = b"application/json; charset=utf-8"
OUR_CREDENTIAL = frozenset({Blame.KEY, Blame.PROJECT, Blame.OURS})
THEIRS = frozenset({Blame.CALLER, Blame.RESOURCE})
REFUSALS = frozenset({401, 402, 403, 407})  # of a credential: the caller's own was good


async def send_error(exchange: Exchange, error: GatewayError) -> None:
    if exchange.done:
        return
    exchange.error, exchange.message = error.code, error.message
    if exchange.opened and exchange.fail is not None:
        await exchange.fail(error)
    else:
        await exchange.answer(error.status, JSON, exchange.dialect.error(error), _headers(error))


async def send_failure(exchange: Exchange, failed: CallFailed, reply: ClientReply | None) -> None:
    """A verbatim caller gets the upstream's own words, save those about our credential."""
    outcome = failed.outcome
    verbatim = exchange.call is not None and exchange.call.verbatim and not is_about_us(outcome)
    if verbatim and reply is not None and _ended(outcome) and (reply.holds or exchange.opened):
        await reply.finish(outcome.body)
    elif verbatim and outcome.body and not exchange.opened:
        exchange.error, exchange.message = outcome.cause, outcome.message
        headers = (
            _headers(error_for(outcome, failed.model, paid=failed.paid)) if _may_be_retried(exchange, outcome) else []
        )
        await exchange.answer(outcome.status, _content_type(outcome.content_type), outcome.body, headers)
    else:
        await send_error(exchange, error_for(outcome, failed.model, paid=failed.paid))


def is_about_us(outcome: Outcome) -> bool:
    """Is it said to our credential? The caller's was good, so it would look for the fault in the wrong place."""
    return outcome.blame in OUR_CREDENTIAL or (outcome.status in REFUSALS and outcome.blame not in THEIRS)


def _may_be_retried(exchange: Exchange, outcome: Outcome) -> bool:
    """When a quota is free again is worth telling; after our own retries, that more of them are in vain."""
    return outcome.blame is Blame.QUOTA or exchange.story.asked > 1


def _ended(outcome: Outcome) -> bool:
    """Did Google itself end the stream, however little there is in it? Then its bytes are the answer."""
    return bool(outcome.finish) and outcome.cause is not Cause.CUT


def _content_type(upstream: str) -> bytes:
    """Google sends JSON errors of streams as text/event-stream, which its own SDKs then fail to read."""
    return JSON if "event-stream" in upstream or not upstream else upstream.encode("latin-1")


def _headers(error: GatewayError) -> Headers:
    headers: Headers = []
    if error.should_retry is not None:
        headers.append((names.SHOULD_RETRY, b"true" if error.should_retry else b"false"))
    match error:
        case RateLimited() | OverloadLasts():
            headers.append((names.RETRY_AFTER, b"%d" % ceil(error.retry_after)))
            headers.append((names.RETRY_AFTER_MS, b"%d" % ceil(error.retry_after * 1000)))
        case MethodNotAllowed():
            headers.append((b"allow", ", ".join(error.allowed).encode()))
        case BodyStalled():
            headers.append((b"connection", b"close"))  # what is left of the body would be taken for a request
        case NotSignedIn():
            headers.append((b"www-authenticate", b"Bearer"))
        case _:
            pass
    return headers
