"""The clients' own tests, each in a process of its own, against one gateway and one fake Google."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from gemini_balance import simulator
from tests.clients.proven import CLIENTS, NODE, PYTHON, Client, record
from tests.e2e.processes import TOKEN, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALLED = PYTHON.exists() and (NODE / "node_modules").is_dir()

pytestmark = [
    pytest.mark.prove,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not INSTALLED, reason="the clients aren't installed: `make prove` does it"),
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that tells a client's tests where everybody is."""
    with (
        simulator.serve_in_thread(simulator.SimulatorConfig()) as google,
        gateway(google, tmp_path_factory.mktemp("gateway")) as served,
    ):
        yield {"GATEWAY_URL": served.url, "GOOGLE_URL": google.url, "TOKEN": TOKEN}


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_the_client_finds_everything_as_it_should_be(client: Client, places: dict[str, str]) -> None:
    done = subprocess.run(
        client.command, cwd=client.folder, env=os.environ | places, capture_output=True, text=True, check=False
    )
    figure = client.figure(done.stdout)
    print(f"{client.name}, {client.locked}: {figure}")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "passed" in figure
    record(client, figure)
