"""What is kept of calls, and how it is asked for. The contract is run on SQLite, on PostgreSQL and in memory.

Times are seconds since 1970. A call stands at the time when it began; sums count it when it ended, which is when
anything is known of it.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.histogram import Histogram
from gemini_balance.core.outcome import NO_USAGE, Usage
from gemini_balance.gateway.call_outcomes import GOOD_ENDINGS, CallOutcome, outcome_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.gateway.ports import RecordSink
    from gemini_balance.gateway.record import AttemptRecord, SkippedRecord

MOST_SCANNED = 200_000  # rows that one search looks at
NUMBER_BITS, WRITER_BITS = 9, 12
MILLISECOND = 1 << (NUMBER_BITS + WRITER_BITS)
"""A call's number is its millisecond, times this, and what tells calls of one millisecond apart."""
ID_MILLISECONDS, ID_DIGITS = 11, 16  # hexadecimal digits of a request id: of the time, and with the process's number
ID_COUNT_BITS = 4 * (ID_DIGITS - ID_MILLISECONDS)
LAST_COUNT, LAST_WRITER = (1 << NUMBER_BITS) - 1, (1 << WRITER_BITS) - 1


class ErrorDetail(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller was told, and what it had sent, where that is kept."""

    method: str
    path: str
    message: str
    body: str | None = None


class KeptCall(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `token` is a client token's id, `key` the id of the key that was asked last."""

    number: int
    id: str
    at: float
    client: str
    token: str = ""
    dialect: str = ""
    operation: str = ""
    model_asked: str = ""
    model_used: str = ""
    key: str = ""
    status: int
    ending: str
    cause: str = ""  # what the last attempt came to
    finish: str = ""
    seconds: float
    first_byte: float | None = None
    waited: float = 0.0
    usage: Usage = NO_USAGE
    attempts: tuple[AttemptRecord, ...] = ()
    skipped: tuple[SkippedRecord, ...] = ()
    error: ErrorDetail | None = None
    rescued: bool = False  # did an attempt before the last one fail?

    @property
    def failed(self) -> bool:
        return self.ending not in GOOD_ENDINGS

    @property
    def outcome(self) -> CallOutcome:
        seen = self.first_byte is not None
        return outcome_of(ending=self.ending, cause=self.cause, finish=self.finish, seen=seen, rescued=self.rescued)


class CallFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls: all of what is given must fit. `since` counts, `until` doesn't."""

    since: float | None = None
    until: float | None = None
    token: str = ""
    model: str = ""  # asked or used
    key: str = ""
    status: int = 0
    status_class: int = 0  # 4: all of 400 to 499
    outcomes: frozenset[CallOutcome] = frozenset()  # one of these; empty: all
    cause: str = ""  # of the last attempt, or how the call ended
    operation: str = ""
    failed: bool = False
    text: str = ""  # in what the caller was told, whatever the case; or how a request id begins


class Found(NamedTuple):
    """Calls, the newest first. `before` is where to go on, None at the end; all from `back_to` on was looked at."""

    calls: list[KeptCall]
    before: int | None
    back_to: float | None


class FailureCount(NamedTuple):
    """Failed calls that are alike; `latest`: the request id of the last one. `model`: as it was used, else asked."""

    ending: str
    cause: str
    model: str
    key: str
    calls: int
    latest: str


class Failures(NamedTuple):
    """All since `back_to` were counted. Some that are alike may be told apart."""

    counts: list[FailureCount]
    back_to: float


class Span(Enum):
    """How long one sum goes; the value is in seconds. A day is UTC's."""

    MINUTE = 60
    HOUR = 3600
    DAY = 86_400


class By(StrEnum):
    """What sums are told apart by."""

    NOTHING = ""
    MODEL = "model"
    TOKEN = "token"  # noqa: S105  (a word, not a token)
    KEY = "key"
    STATUS = "status"


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which sums. `since` and `until` are taken to the `span` that they are in; `until` itself doesn't count.

    There are minutes without tokens and keys, hours without keys, and nothing with both: raises BadRequest.
    """

    span: Span
    since: float
    until: float
    by: By = By.NOTHING
    timed: bool = False  # one sum for each span
    model: str | None = None
    token: str | None = None
    key: str | None = None
    status_class: int = 0
    percentiles: bool = True
    most: int = 0  # names, those with most calls; 0: all

    def __post_init__(self) -> None:
        token, key = By.TOKEN in self._asked, By.KEY in self._asked
        if token and key:
            raise BadRequest("What a client token has used is not kept by key. Ask for one of them.", param="by")
        if key and self.span is not Span.DAY:
            raise BadRequest("What keys did is kept by day: ask with the span day.", param="span")
        if token and self.span is Span.MINUTE:
            raise BadRequest("What client tokens used is kept by hour and day, not by minute.", param="span")

    @property
    def _asked(self) -> set[str]:
        given = {By.TOKEN: self.token, By.KEY: self.key}
        return {self.by, *(name for name, value in given.items() if value is not None)}

    @property
    def subject(self) -> By:
        """Whose sums are read: of a client token, of a key, or of all."""
        return next((one for one in (By.TOKEN, By.KEY) if one in self._asked), By.NOTHING)

    @property
    def first(self) -> int:
        """Where the first span begins."""
        return int(self.since) // self.span.value * self.span.value


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Of all calls; of a key's: of its attempts. `latency` and `first_byte` are those of answered ones."""

    at: float = 0.0  # where the span begins; 0 where spans are not told apart
    name: str = ""
    count: int = 0
    errors: int = 0
    usage: Usage = NO_USAGE
    latency: Histogram = Histogram()
    first_byte: Histogram = Histogram()

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            at=self.at,
            name=self.name,
            count=self.count + other.count,
            errors=self.errors + other.errors,
            usage=self.usage + other.usage,
            latency=self.latency + other.latency,
            first_byte=self.first_byte + other.first_byte,
        )


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """From when on, in seconds since 1970, each kind of thing is kept, and how large all may be."""

    calls: float
    details: float
    minutes: float
    hours: float
    days: float
    token_hours: float
    token_days: float
    key_days: float
    most_bytes: int


