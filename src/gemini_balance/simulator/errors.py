"""How this Google packs an error: the envelope, its details, and the 429 of exhausted quotas."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from gemini_balance.simulator.json_types import Json, Object

SERVICE = "generativelanguage.googleapis.com"
RPC = "type.googleapis.com/google.rpc."
LIMITS_PAGE = "https://ai.google.dev/gemini-api/docs/rate-limits"

STATUS_OF = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "RESOURCE_EXHAUSTED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Problem(Struct, frozen=True):
    """One error answer. `details` is the encoded list, `shape` how it is packed.

    Shapes are `object`, `array` (one element), `html` (a page), and `words`, the interactions' own: its code is a word.
    """

    code: int
    message: str
    status: str = ""
    details: tuple[Object, ...] = ()
    shape: str = "object"

    def envelope(self) -> Json:
        """The body as a value."""
        if self.shape == "words":
            return {"error": {"message": self.message, "code": self.status}}
        error: Object = {"code": self.code, "message": self.message, "status": self.status or STATUS_OF[self.code]}
        if self.details:
            error["details"] = list(self.details)
        body: Object = {"error": error}
        return [body] if self.shape == "array" else body

    def body(self) -> bytes:
        """The body as Google prints it."""
        if self.shape == "html":
            return self.message.encode()
        return msgspec.json.format(msgspec.json.encode(self.envelope()), indent=2) + b"\n"

    @property
    def content_type(self) -> str:
        """What the body claims to be."""
        return "text/html; charset=UTF-8" if self.shape == "html" else "application/json; charset=UTF-8"


class GoogleError(Exception):
    """Ends a request with this problem as its answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def invalid_argument(message: str) -> Problem:
    """A plain 400."""
    return Problem(400, message)


def bad_request(violations: Sequence[tuple[str, str]]) -> Problem:
    """A 400 that lists (field, sentence) pairs, all of them also in the message."""
    listed: list[Json] = [
        {"field": field, "description": sentence} if field else {"description": sentence}
        for field, sentence in violations
    ]
    detail: Object = {"@type": RPC + "BadRequest", "fieldViolations": listed}
    return Problem(400, "\n".join(sentence for _, sentence in violations), details=(detail,))


def info(reason: str, **metadata: str) -> Object:
    """An ErrorInfo detail."""
    named: Object = {"service": SERVICE, **metadata}
    return {"@type": RPC + "ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": named}


def localized(message: str) -> Object:
    """A LocalizedMessage detail."""
    return {"@type": RPC + "LocalizedMessage", "locale": "en-US", "message": message}


def help_link(description: str, url: str) -> Object:
    """A Help detail."""
    return {"@type": RPC + "Help", "links": [{"description": description, "url": url}]}


def explained(code: int, message: str, reason: str, **metadata: str) -> Problem:
    """A problem with a reason, its message repeated for the reader as Google does."""
    return Problem(code, message, details=(info(reason, **metadata), localized(message)))


class Violation(Struct, frozen=True):
    """One exhausted window. `limit` 0 says that the project has no quota for the model at all."""

    metric: str
    quota_id: str
    limit: int
    model: str


def quota_failure(violations: Sequence[Violation], retry_in: float) -> Problem:
    """The 429 of exhausted windows, with QuotaFailure, Help and RetryInfo."""
    lines = [
        f"* Quota exceeded for metric: {SERVICE}/{seen.metric}, limit: {seen.limit}, model: {seen.model}"
        for seen in violations
    ]
    message = (
        "You exceeded your current quota, please check your plan and billing details. For more information on this "
        f"error, head to: {LIMITS_PAGE}. To monitor your current usage, head to: https://ai.dev/rate-limit. \n"
        + "\n".join(lines)
        + f"\nPlease retry in {retry_in:.9f}s."
    )
    failure: Object = {"@type": RPC + "QuotaFailure", "violations": [_quota_violation(seen) for seen in violations]}
    retry: Object = {"@type": RPC + "RetryInfo", "retryDelay": f"{int(retry_in)}s"}
    return Problem(429, message, details=(help_link("Learn more about Gemini API quotas", LIMITS_PAGE), failure, retry))


def _quota_violation(seen: Violation) -> Object:
    violation: Object = {
        "quotaMetric": f"{SERVICE}/{seen.metric}",
        "quotaId": seen.quota_id,
        "quotaDimensions": {"location": "global", "model": seen.model},
    }
    # A project without any quota gets no quotaValue: recorded in continuedev/continue#9570.
    return violation | {"quotaValue": str(seen.limit)} if seen.limit else violation


FREE_REQUESTS = "generate_content_free_tier_requests"
FREE_TOKENS = "generate_content_free_tier_input_token_count"
PAID_TOKENS = "generate_content_paid_tier_input_token_count"
DAY = "GenerateRequestsPerDayPerProjectPerModel-FreeTier"
MINUTE = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"
TOKENS = "GenerateContentInputTokensPerModelPerMinute-FreeTier"
TOKENS_DAY = "GenerateContentInputTokensPerModelPerDay-FreeTier"
PAID_MINUTE = "GenerateContentPaidTierInputTokensPerModelPerMinute"
