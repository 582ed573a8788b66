"""The journal: calls one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.gateway.call_outcomes import CallOutcome
from gemini_balance.gateway.calls import CallFilter
from gemini_balance.gateway.search import MOST
from gemini_balance.management.endpoint import Access, Asks, Done, Endpoint, Line, Model, Moment, Nothing

if TYPE_CHECKING:
    from gemini_balance.core.outcome import Usage
    from gemini_balance.gateway.calls import ErrorDetail, KeptCall
    from gemini_balance.gateway.record import AttemptRecord, SkippedRecord
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked

NUMBER = "^([0-9]{1,18}|[1-8][0-9]{18})?$"
LATEST = 4e9  # the year 2096: a call's number has room for no later one
Time = Annotated[Moment, Meta(ge=0, le=LATEST)]


class WhichCalls(Asks, frozen=True, kw_only=True):
    """Which calls: all of what is given must fit."""

    since: Annotated[Time | None, Meta(description="Calls that began then or later.")] = None
    until: Annotated[Time | None, Meta(description="Calls that began before.")] = None
    token: Annotated[Line, Meta(description="Of the client token with this id.")] = ""
    model: Annotated[Line, Meta(description="That asked for this model, or were served by it.")] = ""
    key: Annotated[Line, Meta(description="Whose last attempt was made with the key of this id.")] = ""
    status: Annotated[int, Meta(ge=0, le=999, description="Answered with this; 0: whatever.")] = 0
    status_class: Annotated[int, Meta(ge=0, le=9, description="4: answered with 400 to 499; 0: whatever.")] = 0
    outcome: Annotated[CallOutcome | None, Meta(description="What became of them.")] = None
    cause: Annotated[Line, Meta(description="What the last attempt came to, or how the call ended.")] = ""
    operation: Annotated[Line, Meta(description="That asked for this.")] = ""
    failed: Annotated[bool, Meta(description="Only those that failed.")] = False
    text: Annotated[Line, Meta(description="In what the caller was told; or how the request id begins.")] = ""


class CallsAsked(WhichCalls, frozen=True, kw_only=True):
    """Which calls, and which part of them."""

    limit: Annotated[int, Meta(ge=1, le=MOST, description="At most so many.")] = 50
    after: Annotated[str, Meta(pattern=NUMBER, description="`next` of the page before.")] = ""


class UsageShown(Model, frozen=True, kw_only=True):
    """Tokens as Google counts them: total = prompt + tool_use + output + thoughts."""

    prompt: Annotated[int, Meta(description="Of what was sent, cached ones included.")]
    cached: Annotated[int, Meta(description="Of them, those that were cached.")]
    tool_use: Annotated[int, Meta(description="Of what tools of Google's brought.")]
    output: Annotated[int, Meta(description="Of the answer.")]
    thoughts: Annotated[int, Meta(description="Of thoughts.")]
    total: Annotated[int, Meta(description="All together.")]


class AttemptShown(Model, frozen=True, kw_only=True):
    """One try."""

    key: Annotated[str, Meta(description="Id of the key.")]
    cause: Annotated[str, Meta(description="What it came to.")]
    status: Annotated[int, Meta(description="Google's; 0: none came.")]
    seconds: Annotated[float, Meta(description="It took.")]
    why: Annotated[str, Meta(description="This key was chosen.")]
    until: Annotated[Moment, Meta(description="When the rest ends that it brought; 0: it brought none.")]
    usage: Annotated[UsageShown, Meta(description="Where there were several tries; that of one is the call's.")]


class SkippedShown(Model, frozen=True, kw_only=True):
    """A key that was passed over when the call first had to wait."""

    key: Annotated[str, Meta(description="Id of the key.")]
    why: Annotated[str, Meta(description="It was passed over.")]
    until: Annotated[Moment, Meta(description="When that ends; 0: no time ends it.")]


class ErrorShown(Model, frozen=True, kw_only=True):
    """What a caller was told."""

    method: Annotated[str, Meta(description="Of the request.")]
    path: Annotated[str, Meta(description="Of the request.")]
    message: Annotated[str, Meta(description="What the caller was told.")]
    body: Annotated[str | None, Meta(description="What it had sent, where that is kept; secrets are hidden.")]


class CallShown(Model, frozen=True, kw_only=True):
    """One call. In a list attempts and keys passed over are left out."""

    id: Annotated[str, Meta(description="The request id, which the caller was told, too.")]
    at: Annotated[Moment, Meta(description="When it began.")]
    client: Annotated[str, Meta(description="The caller's address.")]
    token: Annotated[str, Meta(description="Id of its client token.")]
    dialect: Annotated[str, Meta(description="The protocol it spoke.")]
    operation: Annotated[str, Meta(description="What it asked for.")]
    model_asked: Annotated[str, Meta(description="As the caller named it.")]
    model_used: Annotated[str, Meta(description="As Google knows it.")]
    key: Annotated[str, Meta(description="Id of the key that was asked last.")]
    status: Annotated[int, Meta(description="That the caller was answered with.")]
    outcome: Annotated[CallOutcome, Meta(description="What became of it.")]
    ending: Annotated[str, Meta(description="How it ended: `whole`, `client_gone`, or an error's code.")]
    cause: Annotated[str, Meta(description="What the last attempt came to.")]
    finish: Annotated[str, Meta(description="Google's finish reason.")]
    failed: Annotated[bool, Meta(description="Did it?")]
    seconds: Annotated[float, Meta(description="It took.")]
    first_byte: Annotated[float | None, Meta(description="Seconds until the first content.")]
    waited: Annotated[float, Meta(description="Seconds for a key.")]
    usage: Annotated[UsageShown, Meta(description="Tokens.")]
    attempts: Annotated[tuple[AttemptShown, ...], Meta(description="In their order.")]
    skipped: Annotated[tuple[SkippedShown, ...], Meta(description="Some of the keys that were passed over.")]
    error: Annotated[ErrorShown | None, Meta(description="Of a call that failed, where it is kept.")]


class CallsFound(Model, frozen=True, kw_only=True):
    """Calls, the latest first. A search looks at so many at most: where it found few, `next` looks further back."""

    items: Annotated[tuple[CallShown, ...], Meta(description="Those that fit.")]
    next: Annotated[str | None, Meta(description="`after` to go on with; null: all was looked at.")]
    back_to: Annotated[Moment | None, Meta(description="All calls since then were looked at; null: all there are.")]


async def list_calls(cases: UseCases, asked: Asked[Nothing, CallsAsked]) -> CallsFound:
    query = asked.query
    found = await cases.search.page(_filter(query), query.limit, int(query.after) if query.after else None)
    following = None if found.before is None else str(found.before)
    return CallsFound(items=tuple(map(_call, found.calls)), next=following, back_to=found.back_to)


async def show_call(cases: UseCases, asked: Asked[Nothing, Nothing]) -> CallShown:
    return _call(await cases.search.one(asked.path["id"]))


async def forget_errors(cases: UseCases, asked: Asked[Nothing, WhichCalls]) -> Done:
    return Done(changed=await cases.search.forget(_filter(asked.query), asked.operator.name))


def _filter(query: WhichCalls) -> CallFilter:
    given = {name: getattr(query, name) for name in CallFilter.__struct_fields__ if name != "outcomes"}
    return CallFilter(**given, outcomes=frozenset({query.outcome} if query.outcome else ()))


def _call(call: KeptCall) -> CallShown:
    return CallShown(
        id=call.id,
        at=call.at,
        client=call.client,
        token=call.token,
        dialect=call.dialect,
        operation=call.operation,
        model_asked=call.model_asked,
        model_used=call.model_used,
        key=call.key,
        status=call.status,
        outcome=call.outcome,
        ending=call.ending,
        cause=call.cause,
        finish=call.finish,
        failed=call.failed,
        seconds=call.seconds,
        first_byte=call.first_byte,
        waited=call.waited,
        usage=usage_shown(call.usage),
        attempts=tuple(map(_attempt, call.attempts)),
        skipped=tuple(map(_skipped, call.skipped)),
        error=None if call.error is None else _error(call.error),
    )


def usage_shown(usage: Usage) -> UsageShown:
    return UsageShown(
        prompt=usage.prompt,
        cached=usage.cached,
        tool_use=usage.tool_use,
        output=usage.output,
        thoughts=usage.thoughts,
        total=usage.total,
    )


def _attempt(one: AttemptRecord) -> AttemptShown:
    return AttemptShown(
        key=one.key,
        cause=one.cause,
        status=one.status,
        seconds=one.seconds,
        why=one.why,
        until=one.until,
        usage=usage_shown(one.usage),
    )


def _skipped(one: SkippedRecord) -> SkippedShown:
    return SkippedShown(key=one.key, why=one.why, until=one.until)


def _error(one: ErrorDetail) -> ErrorShown:
    return ErrorShown(method=one.method, path=one.path, message=one.message, body=one.body)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/calls",
        handler=list_calls,
        access=Access.OPERATOR,
        summary="Calls of the journal that fit, the latest first.",
        query=CallsAsked,
        answer=CallsFound,
    ),
    Endpoint(
        method="GET",
        path="/calls/{id}",
        handler=show_call,
        access=Access.OPERATOR,
        summary="One call with all that was tried, by its request id.",
        answer=CallShown,
    ),
    Endpoint(
        method="DELETE",
        path="/calls/errors",
        handler=forget_errors,
        access=Access.OPERATOR,
        summary="Forget what callers of failed calls were told and had sent, where it fits; the calls stay.",
        query=WhichCalls,
        answer=Done,
    ),
)
