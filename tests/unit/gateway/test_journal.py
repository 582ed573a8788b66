"""What is remembered of calls: bounded, in batches, never in a call's way."""

import asyncio
from dataclasses import dataclass, field

import pytest

from gemini_balance.gateway.journal import Journal
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
