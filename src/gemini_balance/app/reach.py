"""Whatever holds something of the options for longer than a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.app.adapters import media_terms
from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.catalog.told import told_limits

if TYPE_CHECKING:
    from gemini_balance.api.live import LiveDoor
    from gemini_balance.api.serve import Door
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.probing import KeyChecker
    from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
    from gemini_balance.upstreams.media import WebMedia
    from gemini_balance.upstreams.raw import RawPooledTransport
    from gemini_balance.upstreams.sockets import WebSockets
    from gemini_balance.upstreams.transport import PooledTransport


@dataclass(frozen=True, slots=True)
class Reach:
    """Calls under way go on as they began; the next ones find every option as it is now."""

    door: Door
    live: LiveDoor
    gateways: tuple[Gateway, ...]
    upstreams: tuple[GeminiApi, ...]
    transports: tuple[PooledTransport | RawPooledTransport | WebSockets, ...]
    media: WebMedia
    checkers: tuple[KeyChecker, ...]

    def apply(self, options: Options) -> None:
        self.door.use(options)
        self.live.options = options
        self.media.use(*media_terms(options))
        for upstream in self.upstreams:
            upstream.custom_headers = options.custom_headers
        for transport in self.transports:
            transport.time_out = options.time_out
        for checker in self.checkers:
            checker.every(options.check_interval_hours)
        for gateway in self.gateways:
            _apply(options, gateway)
        self._limit(options)

    def _limit(self, options: Options) -> None:
        """What the operator tells of quotas is of the Gemini API's keys. Calls that wait for one may be served now."""
        gateway = self.door.gateway
        gateway.pool.tell_limits(gateway.clock.now(), told_limits(options.quota_limits))
        gateway.room.look()


def _apply(options: Options, gateway: Gateway) -> None:
    gateway.policy = RetryPolicy(options.max_retries)
    gateway.patience = options.patience
    gateway.pool.max_failures = options.max_failures
