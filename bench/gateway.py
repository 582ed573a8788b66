"""Our gateway as a target: started as a user would, with a thousand keys and nothing else in its environment."""

import json
import shlex
from pathlib import Path

from bench.processes import Server, bare_environment, free_port

TOKEN = "sk-bench"
GATEWAY, JOURNALLED = "gateway", "journalled"
KEYS = 1_000
READY_PATH = "/health/ready"


def command_of(python: Path) -> str:
    """What a user of this Python types."""
    return f"{shlex.quote(str(python.with_name('gemini-balance')))} serve"


def environment(port: int, upstream_port: int, *, journal: bool) -> dict[str, str]:
    """All that it is told. What the journal costs is a line of its own."""
    return {
        **bare_environment(),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{upstream_port}/v1beta",
        "API_KEYS": json.dumps([f"AIzaBench{number:04}" for number in range(1, KEYS + 1)]),
        "ALLOWED_TOKENS": json.dumps([TOKEN]),
        "AUTH_TOKEN": "sk-bench-admin",
        "JOURNAL_ENABLED": str(journal).lower(),
    }


def gateway_server(command: str, core: int, folder: Path, upstream_port: int, name: str = GATEWAY) -> Server:
    """The gateway in a working directory of its own, so that it meets no `.env` and no data of others."""
    port = free_port()
    home = folder / name
    home.mkdir()
    env = environment(port, upstream_port, journal=name == JOURNALLED)
    return Server(name, shlex.split(command), port, core, home, READY_PATH, env)
