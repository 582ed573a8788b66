"""Large bodies take their time in small shares, so that the calls beside them have theirs."""

from __future__ import annotations

import asyncio

HUGE = 1_000_000  # bytes; each step with such a body takes milliseconds
PAUSE = 0.2e-9  # seconds a byte: 5 ms after a step that took 30


async def others_turn(body: bytes) -> None:
    """Between two steps with a huge body, so that its caller alone waits for their sum.

    `sleep(0)` would be one turn of the loop, of which a small call takes several.
    """
    await asyncio.sleep(len(body) * PAUSE)
