"""From a record to its rows."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import astuple

from gemini_balance.core.gemini.verdict import FILTERED
from gemini_balance.core.outcome import NO_USAGE, Usage
from gemini_balance.core.wire.codec import encode
from gemini_balance.gateway.call_outcomes import GOOD_ENDINGS, WELL, WHOLE, CallOutcome, outcome_of
from gemini_balance.gateway.calls import number_of
from gemini_balance.gateway.record import AttemptRecord, RequestRecord, SkippedRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

NOTHING = "[[],[]]"
PACKED = ("key", "cause", "status", "seconds", "why", "until", "began", "usage")


class Trouble(IntEnum):
    """What a call is looked for by: those above NONE have an index."""

    RESCUED = -1  # an attempt failed, but not the last one
    NONE = 0
    ERROR = 1  # the caller was told of one
    LEFT = 2  # the caller went
    ODD = 3  # the caller got an answer that is none of a good attempt's
    BLOCKED = 4  # the caller got what a filter of Google's had left of an answer


OF_GOOD_ENDINGS = {
    CallOutcome.WHOLE: Trouble.NONE,
    CallOutcome.RESCUED: Trouble.RESCUED,
    CallOutcome.LEFT: Trouble.LEFT,
    CallOutcome.CUT: Trouble.ODD,
    CallOutcome.BLOCKED: Trouble.BLOCKED,
}


_Cell = str | int | float | list[int]
_TRIED = msgspec.json.Decoder(tuple[list[list[_Cell]], list[list[_Cell]]])
CallRow = tuple[str | int | None, ...]
DetailRow = tuple[int, str, str, str, str | None]


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000 + 0.5)


def call_row(record: RequestRecord, writer: int) -> CallRow:
    """In the order of the table's columns. Raises ValueError where the request id is none of ours."""
    asked, used, attempts = record.model_asked, record.model_used, record.attempts
    last = attempts[-1] if attempts else None
    cause, usage = last.cause if last else "", record.usage
    return (
        number_of(record.id, writer),
        record.id,
        plain(record.client),
        record.token_id,
        record.dialect,
        record.operation,
        "" if asked == used else plain(asked),
        plain(used),
        last.key if last else "",
        record.status,
        _trouble(record, cause),
        record.ending,
        cause,
        record.finish,
        milliseconds(record.seconds),
        None if record.first_byte is None else milliseconds(record.first_byte),
        milliseconds(record.waited),
        usage.prompt,
        usage.cached,
        usage.tool_use,
        usage.output,
        usage.thoughts,
        usage.total,
        _alone(last) if last and _is_alone(record, last) else tried(attempts, record.skipped),
    )


def _trouble(record: RequestRecord, cause: str) -> int:
    if len(record.attempts) < 2 and record.ending == WHOLE and cause in WELL and record.finish not in FILTERED:
        return 0  # nearly always
    if record.ending not in GOOD_ENDINGS:
        return Trouble.ERROR.value
    seen, saved = record.first_byte is not None, rescued(record)
    kind = outcome_of(ending=record.ending, cause=cause, finish=record.finish, seen=seen, rescued=saved)
    return OF_GOOD_ENDINGS[kind].value


def rescued(record: RequestRecord) -> bool:
    """Did an attempt before the last one fail?"""
    return len(record.attempts) > 1 and any(one.cause not in WELL for one in record.attempts[:-1])


def detail_row(record: RequestRecord, writer: int) -> DetailRow:
    body = plain(record.body) if record.body else None
    return number_of(record.id, writer), record.method, plain(record.path), plain(record.message), body


def _is_alone(record: RequestRecord, only: AttemptRecord) -> bool:
    """Do the row's other columns tell all of it but when it began, how long it took and how its key was chosen?"""
    plainly = only.usage is NO_USAGE and not only.until and only.status == record.status
    return plainly and len(record.attempts) == 1 and not record.skipped


def _alone(only: AttemptRecord) -> str:
    """Nearly all calls have but one attempt: what this costs, in time and on the disk, all calls cost."""
    return f"{milliseconds(only.began)} {milliseconds(only.seconds)} {only.why}"


def tried(attempts: Sequence[AttemptRecord], skipped: Sequence[SkippedRecord]) -> str:
    if not attempts and not skipped:
        return NOTHING
    return encode(([_packed(one) for one in attempts], [astuple(one) for one in skipped])).decode()


def trace(row: Row[Any]) -> tuple[tuple[AttemptRecord, ...], tuple[SkippedRecord, ...]]:
    """What its `tried` was made of."""
    if not row.tried.startswith("["):
        began, seconds, why = row.tried.split(" ", 2)
        only = AttemptRecord(row.key, row.cause, row.status, int(seconds) / 1000, why=why, began=int(began) / 1000)
        return (only,), ()
    attempts, skipped = _TRIED.decode(row.tried)
    return tuple(_attempt(*one) for one in attempts), tuple(
        msgspec.convert(
            [dict(zip(SkippedRecord.__struct_fields__, one, strict=True)) for one in skipped], list[SkippedRecord]
        )
    )


def plain(text: str) -> str:
    """What both databases take: neither half of a pair, nor, in PostgreSQL, the character nought."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


def _packed(one: AttemptRecord) -> tuple[object, ...]:
    row = one.key, one.cause, one.status, round(one.seconds, 3), one.why, one.until, round(one.began, 3)
    return row if one.usage is NO_USAGE else (*row, astuple(one.usage))


def _attempt(*row: _Cell) -> AttemptRecord:
    named: dict[str, object] = dict(zip(PACKED, row, strict=False))
    if isinstance(counted := named.get("usage"), list):
        named["usage"] = dict(zip(Usage.__struct_fields__, counted, strict=True))
    return msgspec.convert(named, AttemptRecord)
