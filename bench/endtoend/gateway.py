"""The gateway under measurement: its real app under its real server, in a loop in which time runs faster.

`python -m bench.endtoend.gateway SPEED` takes its settings from the environment, as the gateway itself does.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.endtoend.hurry import HurriedLoop
from bench.endtoend.places import our_environment
from bench.gateway import READY_PATH
from bench.processes import Cores, Server, free_port
from gemini_balance.app import SystemClock, build
from gemini_balance.server import Server as GatewayServer
from gemini_balance.settings import load
from gemini_balance.telemetry.logs import configure

PROGRAM = "bench.endtoend.gateway"


def gateway_server(
    speed: float, folder: Path, google_port: int, keys: Sequence[Mapping[str, str]], tokens: Sequence[str]
) -> Server:
    """A process that is to be started in this folder, where its log will be, too."""
    port = free_port()
    env = {
        **our_environment(),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{google_port}/v1beta",
        "API_KEYS": json.dumps(keys),
        "ALLOWED_TOKENS": json.dumps(tokens),
    }
    command = (sys.executable, "-m", PROGRAM, str(speed))
    return Server("gateway", command, port, Cores.of_this_machine().measured, folder, READY_PATH, env)


def main(speed: float) -> None:
    """Serve until a signal ends it."""
    settings, options = load(dict(os.environ))
    configure(settings.log_level)
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(speed)) as runner:
        clock = SystemClock(steady=runner.get_loop().time)
        runner.run(GatewayServer(build(settings, options, clock=clock), settings).serve())


if __name__ == "__main__":
    main(float(sys.argv[1]))
