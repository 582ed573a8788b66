"""Use cases → the doors that operators and their scripts use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.api.clients import client_of
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.forecasts import Forecasts
from gemini_balance.gateway.system import SHARED, System
from gemini_balance.gateway.upkeep import Upkeep
from gemini_balance.management.cases import UseCases
from gemini_balance.management.door import Management, Whereabouts

if TYPE_CHECKING:
    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.app.doors import Doors
    from gemini_balance.app.gateways import Gateways
    from gemini_balance.app.ground import Ground
    from gemini_balance.app.life import Lasting
    from gemini_balance.gateway.stores import ChangeLog


def forecasts_of(gateways: Gateways) -> Forecasts:
    pools = {GEMINI_API: gateways.gemini.pool, VERTEX_EXPRESS: gateways.vertex.pool}
    return Forecasts(pools, gateways.gemini.clock)


def cases_of(ground: Ground, doors: Doors, parts: Lasting, changes: ChangeLog) -> UseCases:
    return UseCases(
        parts.callers.operators,
        parts.callers.tokens,
        parts.options,
        changes,
        parts.keys.ring,
        parts.keys.verifier,
        parts.forecasts,
        _system(ground, parts),
        Upkeep(ground.kept.keeper, changes, ground.clock),
        parts.remembered.search,
        parts.remembered.statistics,
        parts.watched.alerts,
        lambda: doors.calls.draining,
    )


def management_of(cases: UseCases, public: PublicUrl) -> Management:
    trusted = public.trusted
    return Management(cases, Whereabouts(public.of, lambda scope, headers: client_of(scope, headers, trusted)))


def _system(ground: Ground, parts: Lasting) -> System:
    settings, me = ground.settings, parts.replicas.me
    return System(
        me.version,
        me.began,
        ground.clock,
        parts.forecasts.pools[GEMINI_API],
        parts.callers.tokens,
        parts.callers.operators,
        parts.remembered.journal,
        ground.kept.sizes,
        parts.replicas,
        [SHARED] if settings.auth_token and settings.auth_token in settings.allowed_tokens else [],
    )
