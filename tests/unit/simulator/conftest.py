from collections.abc import Iterator

import pytest

from gemini_balance.simulator import RunningSimulator, SimulatorConfig, serve_in_thread
from tests.unit.simulator.client import Client


@pytest.fixture(scope="session")
def simulator() -> Iterator[RunningSimulator]:
    with serve_in_thread(SimulatorConfig()) as running:
        yield running


@pytest.fixture
def google(simulator: RunningSimulator) -> Client:
    client = Client(simulator.host, simulator.port)
    client.call("POST", "/__control/reset")
    return client
