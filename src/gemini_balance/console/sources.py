"""What pages are drawn from, and what their actions call. A page that needs more adds a field here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from gemini_balance.core.call import Principal
    from gemini_balance.core.pool import KeyPool
    from gemini_balance.gateway.accounts import Operators
    from gemini_balance.gateway.alerts import Alerts
    from gemini_balance.gateway.counting import Counting
    from gemini_balance.gateway.forecasts import Forecasts
    from gemini_balance.gateway.key_batches import KeyBatches
    from gemini_balance.gateway.key_files import KeyFiles
    from gemini_balance.gateway.keyring import Keyring
    from gemini_balance.gateway.models import ModelBook
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.search import Search
    from gemini_balance.gateway.statistics import Statistics
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.gateway.system import System
    from gemini_balance.gateway.tokens import TokenBook
    from gemini_balance.gateway.trends import Trends
    from gemini_balance.gateway.upkeep import Upkeep
    from gemini_balance.gateway.verifying import Verifier

    Calls = Callable[[Scope, Receive, Send, Principal], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Everything the console may ask. `ready`: are calls taken? `call`: the clients' own door, for a caller that is
    known already; `address`: ours, as whoever sent a request sees it, without a slash at the end."""

    clock: Clock
    ready: Callable[[], bool]
    operators: Operators
    tokens: TokenBook
    options: OptionBook
    changes: ChangeLog
    keyring: Keyring
    forecasts: Forecasts
    models: ModelBook
    system: System
    search: Search
    statistics: Statistics
    trends: Trends
    counting: Counting
    alerts: Alerts
    upkeep: Upkeep
    verifier: Verifier
    batches: KeyBatches
    key_files: KeyFiles
    call: Calls
    address: Callable[[Request], str]

    @property
    def pools(self) -> Mapping[str, KeyPool]:
        """By the name of the upstream."""
        return self.forecasts.pools
