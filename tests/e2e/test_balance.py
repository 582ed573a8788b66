"""The proof of the balance over sockets, at tiny size: every call comes to an end that its caller can read."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bench.balance.scenario import QUICK
from bench.balance.scenarios import SCENARIOS
from bench.balance.simulate import prepare
from bench.endtoend.run import FASTEST, run
from bench.places import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_calls_with_all_kinds_of_faults_end_well_or_are_told(tmp_path: Path) -> None:
    (row,) = (scenario for scenario in SCENARIOS if scenario.name == "forty-broken")
    figures = run(prepare(row, 0.8, 1, QUICK), FASTEST, tmp_path).figures
    assert figures.offered > 50
    assert figures.silent == 0
    assert figures.good_share > 0.9
    assert figures.trips > figures.good


def test_the_command_prints_a_table() -> None:
    command = [sys.executable, "-m", "bench.endtoend", "--quick", "--only", "ten"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "| ten " in done.stdout
