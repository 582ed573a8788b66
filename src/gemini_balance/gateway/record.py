"""What is remembered of one call."""

from __future__ import annotations

import msgspec

from gemini_balance.core.outcome import NO_USAGE, Usage


class AttemptRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One try: which key, what it came to, how long it took in seconds."""

    key: str
    cause: str
    status: int
    seconds: float
    why: str = ""  # how the pool chose the key
    until: float = 0.0  # seconds since 1970; 0: the failure made nothing rest
    usage: Usage = NO_USAGE  # where there were several; that of one is the call's
    began: float = 0.0  # seconds after the call


class SkippedRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A key that was passed over when the call first had to wait: why, and until when (seconds since 1970)."""

    key: str
    why: str
    until: float = 0.0  # 0: no time ends it


class RequestRecord(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag_field="log", tag="call"):
    """One call. Times are seconds; no secret, no query string. As JSON, and without `body`, it is a line of the access
    log."""

    id: str
    unix: float
    method: str
    path: str
    client: str
    status: int
    seconds: float
    token: str = ""
    dialect: str = ""
    operation: str = ""
    model_asked: str = ""
    model_used: str = ""
    attempts: tuple[AttemptRecord, ...] = ()
    skipped: tuple[SkippedRecord, ...] = ()  # some of them
    waited: float = 0.0  # in the queue for a key
    first_byte: float | None = None
    usage: Usage = NO_USAGE
    finish: str = ""
    ending: str = ""
    token_id: str = ""
    message: str = ""  # what the caller of a failed call was told
    body: str = ""  # what it had sent, where that shall be kept
    traceparent: str = ""  # the caller's own, where traces are made
