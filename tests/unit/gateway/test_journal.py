"""What is remembered of calls: bounded, in batches, never in a call's way."""

import asyncio
from dataclasses import dataclass, field

import pytest

from gemini_balance.gateway.journal import Journal, JournalState
from gemini_balance.gateway.ports import NotNow
from gemini_balance.gateway.record import RequestRecord

pytestmark = pytest.mark.anyio


def record(name: str) -> RequestRecord:
    return RequestRecord(id=name, unix=0, method="POST", path="/v1", client="", status=200, seconds=0.1)


@dataclass
class Sink:
    """Keeps the ids of what it is given, batch by batch."""

    batches: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def write(self, records: list[RequestRecord]) -> None:
        if self.gate is not None:
            await self.gate.wait()
        self.batches.append("".join(record.id for record in records))


class Failing:
    """A mistake of ours."""

    async def write(self, records: list[RequestRecord]) -> None:
        raise ValueError("what is this?")


async def test_records_leave_in_batches_and_in_order() -> None:
    sink = Sink()
    journal = Journal([sink])
    for name in "abc":
        journal.record(record(name))
    await journal.flush()
    journal.record(record("d"))
    await journal.flush()
    await journal.flush()
    assert sink.batches == ["abc", "d"]


async def test_the_queue_is_bounded_and_what_falls_out_is_counted() -> None:
    sink = Sink()
    journal = Journal([sink], capacity=2)
    for name in "abcde":
        journal.record(record(name))
    await journal.flush()
    assert (sink.batches, journal.lost) == (["de"], 3)


async def test_a_sink_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    sink = Sink()
    journal = Journal([Failing(), sink])
    journal.record(record("a"))
    journal.record(record("b"))
    await journal.flush()
    assert (sink.batches, journal.lost, len(caplog.records)) == (["ab"], 2, 1)


async def test_a_journal_without_sinks_is_emptied_all_the_same() -> None:
    journal = Journal([], capacity=1)
    journal.record(record("a"))
    await journal.flush()
    journal.record(record("b"))
    assert journal.lost == 0


async def test_a_flush_that_is_cancelled_writes_what_it_began_and_ends() -> None:
    sink = Sink(gate=asyncio.Event())
    assert sink.gate is not None
    journal = Journal([sink])
    journal.record(record("a"))
    flush = asyncio.create_task(journal.flush())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    flush.cancel()
    asyncio.get_running_loop().call_soon(sink.gate.set)
    with pytest.raises(asyncio.CancelledError):
        await flush
    assert sink.batches == ["a"]


@dataclass
class Away:
    """A database that can't be reached until it can."""

    batches: list[str] = field(default_factory=list)
    gone: bool = True
    asked: list[str] = field(default_factory=list)

    async def write(self, records: list[RequestRecord]) -> None:
        names = "".join(record.id for record in records)
        self.asked.append(names)
        if self.gone:
            raise NotNow("no route to host")
        self.batches.append(names)


async def test_what_could_not_be_written_comes_again_first_and_other_sinks_get_nothing_twice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    away, sink = Away(), Sink()
    journal = Journal([sink], bulk=[away])
    for name in "abc":
        journal.record(record(name))
        await journal.flush()
    assert journal.state() == JournalState(waiting=3, lost=0, away="no route to host")
    away.gone = False
    await journal.flush()
    assert (away.batches, sink.batches, journal.state()) == (["a", "bc"], ["a", "b", "c"], JournalState(0, 0, ""))
    assert [entry.levelname for entry in caplog.records] == ["WARNING", "WARNING"]  # that it is away, that it is back


async def test_a_batch_that_comes_again_is_the_same_whatever_came_in_between() -> None:
    away = Away()
    journal = Journal([away])
    for name in "abc":
        journal.record(record(name))
        await journal.flush()
    assert away.asked == ["a", "a", "a"]


async def test_while_a_sink_is_away_the_oldest_that_wait_for_it_are_lost_and_counted() -> None:
    away, sink = Away(), Sink()
    journal = Journal([sink], capacity=3, bulk=[away])
    for name in "abcde":
        journal.record(record(name))
        await journal.flush()
    assert journal.state() == JournalState(waiting=3, lost=2, away="no route to host")
    away.gone = False
    await journal.flush()
    assert (away.batches, "".join(sink.batches), journal.lost) == (["a", "de"], "abcde", 2)


async def test_a_sink_that_takes_long_keeps_no_other_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gemini_balance.gateway.journal.FLUSH_SECONDS", 0.001)
    slow, sink = Sink(gate=asyncio.Event()), Sink()
    journal = Journal([sink], bulk=[slow])
    running = asyncio.create_task(journal.run())
    for name in "ab":
        journal.record(record(name))
        await asyncio.sleep(0.02)
    assert (sink.batches, slow.batches, journal.state().waiting) == (["a", "b"], [], 2)
    assert slow.gate is not None
    slow.gate.set()
    await asyncio.sleep(0.02)
    assert slow.batches == ["a", "b"]
    running.cancel()


async def test_the_end_does_not_wait_for_ever_and_tells_what_is_lost(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gemini_balance.gateway.journal.PARTING_SECONDS", 0.01)
    journal = Journal([Sink(gate=asyncio.Event())])
    journal.record(record("a"))
    await journal.close()
    assert [entry.getMessage() for entry in caplog.records] == [
        "1 calls could not be written into the journal before the end: they are lost"
    ]


async def test_it_runs_until_it_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gemini_balance.gateway.journal.FLUSH_SECONDS", 0.001)
    sink = Sink()
    journal = Journal([sink])
    running = asyncio.create_task(journal.run())
    for name in "ab":
        journal.record(record(name))
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sink.batches == ["a", "b"]