class CallLog(Protocol):
    """Reads what is kept, and forgets. Raises whatever its database does when it is away."""

    async def search(self, wanted: CallFilter, most: int, before: int | None = None, *, tried: bool = False) -> Found:
        """The newest calls whose numbers are below `before`; `tried`: with their attempts and keys passed over."""

    async def failures(self, since: float, until: float) -> Failures:
        """How often what failed, of at most so many calls as a search looks at."""

    async def one(self, request: str) -> KeptCall | None:
        """A call by its request id, with everything."""

    async def sums(self, question: Question) -> list[Sums]:
        """By time, then by how many calls; spans and names without calls are left out."""

    async def forget_details(self, numbers: Sequence[int]) -> int:
        """What callers were told and had sent. Returns how many there were."""

    async def shorten(self, limits: Limits, most: int) -> int:
        """Drops up to `most` rows that are beyond the limits. Returns how many; 0 when there are none, or somebody
        else is at it."""


class KeptJournal(NamedTuple):
    """Where calls are kept: what takes them, and what reads them."""

    sink: RecordSink
    log: CallLog


def number_of(request: str, writer: int) -> int:
    """Of the call with this request id, in a journal where `writer` numbers those who write."""
    told = int(request[:ID_DIGITS], 16)
    return (told >> ID_COUNT_BITS) * MILLISECOND + ((told & LAST_COUNT) << WRITER_BITS) + (writer & LAST_WRITER)


def began(number: int) -> float:
    """When the call of this number did."""
    return number // MILLISECOND / 1000


def first_number(unix: float) -> int:
    """The lowest one that a call of this moment can have."""
    return int(unix * 1000) * MILLISECOND
