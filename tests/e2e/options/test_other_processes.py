"""What one process changes, the others do: replicas, and the command line beside them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.e2e.processes import GatewayProcess, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

SECONDS = 30.0  # the replicas look every two, on a machine that may be busy
HEADER = "x-gateway-trace"


def typed(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "gemini_balance", "options", *words]
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True).stdout


def comes(served: GatewayProcess, *, shown: bool) -> bool:
    """Is the header there, or gone, in good time?"""
    until = time.monotonic() + SECONDS
    while (HEADER in served.chat("Hello").headers) is not shown and time.monotonic() < until:
        time.sleep(0.1)
    return (HEADER in served.chat("Hello").headers) is shown


def test_a_change_at_the_command_line_reaches_every_replica_and_outlives_them(
    google: RunningSimulator, tmp_path: Path
) -> None:
    with gateway(google, tmp_path) as one, gateway(google, tmp_path) as other:
        assert typed(tmp_path, "set", "ROUTE_HEADER=on") == "ROUTE_HEADER: false → true\n"
        assert (comes(one, shown=True), comes(other, shown=True)) == (True, True)
        typed(tmp_path, "reset", "ROUTE_HEADER")
        assert (comes(one, shown=False), comes(other, shown=False)) == (True, True)
        typed(tmp_path, "set", "ROUTE_HEADER=on")
    with gateway(google, tmp_path) as again:
        assert HEADER in again.chat("Hello").headers
