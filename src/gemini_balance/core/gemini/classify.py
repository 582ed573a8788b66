"""What an error answer of Google's means for the pool. Rows are tried in order; the first that fits decides.

The rows and their evidence: quoted and recorded error bodies, see the golden table in the tests.

Google repeats the caller's own words in a 400 (`Unknown name "api key not valid" at …`). A sentence that costs a key,
a project or the way out is therefore known by how the message begins, which no caller can choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.gemini.error_body import error_in, page_in
from gemini_balance.core.gemini.quota_named import consumer_of, limits_of, model_of, named_by, quota_cause, retry_after
from gemini_balance.core.gemini.schema import ErrorStatus
from gemini_balance.core.outcome import Cause, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Answer:
    """What the rows look at. `text` is the message in small letters, or the page of an answer that isn't the API's."""

    status: int
    reasons: frozenset[str]
    text: str
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """A row: every condition that is given must hold; of several words any one will do.

    `begins` and `says` look at the message; `foreign` wants an answer without Google's error in it.
    """

    cause: Cause
    status: frozenset[int] = frozenset()
    reasons: frozenset[str] = frozenset()
    begins: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    foreign: bool = False

    def fits(self, answer: Answer) -> bool:
        return (
            (not self.status or answer.status in self.status)
            and (not self.reasons or bool(self.reasons & answer.reasons))
            and (not self.begins or answer.text.startswith(self.begins))
            and (not self.says or any(words in answer.text for words in self.says))
            and (not self.foreign or answer.foreign)
        )


def _on(
    cause: Cause,
    *status: int,
    reasons: Iterable[str] = (),
    begins: tuple[str, ...] = (),
    says: tuple[str, ...] = (),
    foreign: bool = False,
) -> Sign:
    return Sign(cause, frozenset(status), frozenset(reasons), _small(begins), _small(says), foreign)


def _small(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


_RESTRICTED = {
    f"API_KEY_{what}_BLOCKED" for what in ("SERVICE", "HTTP_REFERRER", "IP_ADDRESS", "ANDROID_APP", "IOS_APP")
}
_BLOCKED = {"CONSUMER_SUSPENDED", "SERVICE_DISABLED", "BILLING_DISABLED", "CONSUMER_INVALID", "GCP_SUSPENDED"}
# What is wrong with the request itself; 501 is Google's UNIMPLEMENTED, for what the API has no method.
_OF_THE_REQUEST = (400, 404, 405, 409, 411, 412, 413, 414, 415, 416, 422, 431, 501)

SIGNS = (
    # A page of Google's front instead of an answer of the API's: "Sorry…" (thooton/muse#6) blames our address.
    _on(Cause.EGRESS_REFUSED, says=("automated queries", "unusual traffic"), foreign=True),
    # "Error 403 (Forbidden)!!1" (continuedev/continue#10578, #12640) doesn't say why: no key may die of it.
    _on(Cause.UNKNOWN, 401, 402, 403, foreign=True),
    _on(Cause.UNKNOWN, 429, says=("<html", "<!doctype"), foreign=True),
    # A 401 of this reason is no dead key's (googleapis/python-genai#2674).
    _on(Cause.OUR_MISTAKE, reasons={"OVERLOADED_CREDENTIALS"}),
    _on(Cause.OUR_MISTAKE, 400, begins=("Multiple authentication credentials",)),
    _on(Cause.OUR_MISTAKE, 403, begins=("Method doesn't allow unregistered callers",)),
    # A dead key is a 400 (not valid, expired, not found), an unusable kind of key a 401.
    _on(Cause.KEY_DEAD, reasons={"API_KEY_INVALID"}),
    _on(Cause.KEY_DEAD, 400, begins=("API key not valid", "API key expired", "API key not found")),
    _on(Cause.KEY_DEAD, 401),
    _on(Cause.KEY_DEAD, 403, begins=("Your API key was reported as leaked",)),
    _on(Cause.KEY_DEAD, 403, reasons=_RESTRICTED),
    _on(Cause.PROJECT_BLOCKED, reasons=_BLOCKED),
    _on(
        Cause.PROJECT_BLOCKED,
        403,
        begins=(
            "Permission denied: Consumer",
            "Permission denied on resource project",
            "Your project has been denied access",
        ),
    ),
    _on(Cause.PROJECT_UNPAID, 402),
    _on(Cause.PROJECT_UNPAID, 429, says=("prepayment credits are depleted", "monthly spending cap")),
    _on(Cause.EGRESS_REFUSED, 400, begins=("User location is not supported",)),
    _on(Cause.PROJECT_BLOCKED, 400, begins=("Gemini API free tier is not available in your country",)),
    # Imagen answers a project without billing so; one with billing is served.
    _on(Cause.PAID_ONLY, 400, begins=("Imagen API is only accessible to billed users",)),
    # 403 is not always a dead key: a resource of another key reads "not found (or permission denied)".
    _on(
        Cause.WRONG_KEY_FOR_RESOURCE,
        *(403, 404),
        says=(
            "not found (or permission denied)",
            "permission to access the file",
            "or it may not exist",
            "requested entity was not found",
        ),
    ),
    _on(Cause.MODEL_NOT_OFFERED, 404, says=("no longer available to new users", "has been shut down")),
    _on(Cause.MODEL_UNKNOWN, 404, says=("is not found for api version", "is not supported for")),
    # Shared capacity speaks of no quota of ours.
    _on(Cause.SHARED_CAPACITY, 429, says=("resource exhausted. please try again later", "error-code-429")),
    # Nothing named: "(e.g. check quota)", only a Help link (search grounding), "spend-based rate limit".
    _on(Cause.QUOTA_UNKNOWN, 429),
    _on(Cause.QUOTA_UNKNOWN, reasons={"RATE_LIMIT_EXCEEDED"}),
    _on(Cause.KEY_REFUSED, 403),
    _on(Cause.MODEL_OVERLOADED, 503),
    _on(Cause.UPSTREAM_SLOW, 504),
    _on(Cause.CUT, 499),
    _on(Cause.UPSTREAM_BROKEN, 500, 502),
    _on(Cause.BAD_REQUEST, *_OF_THE_REQUEST),
)
# These say only that some quota is spent; which one, the rest of the answer may tell.
_VAGUE = frozenset({Cause.QUOTA_UNKNOWN, Cause.SHARED_CAPACITY})

# The status of an error inside a stream, should its `code` be missing or no status of HTTP's.
HTTP_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


def classify(status: int, body: bytes, content_type: str = "") -> Outcome:
    """An answer of status ≥ 400, whatever its body is (JSON, a one-element array, HTML, nothing), to an Outcome."""
    error = error_in(body)
    if error is not None:
        return _outcome(status, error, error.message, body, content_type)
    return _outcome(status, ErrorStatus(), page_in(body), body, content_type, foreign=True)


def in_stream(error: ErrorStatus) -> Outcome:
    """The same for an error inside a reply of status 200."""
    status = error.code if 400 <= error.code < 600 else HTTP_STATUS.get(error.status, 500)
    return _outcome(status, error, error.message)


def _outcome(
    status: int, error: ErrorStatus, text: str, body: bytes = b"", content_type: str = "", *, foreign: bool = False
) -> Outcome:
    reasons = [detail.reason for detail in error.details if detail.reason]
    answer = Answer(status, frozenset(reasons), text.lower(), foreign)
    named, wait = named_by(error), retry_after(error)
    cause = next((sign.cause for sign in SIGNS if sign.fits(answer)), Cause.UNKNOWN)
    return Outcome(
        (quota_cause(named, error, wait) or cause) if cause in _VAGUE else cause,
        status,
        error.message,
        error_status=error.status,
        reason=next(iter(reasons), ""),
        retry_after=wait,
        quota_model=model_of(named),
        limits=limits_of(named),
        consumer=consumer_of(error),
        body=body,
        content_type=content_type,
    )
