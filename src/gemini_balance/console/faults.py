"""What can go wrong with a call, in words: what it is, who has to act, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console import marks
from gemini_balance.core.outcome import BLAME, Blame, Cause
from gemini_balance.gateway.call_outcomes import CallOutcome
from gemini_balance.gateway.failing import class_of

if TYPE_CHECKING:
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.calls import KeptCall

CALLER, GOOGLE, GATEWAY, OPERATOR = "whose.caller", "whose.google", "whose.gateway", "whose.operator"
KEY, QUOTA, WAY = "whose.key", "whose.quota", "whose.way"


@dataclass(frozen=True, slots=True)
class Fault:
    """Three messages: what it is, whose it is, what to do. `tone`: of its marks."""

    title: str
    whose: str
    remedy: str
    tone: str = "bad"


FAULTS = {
    "bad_request": Fault("fault.bad_request", CALLER, "fault.bad_request_do"),
    "client_gone": Fault("fault.client_gone", CALLER, "fault.client_gone_do", "off"),
    "content_policy_violation": Fault("fault.content_policy", CALLER, "fault.content_policy_do", "wait"),
    "cut": Fault("fault.cut", WAY, "fault.cut_do"),
    "deadline": Fault("fault.deadline", CALLER, "fault.deadline_do"),
    "egress_refused": Fault("fault.egress_refused", WAY, "fault.egress_refused_do"),
    "empty": Fault("fault.empty", GOOGLE, "fault.empty_do"),
    "insufficient_quota": Fault("fault.insufficient_quota", CALLER, "fault.insufficient_quota_do", "wait"),
    "internal_error": Fault("fault.internal_error", GATEWAY, "fault.internal_error_do"),
    "invalid_api_key": Fault("fault.invalid_api_key", CALLER, "fault.invalid_api_key_do"),
    "invalid_request": Fault("fault.bad_request", CALLER, "fault.bad_request_do"),
    "key_dead": Fault("fault.key_dead", KEY, "fault.key_dead_do"),
    "key_refused": Fault("fault.key_refused", KEY, "fault.key_refused_do"),
    "malformed_call": Fault("fault.malformed_call", GOOGLE, "fault.malformed_call_do"),
    "method_not_allowed": Fault("fault.method_not_allowed", CALLER, "fault.not_found_do"),
    "model_not_found": Fault("fault.model_not_found", CALLER, "fault.model_not_found_do"),
    "model_not_offered": Fault("fault.model_not_offered", QUOTA, "fault.model_not_offered_do"),
    "model_overloaded": Fault("fault.model_overloaded", GOOGLE, "fault.model_overloaded_do"),
    "model_unknown": Fault("fault.model_not_found", CALLER, "fault.model_not_found_do"),
    "no_available_key": Fault("fault.no_available_key", OPERATOR, "fault.no_available_key_do"),
    "not_found": Fault("fault.not_found", CALLER, "fault.not_found_do"),
    "our_mistake": Fault("fault.our_mistake", GATEWAY, "fault.our_mistake_do"),
    "paid_only": Fault("fault.paid_only", QUOTA, "fault.paid_only_do"),
    "permission_denied": Fault("fault.permission_denied", CALLER, "fault.permission_denied_do"),
    "project_blocked": Fault("fault.project_blocked", KEY, "fault.project_blocked_do"),
    "project_unpaid": Fault("fault.project_unpaid", KEY, "fault.project_unpaid_do"),
    "quota_day": Fault("fault.quota_day", QUOTA, "fault.quota_day_do", "wait"),
    "quota_minute": Fault("fault.quota_minute", QUOTA, "fault.quota_minute_do", "wait"),
    "quota_none": Fault("fault.quota_none", QUOTA, "fault.paid_only_do", "wait"),
    "quota_unknown": Fault("fault.quota_unknown", QUOTA, "fault.quota_minute_do", "wait"),
    "rate_limit_exceeded": Fault("fault.rate_limit_exceeded", QUOTA, "fault.rate_limit_exceeded_do", "wait"),
    "request_timeout": Fault("fault.request_timeout", CALLER, "fault.request_timeout_do"),
    "request_too_large": Fault("fault.request_too_large", CALLER, "fault.request_too_large_do"),
    "shared_capacity": Fault("fault.model_overloaded", GOOGLE, "fault.model_overloaded_do"),
    "shutting_down": Fault("fault.shutting_down", GATEWAY, "fault.shutting_down_do", "off"),
    "store_unavailable": Fault("fault.store_unavailable", OPERATOR, "fault.store_unavailable_do"),
    "thoughts_only": Fault("fault.thoughts_only", GOOGLE, "fault.thoughts_only_do"),
    "unknown": Fault("fault.unknown", GOOGLE, "fault.unknown_do"),
    "unreachable": Fault("fault.unreachable", WAY, "fault.unreachable_do"),
    "unsupported_media_type": Fault("fault.unsupported_media_type", CALLER, "fault.unsupported_media_type_do"),
    "upstream_broken": Fault("fault.upstream_broken", GOOGLE, "fault.upstream_broken_do"),
    "upstream_error": Fault("fault.upstream_broken", GOOGLE, "fault.upstream_broken_do"),
    "upstream_overloaded": Fault("fault.model_overloaded", GOOGLE, "fault.model_overloaded_do"),
    "upstream_slow": Fault("fault.upstream_slow", GOOGLE, "fault.upstream_slow_do"),
    "upstream_timeout": Fault("fault.upstream_slow", GOOGLE, "fault.upstream_slow_do"),
    "wrong_key_for_resource": Fault("fault.wrong_key_for_resource", CALLER, "fault.wrong_key_for_resource_do"),
}
"""By what the last attempt came to, else by the code that the call ended with."""
OTHER = Fault("fault.unknown", GOOGLE, "fault.unknown_do")

COUNTED = {
    Blame.KEY: "counted.key",
    Blame.PROJECT: "counted.key",
    Blame.QUOTA: "counted.quota",
    Blame.MODEL: "counted.model",
    Blame.CAPACITY: "counted.not",
    Blame.UPSTREAM: "counted.perhaps",
    Blame.EGRESS: "counted.not",
    Blame.RESOURCE: "counted.not",
    Blame.OURS: "counted.not",
    Blame.CALLER: "counted.not",
    Blame.CLIENT_GONE: "counted.not",
}
ON_THE_WAY = frozenset({Cause.UNREACHABLE, Cause.CUT})
"""Fails for any key, so none is blamed."""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a call: its word, and its tone where it is worth one."""

    word: str
    tone: str = ""


