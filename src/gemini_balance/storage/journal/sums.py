"""Sums of calls as they come: a process holds what it has added up for each open place, and writes that whole."""

from __future__ import annotations

from itertools import islice, repeat
from operator import add
from typing import TYPE_CHECKING, TypeAlias

from gemini_balance.core.histogram import pack, unit
from gemini_balance.core.outcome import BLAME, NO_USAGE, Blame, Usage
from gemini_balance.gateway.call_outcomes import GOOD_ENDINGS
from gemini_balance.gateway.calls import ID_MILLISECONDS
from gemini_balance.storage.journal.rows import milliseconds, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gemini_balance.gateway.record import AttemptRecord, RequestRecord

MOST_OPEN = 20_000  # places that are held; whichever was not used for longest is let go
LONGEST_NAME = 100  # characters of a model's
MINUTE, HOUR, DAY = 60, 3600, 86_400
BLAMELESS = frozenset({Blame.NOBODY, Blame.CALLER, Blame.CLIENT_GONE})
FAILURES = frozenset(cause.value for cause, blame in BLAME.items() if blame not in BLAMELESS)
"""Of an attempt: what is no fault of the caller's."""

Sum: TypeAlias = list[int]
"""The number of the part that it is, calls, errors, tokens of six kinds, and the lanes of both histograms."""
PART, COUNT, ERRORS, PROMPT, LATENCY, FIRST_BYTE, FIELDS = 0, 1, 2, 3, 9, 10, 11
Place: TypeAlias = tuple[str, int, *tuple[str | int, ...]]
"""A table, when the span begins, and what else its sums are told apart by."""
Group: TypeAlias = tuple[int, str, str, int]
"""The minute (of a key: the day), a client token or a key, a model and a status."""


class OpenSums:
    """What one writer has added up so far. Of what could not be written nothing is kept: it comes again."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        self._open: dict[Place, Sum] = {}  # whichever was not used for longest first
        self._parts = 0
        self._most = most

    def __len__(self) -> int:
        return len(self._open)

    def with_(self, records: Iterable[RequestRecord]) -> dict[Place, Sum]:
        """All places that these records belong to, with what is then in them. The same records give the same."""
        changed: dict[Place, Sum] = {}
        parts = self._parts
        for place, more in _placed(*grouped(records)):
            before = changed.get(place) or self._open.get(place)
            if before is None:
                parts += 1
                before = [parts]
                before += repeat(0, FIELDS - 1)
            changed[place] = list(map(add, before, more))
        return changed

    def keep(self, changed: Mapping[Place, Sum]) -> None:
        """That has been written."""
        for place, told in changed.items():
            self._open.pop(place, None)
            self._open[place] = told
            self._parts = max(self._parts, told[PART])
        for place in list(islice(self._open, max(len(self._open) - self._most, 0))):
            del self._open[place]


def grouped(records: Iterable[RequestRecord]) -> tuple[dict[Group, Sum], dict[Group, Sum]]:
    """Sums of calls by minute and token, and of attempts by day and key."""
    calls: dict[Group, Sum] = {}
    attempts: dict[Group, Sum] = {}
    for record in records:
        ended = (int(record.id[:ID_MILLISECONDS], 16) + milliseconds(record.seconds)) // 1000  # as its row tells it
        # names that no model has are no reason for rows
        model = "" if record.status == 404 else plain(record.model_used[:LONGEST_NAME])
        began = record.first_byte
        first_byte = 0 if began is None else unit(began)
        group = ended - ended % MINUTE, record.token_id, model, record.status
        _add(calls, group, record.ending not in GOOD_ENDINGS, record.usage, record.seconds, first_byte)
        if len(record.attempts) == 1:
            (only,) = record.attempts
            alone = first_byte if began is None or not record.waited else unit(began - record.waited)
            _attempted(attempts, ended - ended % DAY, model, only, record.usage, alone)
        elif record.attempts:
            _several(attempts, ended - ended % DAY, model, record)
    return calls, attempts


def _several(sums: dict[Group, Sum], day: int, model: str, record: RequestRecord) -> None:
    """What the call used is told of its attempts; if not, the last one had it. Which of them the first byte is of, and
    how long that took, is not known."""
    counted = any(one.usage is not NO_USAGE for one in record.attempts)
    for one in record.attempts:
        usage = one.usage if counted or one is not record.attempts[-1] else record.usage
        _attempted(sums, day, model, one, usage, 0)


def _attempted(sums: dict[Group, Sum], day: int, model: str, one: AttemptRecord, usage: Usage, first_byte: int) -> None:
    _add(sums, (day, one.key, model, one.status), one.cause in FAILURES, usage, one.seconds, first_byte)


def _add(sums: dict[Group, Sum], group: Group, failed: bool, usage: Usage, seconds: float, first_byte: int) -> None:
    """One more in a group. Nothing of the journal's writing is done as often: twice for each call."""
    told = sums.get(group)
    if told is None:
        sums[group] = told = [0] * FIELDS
    told[COUNT] += 1
    told[ERRORS] += failed
    told[LATENCY] += unit(seconds)
    told[FIRST_BYTE] += first_byte
    if usage is not NO_USAGE:
        told[PROMPT] += usage.prompt
        told[PROMPT + 1] += usage.cached
        told[PROMPT + 2] += usage.tool_use
        told[PROMPT + 3] += usage.output
        told[PROMPT + 4] += usage.thoughts
        told[PROMPT + 5] += usage.total


def _placed(calls: Mapping[Group, Sum], attempts: Mapping[Group, Sum]) -> Iterator[tuple[Place, Sum]]:
    for (minute, token, model, status), told in calls.items():
        hour, day = minute // HOUR * HOUR, minute // DAY * DAY
        yield ("minutes", minute, model, status), told
        yield ("hours", hour, model, status), told
        yield ("days", day, model, status), told
        yield ("token_hours", hour, token, model, status), told
        yield ("token_days", day, token, model, status), told
    for (day, key, model, status), told in attempts.items():
        yield ("key_days", day, key, model, status), told


def row(place: Place, writer: int, told: Sum) -> tuple[str | int | bytes, ...]:
    """In the order of the table's columns."""
    *counted, latency, first_byte = told
    return *place[1:], writer, *counted, pack(latency), pack(first_byte)
