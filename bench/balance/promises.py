"""Whether the time named with a refusal was true: the run is forked there, nobody else comes, and one call waits on.

A fork is an exact copy of scheduler, world and chance, whatever they are made of, for a few milliseconds.
"""

import os
import struct
import sys
import traceback
from collections.abc import Callable
from math import ceil, inf
from typing import NoReturn

from bench.balance.arrivals import Call
from bench.balance.clock import START
from bench.balance.simulate import Stage

MOST_CHECKED = 60  # refusals of one run, evenly over the measured time
LEAST_APART = 2.0  # seconds
LATEST = 0.10  # how far the named wait may exceed the true one, as a share ...
LATE_SECONDS = 2.0  # ... or in seconds, whichever is more
PATIENCE = 5.0  # seconds beyond the last good moment that the copy goes on
FORMAT = "d"


class Served(Exception):
    """The watched call has its key."""

    def __init__(self, at: float) -> None:
        super().__init__(at)
        self.at = at


class Witness:
    """Hears what the refused are told, and looks into the future of some of them."""

    def __init__(self, stage: Stage, stand_in: Callable[[Call], None]) -> None:
        self._stage = stage
        self._stand_in = stand_in
        phases = stage.case.phases
        self._in_the_copy = False
        self._every = max((phases.measured + phases.fade) / MOST_CHECKED, LEAST_APART)
        self._from, self._until = START + phases.warm, START + phases.warm + phases.measured + phases.fade

    def hears(self, call: Call, at: float) -> None:
        """Somebody is refused, and `at` is what it is told."""
        now = self._stage.clock.now
        if self._from <= now < self._until:
            self._from = max(self._from + self._every, now)
            self._stage.clock.at(now, self._check, (call, ceil(at - now)))  # when what happens now is done

    def _check(self, refused: tuple[Call, int]) -> None:
        if self._stage.arrivals is None or self._in_the_copy:
            return
        call, seconds = refused
        now, promises = self._stage.clock.now, self._stage.ledger.promises
        waits = self._future(call, seconds + max(LATE_SECONDS, LATEST * seconds) + PATIENCE) - now
        if self._refuses(call.model, now, now + min(waits, seconds)):
            return  # how long a model will be overloaded is nobody's to know
        promises.checked += 1
        promises.true += waits <= seconds <= waits + max(LATE_SECONDS, LATEST * waits)

    def _refuses(self, model: str, begin: float, end: float) -> bool:
        """Is there an outage between these moments?"""
        outages = self._stage.case.scenario.outages
        return any(one.model == model and START + one.begins < end and begin < START + one.ends for one in outages)

    def _future(self, call: Call, seconds: float) -> float:
        """When the call would be served; infinity if not within so many seconds."""
        reads, writes = os.pipe()
        sys.stdout.flush()
        if not (child := os.fork()):
            self._be_the_copy(call, seconds, writes)
        os.close(writes)
        told = os.read(reads, struct.calcsize(FORMAT))
        os.close(reads)
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("the copy of the run failed; its traceback stands above")
        return float(struct.unpack(FORMAT, told)[0])

    def _be_the_copy(self, call: Call, seconds: float, writes: int) -> NoReturn:
        """Whatever happens, it must not come back as a second bench."""
        try:
            os.write(writes, struct.pack(FORMAT, self._play(call, seconds)))
            os._exit(0)
        except BaseException:  # noqa: BLE001  (it ends the process)
            traceback.print_exc()
        finally:
            os._exit(1)

    def _play(self, call: Call, seconds: float) -> float:
        """Only in the copy."""
        stage = self._stage
        assert stage.arrivals is not None
        stage.arrivals.stop()
        self._in_the_copy = True
        try:
            self._stand_in(call)
            stage.clock.run(stage.clock.now + seconds)
        except Served as served:
            return served.at
        return inf
