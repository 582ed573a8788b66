"""Whatever holds something of the options for longer than a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.app.adapters import media_terms
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.catalog.told import told_limits

if TYPE_CHECKING:
    from gemini_balance.app.doors import Doors
    from gemini_balance.app.gateways import Gateways, Transports
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.execute import Gateway


@dataclass(frozen=True, slots=True)
class Reach:
    """Calls under way go on as they began; the next ones find every option as it is now."""

    doors: Doors
    gateways: Gateways
    transports: Transports

    def apply(self, options: Options) -> None:
        self.doors.calls.use(options)
        self.doors.live.options = options
        self.doors.media.use(*media_terms(options))
        for upstream in (self.gateways.google, self.gateways.express):
            upstream.custom_headers = options.custom_headers
        for transport in self.transports:
            transport.time_out = options.time_out
        for checker in self.gateways.checkers:
            checker.every(options.check_interval_hours)
        for gateway in (self.gateways.gemini, self.gateways.vertex):
            _apply(options, gateway)
        self._limit(options)

    def _limit(self, options: Options) -> None:
        """What the operator tells of quotas is of the Gemini API's keys. Calls that wait for one may be served now."""
        gateway = self.gateways.gemini
        gateway.pool.tell_limits(gateway.clock.now(), told_limits(options.quota_limits))
        gateway.room.look()


def _apply(options: Options, gateway: Gateway) -> None:
    gateway.policy = RetryPolicy(options.max_retries)
    gateway.patience = options.patience
    gateway.pool.max_failures = options.max_failures
