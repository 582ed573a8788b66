"""What one attempt came to, in the words the pool and the retry rule understand."""

from __future__ import annotations

from enum import Enum, StrEnum, auto

import msgspec
from msgspec.structs import astuple, replace

from gemini_balance.core.redaction import HIDDEN


class Blame(Enum):
    """Who has to change something before the same call can succeed."""

    NOBODY = auto()
    KEY = auto()
    PROJECT = auto()
    QUOTA = auto()  # (project, model): nobody is at fault, the window is spent
    MODEL = auto()  # this model is not for this project
    CAPACITY = auto()  # Google's shared capacity for this model
    UPSTREAM = auto()
    EGRESS = auto()  # our own address is refused
    RESOURCE = auto()  # the wrong key for a file, a cache, a batch
    OURS = auto()
    CALLER = auto()
    CLIENT_GONE = auto()


class Cause(StrEnum):
    """Every class an attempt can end in."""

    ANSWERED = auto()
    KEY_DEAD = auto()
    KEY_REFUSED = auto()  # an authorisation failure of a kind we don't know
    PROJECT_BLOCKED = auto()
    PROJECT_UNPAID = auto()
    MODEL_NOT_OFFERED = auto()
    PAID_ONLY = auto()  # this model needs a project with billing
    QUOTA_NONE = auto()  # "limit: 0": this model never on this project
    QUOTA_MINUTE = auto()
    QUOTA_DAY = auto()
    QUOTA_UNKNOWN = auto()
    SHARED_CAPACITY = auto()
    MODEL_OVERLOADED = auto()
    EGRESS_REFUSED = auto()
    OUR_MISTAKE = auto()
    BAD_REQUEST = auto()
    MODEL_UNKNOWN = auto()
    DEADLINE = auto()  # the caller's own patience ran out
    WRONG_KEY_FOR_RESOURCE = auto()
    UPSTREAM_BROKEN = auto()
    UPSTREAM_SLOW = auto()
    UNREACHABLE = auto()
    CUT = auto()
    EMPTY = auto()
    THOUGHTS_ONLY = auto()
    MALFORMED_CALL = auto()
    UNKNOWN = auto()
    CLIENT_GONE = auto()


_CAUSES = {
    Blame.NOBODY: {Cause.ANSWERED},
    Blame.KEY: {Cause.KEY_DEAD, Cause.KEY_REFUSED},
    Blame.PROJECT: {Cause.PROJECT_BLOCKED, Cause.PROJECT_UNPAID},
    Blame.QUOTA: {Cause.QUOTA_MINUTE, Cause.QUOTA_DAY, Cause.QUOTA_UNKNOWN},
    Blame.MODEL: {Cause.MODEL_NOT_OFFERED, Cause.PAID_ONLY, Cause.QUOTA_NONE},
    Blame.CAPACITY: {Cause.SHARED_CAPACITY, Cause.MODEL_OVERLOADED},
    Blame.UPSTREAM: {
        *(Cause.UPSTREAM_BROKEN, Cause.UPSTREAM_SLOW, Cause.UNREACHABLE, Cause.CUT),
        *(Cause.EMPTY, Cause.THOUGHTS_ONLY, Cause.MALFORMED_CALL, Cause.UNKNOWN),
    },
    Blame.EGRESS: {Cause.EGRESS_REFUSED},
    Blame.RESOURCE: {Cause.WRONG_KEY_FOR_RESOURCE},
    Blame.OURS: {Cause.OUR_MISTAKE},
    Blame.CALLER: {Cause.BAD_REQUEST, Cause.MODEL_UNKNOWN, Cause.DEADLINE},
    Blame.CLIENT_GONE: {Cause.CLIENT_GONE},
}
BLAME = {cause: blame for blame, causes in _CAUSES.items() for cause in causes}


class Usage(msgspec.Struct, frozen=True, gc=False):
    """Tokens of one answer as Google counts them; total = prompt + tool_use + output + thoughts."""

    prompt: int = 0  # cached ones included
    cached: int = 0
    tool_use: int = 0
    output: int = 0
    thoughts: int = 0
    total: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


NO_USAGE = Usage()


class Window(StrEnum):
    """What Google's limits count, and over how long."""

    RPM = "rpm"
    TPM = "tpm"
    RPD = "rpd"
    TPD = "tpd"


class Limit(msgspec.Struct, frozen=True, gc=False):
    """One window that a 429 names, with the value Google gives it."""

    window: Window
    units: int


TOLD = ("message", "error_status", "reason", "finish", "consumer")
"""Fields that hold the upstream's words."""


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """The verdict on one attempt."""

    cause: Cause
    status: int = 200
    message: str = ""
    error_status: str = ""  # Google's word for the status, e.g. "RESOURCE_EXHAUSTED"
    reason: str = ""  # the reason that its ErrorInfo gives, e.g. "API_KEY_INVALID"
    retry_after: float | None = None  # seconds the upstream asked us to stay away
    quota_model: str | None = None  # the pool name Google counts this model under
    limits: tuple[Limit, ...] = ()  # every window a 429 names
    consumer: str = ""  # Google's own name of the project, e.g. "projects/123"
    usage: Usage = NO_USAGE
    finish: str = ""  # Google's last finishReason, or blockReason
    body: bytes = b""  # the upstream's own words, for callers who get them verbatim
    content_type: str = ""
    continuation: str = ""  # the token by which Google goes on with an answer too long for one reply

    @property
    def blame(self) -> Blame:
        return BLAME[self.cause]

    @property
    def good(self) -> bool:
        return self.cause is Cause.ANSWERED

    def without(self, secret: str) -> Outcome:
        """Google repeats the key that it was asked with, also in what it calls a success."""
        words = {name: getattr(self, name).replace(secret, HIDDEN) for name in TOLD}
        return replace(self, body=self.body.replace(secret.encode(), HIDDEN.encode()), **words)


CLIENT_GONE = Outcome(Cause.CLIENT_GONE, 499)
