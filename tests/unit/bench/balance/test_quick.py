"""The simulation as a whole, at tiny size."""

import subprocess
import sys

from bench.balance.scenarios import SCENARIOS
from bench.places import ROOT


def test_every_pool_is_simulated_with_every_scheduler() -> None:
    command = [sys.executable, "-m", "bench.balance", "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(f"| {scenario.name} " in done.stdout for scenario in SCENARIOS)


def test_an_unknown_pool_is_named() -> None:
    command = [sys.executable, "-m", "bench.balance", "--only", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "nothing; there are one, four" in done.stderr
