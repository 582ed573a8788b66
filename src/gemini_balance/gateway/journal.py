"""What we remember of each call: a bounded queue, emptied in batches, so that no call ever waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.gateway.ports import RecordSink
    from gemini_balance.gateway.record import RequestRecord

CAPACITY = 10_000
FLUSH_SECONDS = 0.5
BATCH = 200  # records handed over in one go; a thousand would be felt by the calls beside them
log = logging.getLogger(__name__)


class Journal:
    """`record` never waits and never fails: what doesn't fit is counted in `lost`, the oldest first."""

    def __init__(self, sinks: Sequence[RecordSink], capacity: int = CAPACITY) -> None:
        self._sinks = sinks
        self._queue: deque[RequestRecord] = deque(maxlen=capacity)
        self.lost = 0

    def record(self, record: RequestRecord) -> None:
        self.lost += len(self._queue) == self._queue.maxlen
        self._queue.append(record)

    async def run(self) -> None:
        """Empty the queue now and then until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Hand everything that waits to the sinks. When cancelled, what it began is still written to its end."""
        records = list(self._queue)
        self._queue.clear()
        if not records:
            return
        writing = asyncio.create_task(self._hand_out(records))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await writing
            raise

    async def _hand_out(self, records: list[RequestRecord]) -> None:
        for begin in range(0, len(records), BATCH):
            for sink in self._sinks:
                await self._write(sink, records[begin : begin + BATCH])
            await asyncio.sleep(0)  # let calls go on in between

    async def _write(self, sink: RecordSink, records: list[RequestRecord]) -> None:
        """One that fails doesn't stop the others."""
        try:
            await sink.write(records)
        except Exception:
            log.exception("A journal sink failed; %d records are lost to it", len(records))
            self.lost += len(records)
