"""What goes on beside the calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.app.app import Life
from gemini_balance.gateway.following import Follower
from gemini_balance.gateway.state import StateKeeper

if TYPE_CHECKING:
    from gemini_balance.app.callers import Callers
    from gemini_balance.app.gateways import Gateways, Transports
    from gemini_balance.app.ground import Ground
    from gemini_balance.app.keys import Keys
    from gemini_balance.app.remembered import Remembered
    from gemini_balance.app.watched import Watched
    from gemini_balance.gateway.forecasts import Forecasts
    from gemini_balance.gateway.models import ModelBook
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.replicas import Replicas
    from gemini_balance.telemetry.tracing import Traces


class Lasting(NamedTuple):
    """The parts that do something by themselves."""

    gateways: Gateways
    transports: Transports
    models: ModelBook
    callers: Callers
    keys: Keys
    options: OptionBook
    remembered: Remembered
    forecasts: Forecasts
    watched: Watched
    traces: Traces | None
    replicas: Replicas


def life_of(ground: Ground, parts: Lasting) -> Life:
    kept, callers, remembered = ground.kept, parts.callers, parts.remembered
    reloads = parts.options.reload, parts.keys.ring.reload, *callers.reloads
    followers = [Follower(kept.changes, reloads)] if kept.changes else []
    keepers = _keepers(ground, parts)
    works = (
        *(remembered.journal.run, remembered.retention.run, parts.models.run, parts.forecasts.run),
        *(callers.tokens.run, parts.watched.alerts.run, parts.replicas.run),
        *(checker.run for checker in parts.gateways.checkers),
        *(keeper.run for keeper in keepers),
        *(one.run for one in followers),
    )
    traces = [parts.traces.close] if parts.traces is not None else []
    closes = kept.close, parts.transports.pooled.close, parts.transports.raw.close, *traces
    ends = *closes, remembered.journal.close, callers.tokens.save_used, *(keeper.save for keeper in keepers)
    ends = *ends, parts.keys.verifier.close, parts.replicas.leave
    begins = (
        *callers.begins,
        parts.keys.ring.load,
        *(one.begin for one in followers),
        *(keeper.restore for keeper in keepers),
    )
    return Life(begins, works, ends)


def _keepers(ground: Ground, parts: Lasting) -> list[StateKeeper]:
    """Of what pools learnt, and of what tokens used."""
    stores = ground.kept.pool, ground.kept.vertex_pool
    pools = zip((parts.gateways.gemini.pool, parts.gateways.vertex.pool), stores, strict=True)
    keepers = [StateKeeper(pool, ground.clock, store) for pool, store in pools if store is not None]
    return [*keepers, parts.callers.keeper] if parts.callers.keeper is not None else keepers
