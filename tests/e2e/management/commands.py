"""The program's commands, told to work on a server that runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from gemini_balance.cli import main

if TYPE_CHECKING:
    from click.testing import Result

    from tests.e2e.management.conftest import Operated


def run(operated: Operated, *words: str, token: str | None = None, stdin: str = "") -> Result:
    environment = {"GEMINI_BALANCE_TOKEN": operated.session if token is None else token}
    return CliRunner().invoke(main, ["--server", operated.running.url, *words], stdin, env=environment)


def told(operated: Operated, *words: str) -> Any:
    result = run(operated, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)
