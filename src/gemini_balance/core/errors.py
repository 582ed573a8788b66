"""What can go wrong for a caller, each with its HTTP status and a stable code.

A dialect renders these in its own envelope; nothing else decides what an error looks like.
"""

from __future__ import annotations


class GatewayError(Exception):
    """A call that ends without an answer. `message` tells the caller what to do next.

    `should_retry=False` tells client libraries that trying again is in vain (`x-should-retry`).
    """

    status = 500
    code = "internal_error"
    should_retry: bool | None = None

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param


class BadRequest(GatewayError):
    """The caller's request is wrong; no key can help."""

    status = 400
    code = "invalid_request"


class ContentRefused(BadRequest):
    """A filter of Google's refuses what was asked for, or what came of it; no key can help."""

    code = "content_policy_violation"
    should_retry = False


class NotSignedIn(GatewayError):
    """No client token, or one we don't know."""

    status = 401
    code = "invalid_api_key"


class Forbidden(GatewayError):
    """The upstream refuses this caller's request whatever the key."""

    status = 403
    code = "permission_denied"


class NotFound(GatewayError):
    """No such path or resource."""

    status = 404
    code = "not_found"


class ModelNotFound(GatewayError):
    """No such model, for any key of the pool."""

    status = 404
    code = "model_not_found"


class MethodNotAllowed(GatewayError):
    """The path exists, the method doesn't; `allowed` are those that do."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class TooLarge(GatewayError):
    """A body over the limit."""

    status = 413
    code = "request_too_large"


class Conflict(GatewayError):
    """What is there already, or has changed since, stands against it."""

    status = 409
    code = "conflict"


class UnsupportedMediaType(GatewayError):
    """A body of a kind that is not understood here."""

    status = 415
    code = "unsupported_media_type"


class BodyStalled(GatewayError):
    """The caller stopped sending in the middle of its request."""

    status = 408
    code = "request_timeout"


class RateLimited(GatewayError):
    """There may be room again after `retry_after` seconds."""

    status = 429
    code = "rate_limit_exceeded"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PoolBusy(RateLimited):
    """Every key that could serve rests; one is free again after `retry_after` seconds."""


class MinuteSpent(RateLimited):
    """The caller's token has made its requests of this minute."""


class DaySpent(RateLimited):
    """The caller's token has used its tokens of today: hours may pass until it may go on."""

    code = "insufficient_quota"  # OpenAI's own word for what trying again soon does not help
    should_retry = False


class TooManyAttempts(GatewayError):
    """Too many wrong passwords; the next one is looked at after `retry_after` seconds."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UpstreamFailed(GatewayError):
    """The upstream failed after our own retries."""

    status = 502
    code = "upstream_error"
    should_retry = False


class NoKeyAvailable(GatewayError):
    """No key of the pool is usable until the operator acts."""

    status = 503
    code = "no_available_key"
    should_retry = False


class UpstreamOverloaded(GatewayError):
    """The model has no capacity left at Google, whatever the key."""

    status = 503
    code = "upstream_overloaded"
    should_retry: bool | None = False


class OverloadLasts(UpstreamOverloaded):
    """The same, known without asking again; it may have room after `retry_after` seconds."""

    should_retry = None

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ShuttingDown(GatewayError):
    """This replica takes no new calls and ends the running ones."""

    status = 503
    code = "shutting_down"


class StoreAway(GatewayError):
    """What is kept can't be read or written just now. Calls don't need it."""

    status = 503
    code = "store_unavailable"


class UpstreamTimeout(GatewayError):
    """The upstream, or the caller's own deadline, ran out."""

    status = 504
    code = "upstream_timeout"
    should_retry = False