BECAME = {
    CallOutcome.WHOLE: Became("outcome.whole"),
    CallOutcome.RESCUED: Became("outcome.rescued"),
    CallOutcome.BLOCKED: Became("outcome.blocked", "wait"),
    CallOutcome.CUT: Became("outcome.cut", "wait"),
    CallOutcome.REFUSED: Became("outcome.refused", "bad"),
    CallOutcome.FAILED: Became("outcome.failed", "bad"),
    CallOutcome.LEFT: Became("outcome.left", "off"),
}


def fault_named(name: str) -> Fault:
    return FAULTS.get(name, OTHER)


def told(t: Words, code: str, message: str) -> str:
    """An error as a client is told it, for a reader: before its English sentence what it is, in the reader's words."""
    if t.english or code not in FAULTS:
        return message
    return t("fault.told", title=t(FAULTS[code].title), detail=marks.detail(message))


def titles(t: Words) -> dict[str, str]:
    """What goes before the sentence of an error that a script shows, by its code."""
    return {} if t.english else {code: str(t(fault.title)) for code, fault in FAULTS.items()}


def fault_of(call: KeptCall) -> Fault | None:
    """None where nothing went wrong in the end."""
    good = call.outcome in (CallOutcome.WHOLE, CallOutcome.RESCUED, CallOutcome.LEFT)
    if good or (call.outcome is CallOutcome.BLOCKED and not call.failed):
        return None
    return fault_named(class_of(call.ending, call.cause))


def counted(cause: str) -> str:
    """The message that says whether an attempt that came to this counts against its key."""
    known = Cause(cause) if cause in set(Cause) else Cause.UNKNOWN
    return "counted.not" if known in ON_THE_WAY else COUNTED.get(BLAME[known], "counted.not")


def pip(cause: str) -> tuple[str, str]:
    """Of an attempt: its tone, and the message that says the same."""
    known = Cause(cause) if cause in set(Cause) else Cause.UNKNOWN
    match BLAME[known]:
        case Blame.NOBODY:
            return "ok", "pip.answered"
        case Blame.QUOTA | Blame.MODEL:
            return "wait", "pip.limited"
        case Blame.CLIENT_GONE:
            return "off", "pip.left"
        case _:
            return "bad", "pip.failed"
