"""What every journal must do: keep calls, find them, add them up, and forget them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.core.histogram import Histogram, unit
from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.call_outcomes import NOT_WHOLE, CallOutcome
from gemini_balance.gateway.calls import (
    By,
    CallFilter,
    ErrorDetail,
    FailureCount,
    KeptCall,
    Question,
    Span,
    Sums,
    began,
)
from gemini_balance.gateway.record import SkippedRecord
from gemini_balance.storage.database import Database
from gemini_balance.storage.journal.memory import memory_journal
from tests.contract.calls import NOON, attempt, call, failed
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.calls import KeptJournal
    from gemini_balance.gateway.record import AttemptRecord

pytestmark = pytest.mark.anyio
ALL = CallFilter()
HOUR = Question(span=Span.HOUR, since=NOON, until=NOON + 1)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[KeptJournal]:
    if request.param == "memory":
        yield memory_journal()
        return
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    database = Database(url, tmp_path / "data", SECRET_KEY)
    yield database.journal
    await database.close()


async def found(journal: KeptJournal, wanted: CallFilter = ALL, most: int = 10) -> list[str]:
    return [one.id for one in (await journal.log.search(wanted, most)).calls]


async def test_a_call_comes_back_by_its_request_id_with_all_that_was_tried(journal: KeptJournal) -> None:
    attempts = (
        attempt("key-a", "quota_minute", 429, seconds=0.25, why="most room", until=NOON + 60),
        attempt("key-b", usage=Usage(1, 0, 0, 1, 0, 2), began=0.75),
    )
    skipped = (SkippedRecord("key-c", "minute_full"), SkippedRecord("key-d", "quota_day", NOON + 9))
    record = call(NOON + 0.125, attempts=attempts, skipped=skipped, waited=0.75, model_asked="old-m")
    await journal.sink.write([call(), record, call()])
    kept = await journal.log.one(record.id)
    assert kept is not None
    assert kept == KeptCall(
        number=kept.number,
        id=record.id,
        at=NOON + 0.125,
        client="192.0.2.1",
        token="t1",
        dialect="openai",
        operation="generateContent",
        model_asked="old-m",
        model_used="m",
        key="key-b",
        status=200,
        ending="whole",
        cause="answered",
        finish="STOP",
        seconds=1.5,
        first_byte=0.5,
        waited=0.75,
        usage=Usage(10, 2, 1, 5, 4, 20),
        attempts=attempts,
        skipped=skipped,
        rescued=True,
    )
    assert began(kept.number) == NOON + 0.125


async def test_a_request_id_that_nobody_had_leads_to_nothing(journal: KeptJournal) -> None:
    await journal.sink.write([call()])
    asked = ["", "nonsense", "0" * 22, "f" * 22, "f" * 30]
    assert [await journal.log.one(request) for request in asked] == [None] * len(asked)


async def test_an_error_is_kept_with_what_the_caller_was_told_and_had_sent(journal: KeptJournal) -> None:
    record = failed(body='{"model": "m"}')
    await journal.sink.write([record])
    kept = await journal.log.one(record.id)
    assert kept is not None
    assert kept.error == ErrorDetail(
        method="POST",
        path="/hf/v1/chat/completions",
        message="Google could not be reached.",
        body='{"model": "m"}',
    )


async def test_text_that_no_database_takes_does_not_stop_the_journal(journal: KeptJournal) -> None:
    record = failed(model_asked="a\0b\ud800", model_used="", path="/\0", message="\ud800!", body="\0", client="\0")
    await journal.sink.write([record])
    assert await found(journal) == [record.id]


async def test_the_newest_call_is_found_first_and_pages_follow_without_gap_or_double(journal: KeptJournal) -> None:
    records = [call(NOON + at) for at in range(7)]
    await journal.sink.write(records)
    seen, before = [], None
    for _ in range(4):
        page = await journal.log.search(ALL, 2, before)
        seen.append([one.at - NOON for one in page.calls])
        before = page.before
    assert (seen, before) == ([[6, 5], [4, 3], [2, 1], [0]], None)


async def test_a_page_tells_how_far_back_it_looked(journal: KeptJournal) -> None:
    await journal.sink.write([call(NOON + at) for at in range(3)])
    first, last = await journal.log.search(ALL, 2), await journal.log.search(CallFilter(since=NOON), 9)
    assert ((first.back_to, first.before is None), (last.back_to, last.before)) == ((NOON + 1, False), (NOON, None))


SOME = [
    call(NOON, token_id="t2"),
    call(NOON + 1, model_asked="old", model_used="new"),
    call(NOON + 2, attempts=(attempt("key-z"),)),
    call(NOON + 3, operation="countTokens"),
    failed(NOON + 4),
    failed(NOON + 5, status=404, ending="model_not_found", message="No such model: 100%_x", attempts=()),
    call(NOON + 6, status=499, ending="client_gone"),
    call(NOON + 7, attempts=(attempt("key-a", "empty"),)),
    call(NOON + 8),
]


FILTERS: list[tuple[CallFilter, list[int]]] = [
    (CallFilter(since=NOON + 2, until=NOON + 4), [3, 2]),
    (CallFilter(token="t2"), [0]),
    (CallFilter(model="old"), [1]),
    (CallFilter(model="new"), [1]),
    (CallFilter(key="key-z"), [2]),
    (CallFilter(operation="countTokens"), [3]),
    (CallFilter(failed=True), [5, 4]),
    (CallFilter(status=404), [5]),
    (CallFilter(status=200, key="key-z"), [2]),
    (CallFilter(status_class=5), [4]),
    (CallFilter(status_class=4), [6, 5]),
    (CallFilter(status_class=2), [8, 7, 3, 2, 1, 0]),
    (CallFilter(cause="unreachable"), [4]),
    (CallFilter(cause="model_not_found"), [5]),
    (CallFilter(cause="client_gone"), [6]),
    (CallFilter(cause="empty"), [7]),
    (CallFilter(cause="answered", token="t1", key="key-a"), [8, 6, 3, 1]),
    (CallFilter(text="COULD NOT"), [4]),
    (CallFilter(text="100%_X"), [5]),
    (CallFilter(text="could%not"), []),
    (CallFilter(text="not", status_class=4), []),
    (CallFilter(text="model", status_class=4), [5]),
    (CallFilter(token="nobody"), []),
    (CallFilter(failed=True, token="nobody"), []),
]


async def test_a_search_finds_what_fits_everything_it_asks_for(journal: KeptJournal) -> None:
    await journal.sink.write(SOME)
    pages = [(wanted, await journal.log.search(wanted, 10)) for wanted, _ in FILTERS]
    assert [(wanted, [one.at - NOON for one in page.calls]) for wanted, page in pages] == FILTERS
    assert {page.before for _, page in pages} == {None}


EVERY_OUTCOME = {
    CallOutcome.WHOLE: [call(), call(attempts=()), call(finish="MAX_TOKENS")],
    CallOutcome.RESCUED: [call(attempts=(attempt("key-b", "quota_day", 429), attempt()))],
    CallOutcome.BLOCKED: [call(finish="SAFETY"), failed(status=400, ending="content_policy_violation")],
    CallOutcome.CUT: [call(attempts=(attempt(cause="cut"),)), failed(first_byte=0.5)],
    CallOutcome.REFUSED: [failed(status=404, ending="model_not_found"), failed(status=400, ending="bad_request")],
    CallOutcome.FAILED: [failed(), failed(status=429, ending="rate_limit_exceeded")],
    CallOutcome.LEFT: [call(status=499, ending="client_gone")],
}


async def test_every_call_is_found_by_what_became_of_it_and_says_the_same(journal: KeptJournal) -> None:
    await journal.sink.write([one for calls in EVERY_OUTCOME.values() for one in calls])
    seen = {}
    for outcome in EVERY_OUTCOME:
        page = (await journal.log.search(CallFilter(outcomes=frozenset({outcome})), 10)).calls
        seen[outcome] = {one.id for one in page}
        assert {one.outcome for one in page} == {outcome}
    assert seen == {outcome: {one.id for one in calls} for outcome, calls in EVERY_OUTCOME.items()}
    not_whole = (await journal.log.search(CallFilter(outcomes=NOT_WHOLE), 50)).calls
    assert {one.id for one in not_whole} == set().union(*seen.values()) - seen[CallOutcome.WHOLE]


async def test_a_list_may_tell_what_was_tried(journal: KeptJournal) -> None:
    attempts = (attempt("key-b", "quota_day", 429), attempt())
    await journal.sink.write([call(attempts=attempts, skipped=(SkippedRecord("key-c", "tried"),))])
    short, long = await journal.log.search(ALL, 1), await journal.log.search(ALL, 1, tried=True)
    assert [(one.attempts, one.skipped) for one in short.calls] == [((), ())]
    assert [(one.attempts, one.skipped) for one in long.calls] == [(attempts, (SkippedRecord("key-c", "tried"),))]


ONE_ATTEMPT = {
    "plain": attempt(),
    "chosen among others": attempt(why="least used"),
    "begun later": attempt(began=1.25, seconds=0.125),
    "with a status of its own": attempt(status=503, cause="overloaded"),
    "with a rest": attempt(cause="quota_day", until=NOON + 9),
    "with tokens of its own": attempt(usage=Usage(prompt=3, total=3)),
}


@pytest.mark.parametrize("only", ONE_ATTEMPT.values(), ids=ONE_ATTEMPT)
async def test_a_single_attempt_is_told_as_it_was(journal: KeptJournal, only: AttemptRecord) -> None:
    await journal.sink.write([call(attempts=(only,))])
    (found,) = (await journal.log.search(ALL, 1, tried=True)).calls
    assert found.attempts == (only,)


async def test_what_failed_is_counted_by_what_it_came_to_model_and_key(journal: KeptJournal) -> None:
    refused = {"ending": "model_not_found", "status": 404, "attempts": (), "model_asked": "none", "model_used": ""}
    records = [failed(NOON), failed(NOON + 1), failed(NOON + 2, **refused), call(NOON + 3), failed(NOON + 9)]
    records += [call(NOON + 4, ending="client_gone"), call(NOON + 5, finish="SAFETY"), failed(NOON - 1)]
    await journal.sink.write(records)
    told = await journal.log.failures(NOON, NOON + 9)
    assert (sorted(told.counts, key=lambda one: one.ending), told.back_to) == (
        [
            FailureCount("model_not_found", "", "none", "", 1, records[2].id),
            FailureCount("upstream_error", "unreachable", "m", "key-a", 2, records[1].id),
        ],
        NOON,
    )


async def test_the_beginning_of_a_request_id_is_enough_to_find_a_call(journal: KeptJournal) -> None:
    await journal.sink.write(SOME)
    assert [await found(journal, CallFilter(text=SOME[4].id[:digits])) for digits in (11, 14, 22)] == [[SOME[4].id]] * 3


async def test_what_was_said_of_errors_can_be_forgotten_and_the_calls_stay(journal: KeptJournal) -> None:
    await journal.sink.write(SOME)
    page = await journal.log.search(CallFilter(failed=True), 10)
    assert await journal.log.forget_details([one.number for one in page.calls[:1]]) == 1
    left = (await journal.log.search(CallFilter(failed=True), 10)).calls
    assert [one.error is None for one in left] == [True, False]


async def test_sums_hold_counts_errors_tokens_and_how_long_answers_took(journal: KeptJournal) -> None:
    await journal.sink.write([call(seconds=2.0), failed(), call(first_byte=None)])
    (told,) = await journal.log.sums(HOUR)
    latency = Histogram(unit(2.0) + unit(1.5))
    assert told == Sums(
        count=3, errors=1, usage=Usage(20, 4, 2, 10, 8, 40), latency=latency, first_byte=Histogram(unit(0.5))
    )


async def test_a_call_counts_when_it_ends(journal: KeptJournal) -> None:
    await journal.sink.write([call(NOON + 59.0, seconds=0.999), call(NOON + 59.0, seconds=1.0)])
    question = Question(span=Span.MINUTE, since=NOON, until=NOON + 120, timed=True)
    assert [(one.at, one.count) for one in await journal.log.sums(question)] == [(NOON, 1), (NOON + 60, 1)]


async def test_sums_are_told_by_minute_hour_and_day(journal: KeptJournal) -> None:
    await journal.sink.write([call(NOON + at) for at in (0, 60, 3600)])
    told = {}
    for span in Span:
        question = Question(span=span, since=NOON, until=NOON + 3601, timed=True)
        told[span] = [one.at - NOON for one in await journal.log.sums(question)]
    assert told == {Span.MINUTE: [0, 60, 3600], Span.HOUR: [0, 3600], Span.DAY: [-NOON % 86_400 - 86_400]}


MANY = [
    call(token_id="t1", model_used="a"),
    call(token_id="t1", model_used="b", attempts=(attempt("key-b"),)),
    call(token_id="t2", model_used="b", attempts=(attempt("key-b"),)),
    failed(token_id="t2", model_used="b", attempts=(attempt("key-a", "unreachable", 0), attempt("key-b", "cut"))),
    failed(token_id="", model_asked="no-such", model_used="no-such", status=404, attempts=()),
]


SUMS: list[tuple[dict[str, Any], list[tuple[str, int, int]]]] = [
    ({"by": By.MODEL}, [("b", 3, 1), ("", 1, 1), ("a", 1, 0)]),
    ({"by": By.STATUS}, [("200", 3, 0), ("404", 1, 1), ("502", 1, 1)]),
    ({"by": By.TOKEN}, [("t1", 2, 0), ("t2", 2, 1), ("", 1, 1)]),
    ({"by": By.TOKEN, "model": "b"}, [("t2", 2, 1), ("t1", 1, 0)]),
    ({"by": By.MODEL, "token": "t1"}, [("a", 1, 0), ("b", 1, 0)]),
    ({"by": By.MODEL, "status_class": 5}, [("b", 1, 1)]),
    ({"by": By.MODEL, "most": 1}, [("b", 3, 1)]),
    ({"model": "b"}, [("", 3, 1)]),
    ({"token": "t2"}, [("", 2, 1)]),
    ({"by": By.KEY, "span": Span.DAY}, [("key-b", 3, 1), ("key-a", 2, 1)]),
    ({"by": By.STATUS, "key": "key-a", "span": Span.DAY}, [("0", 1, 1), ("200", 1, 0)]),
    ({"key": "key-b", "span": Span.DAY}, [("", 3, 1)]),
    ({"token": "nobody"}, []),
]


async def test_sums_are_told_apart_by_model_status_token_or_key(journal: KeptJournal) -> None:
    await journal.sink.write(MANY)
    seen = []
    for asked, _ in SUMS:
        given: dict[str, Any] = {"span": Span.HOUR, "since": NOON, "until": NOON + 1} | asked
        question = Question(**given)
        seen.append((asked, [(one.name, one.count, one.errors) for one in await journal.log.sums(question)]))
    assert seen == SUMS


async def test_tokens_go_to_the_attempt_that_used_them(journal: KeptJournal) -> None:
    several = (attempt("key-a", usage=Usage(output=1, total=1)), attempt("key-b", usage=Usage(output=2, total=2)))
    told_once = (attempt("key-a", "cut"), attempt("key-b"))
    await journal.sink.write([call(attempts=several), call(attempts=told_once, usage=Usage(output=8, total=8))])
    sums = await journal.log.sums(Question(span=Span.DAY, since=NOON, until=NOON + 1, by=By.KEY))
    assert {one.name: one.usage.output for one in sums} == {"key-a": 1, "key-b": 10}
