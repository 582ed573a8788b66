"""One fake Google and one gateway for all tests of a worker; each test begins with both forgetting the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance import simulator
from tests.e2e.processes import GatewayProcess, gateway, reset

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_google() -> Iterator[simulator.RunningSimulator]:
    with simulator.serve_in_thread(simulator.SimulatorConfig()) as google:
        yield google


@pytest.fixture(scope="session")
def running_gateway(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("gateway"), HEARTBEAT_AFTER="0.3", TIME_OUT="2") as running:
        yield running


@pytest.fixture
def google(running_google: simulator.RunningSimulator) -> simulator.RunningSimulator:
    reset(running_google)
    return running_google


@pytest.fixture
def served(google: simulator.RunningSimulator, running_gateway: GatewayProcess) -> GatewayProcess:
    return running_gateway
