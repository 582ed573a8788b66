"""What this door can do: the use cases, as the composition root hands them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.gateway.accounts import Operators
    from gemini_balance.gateway.alerts import Alerts
    from gemini_balance.gateway.forecasts import Forecasts
    from gemini_balance.gateway.keyring import Keyring
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.search import Search
    from gemini_balance.gateway.statistics import Statistics
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.gateway.system import System
    from gemini_balance.gateway.tokens import TokenBook
    from gemini_balance.gateway.upkeep import Upkeep
    from gemini_balance.gateway.verifying import Verifier


@dataclass(frozen=True, slots=True)
class UseCases:
    """One field for each group of endpoints, or nearly so."""

    operators: Operators
    tokens: TokenBook
    options: OptionBook
    changes: ChangeLog
    keyring: Keyring
    verifier: Verifier
    forecasts: Forecasts
    system: System
    upkeep: Upkeep
    search: Search
    statistics: Statistics
    alerts: Alerts
    draining: Callable[[], bool]  # is this process about to end?
