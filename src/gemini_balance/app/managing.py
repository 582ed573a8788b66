"""Use cases → the doors that operators and their scripts use."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from gemini_balance.api.clients import client_of
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.forecasts import Forecasts
from gemini_balance.gateway.system import SHARED, System
from gemini_balance.management.cases import UseCases
from gemini_balance.management.door import Management, Whereabouts

if TYPE_CHECKING:
    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.app.callers import Callers
    from gemini_balance.app.doors import Doors
    from gemini_balance.app.gateways import Gateways
    from gemini_balance.app.ground import Ground
    from gemini_balance.app.kept import Kept
    from gemini_balance.app.keys import Keys
    from gemini_balance.app.remembered import Remembered
    from gemini_balance.gateway.alerts import Alerts
    from gemini_balance.gateway.journal import Journal
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.settings import Settings


def forecasts_of(gateways: Gateways) -> Forecasts:
    pools = {GEMINI_API: gateways.gemini.pool, VERTEX_EXPRESS: gateways.vertex.pool}
    return Forecasts(pools, gateways.gemini.clock)


def cases_of(
    ground: Ground,
    doors: Doors,
    callers: Callers,
    options: tuple[OptionBook, ChangeLog],
    keys: Keys,
    forecasts: Forecasts,
    remembered: Remembered,
    alerts: Alerts,
) -> UseCases:
    system = _system(ground.settings, ground.kept, callers, forecasts, remembered.journal)
    return UseCases(
        callers.operators,
        callers.tokens,
        *options,
        keys.ring,
        keys.verifier,
        forecasts,
        system,
        remembered.search,
        remembered.statistics,
        alerts,
        lambda: doors.calls.draining,
    )


def management_of(cases: UseCases, public: PublicUrl) -> Management:
    trusted = public.trusted
    return Management(cases, Whereabouts(public.of, lambda scope, headers: client_of(scope, headers, trusted)))


def _system(settings: Settings, kept: Kept, callers: Callers, forecasts: Forecasts, journal: Journal) -> System:
    pool, clock = forecasts.pools[GEMINI_API], forecasts.clock
    about = version("gemini-balance"), clock.unix(), clock
    notes = [SHARED] if settings.auth_token and settings.auth_token in settings.allowed_tokens else []
    return System(*about, pool, callers.tokens, callers.operators, journal, kept.sizes, notes)
