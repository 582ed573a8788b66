"""Who is compared, as a table."""

from collections.abc import Callable

from bench.balance.desk import Desk
from bench.balance.oracle import Oracle
from bench.balance.roundrobin import RoundRobin
from bench.balance.scenario import Scenario
from bench.balance.simulate import Stage


def _oracle(stage: Stage) -> Desk:
    case = stage.case
    paces = case.fleet.paces(case.scenario.callers, case.phases.stop)
    return Oracle(stage.clock, stage.world, stage.ledger, fleet=case.fleet, shape=case.scenario.shape, paces=paces)


def _roundrobin(stage: Stage) -> Desk:
    return RoundRobin(stage.clock, stage.world, stage.ledger, stage.case.fleet)


def _ours(stage: Stage) -> Desk:
    from bench.balance.ours import Ours

    return Ours(stage)


def _replicas(stage: Stage) -> Desk:
    from bench.balance.exchange import Exchange
    from bench.balance.ours import Ours

    desk = Ours(stage, stage.case.scenario.replicas)
    Exchange(stage.clock, desk.replicas, f"exchange {stage.case.seed}").begin()
    return desk


ORACLE, ROUND_ROBIN, OURS, REPLICAS = "oracle", "roundrobin", "ours", "replicas"
SCHEDULERS: dict[str, Callable[[Stage], Desk]] = {
    ORACLE: _oracle,
    ROUND_ROBIN: _roundrobin,
    OURS: _ours,
    REPLICAS: _replicas,
}


def schedulers_of(scenario: Scenario) -> list[str]:
    """All of them; the last only where a scenario asks for more than one replica."""
    return [name for name in SCHEDULERS if name != REPLICAS or scenario.replicas > 1]
