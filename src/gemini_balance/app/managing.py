"""Use cases → management API."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from gemini_balance.api.clients import client_of
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.forecasts import Forecasts
from gemini_balance.gateway.system import System
from gemini_balance.management.cases import UseCases
from gemini_balance.management.door import Management, Whereabouts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.app.callers import Callers
    from gemini_balance.app.kept import Kept
    from gemini_balance.app.remembered import Remembered
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.keyring import Keyring
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.gateway.verifying import Verifier
    from gemini_balance.settings import Settings

SHARED = (
    "AUTH_TOKEN is one of ALLOWED_TOKENS, so whoever may call knows the operator's password, and scripts can't operate "
    "with it. Set another AUTH_TOKEN."
)


def forecasts_of(gateway: Gateway, vertex: Gateway) -> Forecasts:
    return Forecasts({GEMINI_API: gateway.pool, VERTEX_EXPRESS: vertex.pool}, gateway.clock)


def management_of(
    settings: Settings,
    kept: Kept,
    callers: Callers,
    options: tuple[OptionBook, ChangeLog],
    keys: tuple[Keyring, Verifier],
    forecasts: Forecasts,
    remembered: Remembered,
    public: PublicUrl,
    draining: Callable[[], bool],
) -> Management:
    system = _system(settings, kept, callers, forecasts, remembered.journal)
    read = remembered.search, remembered.statistics
    cases = UseCases(callers.operators, callers.tokens, *options, *keys, forecasts, system, *read, draining)
    trusted = public.trusted
    return Management(cases, Whereabouts(public.of, lambda scope, headers: client_of(scope, headers, trusted)))


def _system(settings: Settings, kept: Kept, callers: Callers, forecasts: Forecasts, journal: Journal) -> System:
    pool, clock = forecasts.pools[GEMINI_API], forecasts.clock
    about = version("gemini-balance"), clock.unix(), clock
    notes = [SHARED] if settings.auth_token and settings.auth_token in settings.allowed_tokens else []
    return System(*about, pool, callers.tokens, callers.operators, journal, kept.sizes, notes)
