"""What the journal lets go of, and when: a little at a time, beside the calls."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from gemini_balance.gateway.calls import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.core.options import Options
    from gemini_balance.gateway.calls import CallLog
    from gemini_balance.gateway.ports import Clock

DAY = 86_400.0
FIRST_SECONDS, EVERY_SECONDS = 30.0, 600.0  # from the start, and between two looks
CHUNK = 5_000  # rows that go in one transaction
PAUSE_SECONDS = 0.1  # between two of them, for who writes
MINUTE_DAYS, HOUR_DAYS, DAY_DAYS = 2, 400, 1_100
TOKEN_HOUR_DAYS, TOKEN_DAY_DAYS, KEY_DAY_DAYS = 62, 1_100, 100
"""Days that sums are kept. There are more of those by token and hour, and by key, than of all others."""
log = logging.getLogger(__name__)


class Retention:
    """Of several replicas one does it at a time; a store that fails is tried again later."""

    def __init__(self, calls: CallLog, options: Callable[[], Options], clock: Clock) -> None:
        self._calls, self._options, self._clock = calls, options, clock

    async def run(self) -> None:
        """Now and then until cancelled."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            await self.tidy()
            await asyncio.sleep(EVERY_SECONDS)

    async def tidy(self) -> None:
        """Drop all that is beyond the limits."""
        try:
            dropped = 1
            while dropped:
                dropped = await self._calls.shorten(limits_of(self._options(), self._clock.unix()), CHUNK)
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception:
            log.exception("The journal could not be tidied up; it is tried again in %d minutes", EVERY_SECONDS // 60)


def limits_of(options: Options, now: float) -> Limits:
    """What errors were about goes with their calls at the latest."""
    calls = now - options.auto_delete_request_logs_days * DAY if options.auto_delete_request_logs_enabled else 0.0
    details = now - options.auto_delete_error_logs_days * DAY if options.auto_delete_error_logs_enabled else 0.0
    return Limits(
        calls=calls,
        details=max(calls, details),
        minutes=now - MINUTE_DAYS * DAY,
        hours=now - HOUR_DAYS * DAY,
        days=now - DAY_DAYS * DAY,
        token_hours=now - TOKEN_HOUR_DAYS * DAY,
        token_days=now - TOKEN_DAY_DAYS * DAY,
        key_days=now - KEY_DAY_DAYS * DAY,
        most_bytes=int(options.journal_max_mb * 1_000_000),
    )
