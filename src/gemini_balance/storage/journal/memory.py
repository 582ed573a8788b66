"""The journal where there is no database: the last calls, and what they add up to."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.histogram import Histogram
from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.calls import (
    By,
    ErrorDetail,
    FailureCount,
    Failures,
    Found,
    KeptCall,
    KeptJournal,
    Sums,
    began,
    number_of,
)
from gemini_balance.storage.journal.rows import rescued
from gemini_balance.storage.journal.sums import COUNT, ERRORS, FIRST_BYTE, LATENCY, PROMPT, Group, Sum, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gemini_balance.gateway.calls import CallFilter, Limits, Question
    from gemini_balance.gateway.record import RequestRecord

MOST = 2_000
ROW_BYTES = 350
ANSWERED = 400  # statuses below


class MemoryCalls:
    """Implements `RecordSink` and `CallLog`."""

    def __init__(self, most: int = MOST) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=most)
        self._calls: deque[KeptCall] = deque(maxlen=most)

    async def write(self, records: list[RequestRecord]) -> None:
        self._records += records
        self._calls += [_kept(record) for record in records]

    async def search(self, wanted: CallFilter, most: int, before: int | None = None, *, tried: bool = False) -> Found:
        newest = sorted(self._calls, key=lambda call: -call.number)
        found = [call for call in newest if (before is None or call.number < before) and _fits(call, wanted)][:most]
        if not tried:
            found = [replace(call, attempts=(), skipped=()) for call in found]
        return Found(found, None, wanted.since) if len(found) < most else Found(found, found[-1].number, found[-1].at)

    async def one(self, request: str) -> KeptCall | None:
        return next((call for call in self._calls if call.id == request), None)

    async def failures(self, since: float, until: float) -> Failures:
        alike: dict[tuple[str, str, str, str], list[str]] = {}
        for call in self._calls:
            if call.failed and since <= call.at < until:
                place = call.ending, call.cause, call.model_used or call.model_asked, call.key
                alike.setdefault(place, []).append(call.id)
        return Failures([FailureCount(*place, len(ids), max(ids)) for place, ids in alike.items()], since)

    async def sums(self, question: Question) -> list[Sums]:
        found: dict[tuple[float, str], Sums] = {}
        for record in self._records:
            for one in _sums(record, question):
                place = one.at, one.name
                found[place] = found[place] + one if place in found else one
        names = _busiest(list(found.values()), question.most)
        told = [one for one in found.values() if one.name in names]
        return sorted(told, key=lambda one: (one.at, -one.count, one.name))

    async def forget_details(self, numbers: Sequence[int]) -> int:
        forgotten = [call for call in self._calls if call.number in numbers and call.error]
        for call in forgotten:
            self._calls[self._calls.index(call)] = replace(call, error=None)
        return len(forgotten)

    async def shorten(self, limits: Limits, most: int) -> int:
        """Sums need no room of their own here."""
        before = len(self._calls)
        self._calls = deque((call for call in self._calls if call.at >= limits.calls), self._calls.maxlen)
        for index, call in enumerate(self._calls):
            if call.error and call.at < limits.details:
                self._calls[index] = replace(call, error=None)
        while sum(map(_size, self._calls)) > limits.most_bytes:
            self._calls.popleft()
        return before - len(self._calls)


def _size(call: KeptCall) -> int:
    return ROW_BYTES + (len(call.error.message) + len(call.error.body or "") if call.error else 0)


def memory_journal() -> KeptJournal:
    calls = MemoryCalls()
    return KeptJournal(calls, calls)


def _kept(record: RequestRecord) -> KeptCall:
    number = number_of(record.id, 0)
    last = record.attempts[-1] if record.attempts else None
    told = ErrorDetail(method=record.method, path=record.path, message=record.message, body=record.body or None)
    return KeptCall(
        number=number,
        id=record.id,
        at=began(number),
        client=record.client,
        token=record.token_id,
        dialect=record.dialect,
        operation=record.operation,
        model_asked=record.model_asked,
        model_used=record.model_used,
        key=last.key if last else "",
        status=record.status,
        ending=record.ending,
        cause=last.cause if last else "",
        finish=record.finish,
        seconds=record.seconds,
        first_byte=record.first_byte,
        waited=record.waited,
        usage=record.usage,
        attempts=record.attempts,
        skipped=record.skipped,
        error=told if record.message else None,
        rescued=rescued(record),
    )


def _fits(call: KeptCall, wanted: CallFilter) -> bool:
    text = wanted.text.strip().lower()
    return all(
        (
            wanted.since is None or call.at >= wanted.since,
            wanted.until is None or call.at < wanted.until,
            wanted.token in ("", call.token),
            wanted.model in ("", call.model_asked, call.model_used),
            wanted.key in ("", call.key),
            wanted.status in (0, call.status),
            wanted.status_class in (0, call.status // 100),
            not wanted.outcomes or call.outcome in wanted.outcomes,
            wanted.cause in ("", call.cause, call.ending),
            wanted.operation in ("", call.operation),
            call.failed or not wanted.failed,
            not text or call.id.startswith(text) or (call.error and text in call.error.message.lower()),
        )
    )


def _sums(record: RequestRecord, question: Question) -> Iterator[Sums]:
    calls, attempts = grouped([record])
    of_keys = question.subject is By.KEY
    for group, told in (attempts if of_keys else calls).items():
        at = group[0] // question.span.value * question.span.value
        named = {"model": group[2], "key" if of_keys else "token": group[1], "status": str(group[3])}
        asked = (("model", question.model), ("token", question.token), ("key", question.key))
        status_fits = question.status_class in (0, group[3] // 100)
        if question.first <= at < question.until and status_fits and all(v in (None, named.get(n)) for n, v in asked):
            yield _sum(question, at, named.get(question.by, ""), group, told)


def _sum(question: Question, at: int, name: str, group: Group, told: Sum) -> Sums:
    spread = question.percentiles and (question.status_class or group[3] < ANSWERED)
    return Sums(
        at=float(at) if question.timed else 0.0,
        name=name,
        count=told[COUNT],
        errors=told[ERRORS],
        usage=Usage(*told[PROMPT:LATENCY]),
        latency=Histogram(told[LATENCY] if spread else 0),
        first_byte=Histogram(told[FIRST_BYTE] if spread else 0),
    )


def _busiest(found: list[Sums], most: int) -> set[str]:
    counts: dict[str, int] = {}
    for one in found:
        counts[one.name] = counts.get(one.name, 0) + one.count
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return set(ordered[:most] if most else ordered)
