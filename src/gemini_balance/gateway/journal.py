"""What we remember of each call: a bounded queue, emptied in batches, so that no call ever waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.gateway.ports import NotNow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gemini_balance.gateway.ports import RecordSink
    from gemini_balance.gateway.record import RequestRecord

CAPACITY = 10_000
FLUSH_SECONDS = 1.0
BATCH = 200  # records handed over in one go; a thousand would be felt by the calls beside them
BULK = 5_000  # to who writes in a thread: the more come together, the less each costs
PARTING_SECONDS = 10.0  # that the end waits for what still waits
log = logging.getLogger(__name__)


class JournalState(NamedTuple):
    """How it is with the journal: records that wait, those that were lost, and what keeps them from being written."""

    waiting: int
    lost: int
    away: str


class Journal:
    """`record` never waits and never fails: what doesn't fit is counted in `lost`, the oldest first."""

    def __init__(self, sinks: Sequence[RecordSink], capacity: int = CAPACITY, bulk: Sequence[RecordSink] = ()) -> None:
        """`bulk`: sinks that work in a thread of their own."""
        self._queue: deque[RequestRecord] = deque(maxlen=capacity)
        self._outlets = [_Outlet(sink, capacity, BATCH) for sink in sinks]
        self._outlets += [_Outlet(sink, capacity, BULK) for sink in bulk]
        self._lost = 0

    @property
    def lost(self) -> int:
        return self._lost + sum(outlet.lost for outlet in self._outlets)

    def state(self) -> JournalState:
        waiting = len(self._queue) + max((outlet.waiting for outlet in self._outlets), default=0)
        return JournalState(waiting, self.lost, next((one.away for one in self._outlets if one.away), ""))

    def record(self, record: RequestRecord) -> None:
        self._lost += len(self._queue) == self._queue.maxlen
        self._queue.append(record)

    async def run(self) -> None:
        """Empty the queue now and then until cancelled. A sink that takes long keeps no other one waiting."""
        running: set[asyncio.Task[None]] = set()
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            self._share()
            for outlet in self._outlets:
                if not outlet.busy:
                    running.add(task := asyncio.create_task(outlet.drain()))
                    task.add_done_callback(running.discard)

    async def flush(self) -> None:
        """Hand everything that waits to the sinks. When cancelled, what it began is still written to its end."""
        self._share()
        writing = asyncio.gather(*(outlet.drain() for outlet in self._outlets))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise

    async def close(self) -> None:
        """The end: what can't be written now is lost."""
        await asyncio.wait({asyncio.create_task(self.flush())}, timeout=PARTING_SECONDS)
        if waiting := self.state().waiting:
            log.error("%d calls could not be written into the journal before the end: they are lost", waiting)

    def _share(self) -> None:
        records = list(self._queue)
        self._queue.clear()
        for outlet in self._outlets:
            outlet.put(records)


class _Outlet:
    """A sink, and what waits for it. A batch that it would not take now comes again, before all others."""

    def __init__(self, sink: RecordSink, capacity: int, batch: int) -> None:
        self._sink = sink
        self._batch = batch
        self.lost = 0
        self.away = ""
        self._backlog: deque[RequestRecord] = deque()
        self._held: list[RequestRecord] = []
        self._capacity = capacity
        self._turn = asyncio.Lock()

    @property
    def waiting(self) -> int:
        return len(self._held) + len(self._backlog)

    @property
    def busy(self) -> bool:
        return self._turn.locked()

    def put(self, records: Iterable[RequestRecord]) -> None:
        """The oldest go when there are too many. What is held may be written already: it stays."""
        self._backlog.extend(records)
        while self._backlog and self.waiting > self._capacity:
            self._backlog.popleft()
            self.lost += 1

    async def drain(self) -> None:
        async with self._turn:
            while self._next() and await self._write(self._held):
                self._held = []
                await asyncio.sleep(0)  # let calls go on in between

    def _next(self) -> bool:
        if not self._held:
            self._held = [self._backlog.popleft() for _ in range(min(self._batch, len(self._backlog)))]
        return bool(self._held)

    async def _write(self, records: list[RequestRecord]) -> bool:
        """Was that the last time for these? A sink that fails doesn't stop the others."""
        try:
            await self._sink.write(records)
        except NotNow as error:
            if not self.away:
                log.warning("The journal can't be written (%s): calls are kept in memory until it can", error)
            self.away = str(error) or "away"
            return False
        except Exception:
            log.exception("A journal sink failed; %d records are lost to it", len(records))
            self.lost += len(records)
        if self.away:
            log.warning("The journal can be written again; %d calls were lost", self.lost)
        self.away = ""
        return True
