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
    folder = tmp_path_factory.mktemp("gateway")
    # Its keys meet the failures of all tests: none of them may be retired for those.
    settings = {"HEARTBEAT_AFTER": "0.8", "TIME_OUT": "2", "MAX_FAILURES": "0"}
    with gateway(running_google, folder, **settings) as running:
        yield running


@pytest.fixture
def google(running_google: simulator.RunningSimulator) -> simulator.RunningSimulator:
    reset(running_google)
    return running_google


@pytest.fixture
def served(google: simulator.RunningSimulator, running_gateway: GatewayProcess) -> GatewayProcess:
    return running_gateway
