"""Time that runs faster inside a loop."""

import asyncio
import time

import pytest

from bench.endtoend.hurry import HurriedLoop
from gemini_balance.app import SystemClock


def test_whoever_waits_in_a_hurried_loop_waits_that_much_shorter() -> None:
    began = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(100.0)) as runner:
        before = runner.get_loop().time()
        runner.run(asyncio.sleep(10.0))
        waited = runner.get_loop().time() - before
    assert waited >= 10.0
    assert time.monotonic() - began < 5.0


def test_its_clock_tells_a_calendar_that_runs_as_fast() -> None:
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(100.0)) as runner:
        clock = SystemClock(steady=runner.get_loop().time)
        before = clock.now()
        assert before == pytest.approx(time.time(), abs=60.0)
        runner.run(asyncio.sleep(10.0))
        assert clock.now() - before >= 10.0
