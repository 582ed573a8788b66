"""The bench as a whole, at tiny size, on the real gateway: everything runs and every reply is right."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.bars import ROWS
from bench.places import DOCUMENT, ROOT


@pytest.mark.usefixtures("programs")
def test_every_scenario_runs_and_every_reply_is_right() -> None:
    before = DOCUMENT.read_text()
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert "Every reply was checked." in done.stdout
    assert all(f"| {row.label} " in done.stdout for row in ROWS)
    assert DOCUMENT.read_text() == before


@pytest.mark.usefixtures("programs")
def test_a_gateway_that_does_not_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    gateway = tmp_path / "gateway.sh"
    gateway.write_text("#!/bin/sh\necho no such luck\nexit 3\n")
    gateway.chmod(0o755)
    command = [sys.executable, "-m", "bench", "--quick", "--only", "abort", "--gateway", str(gateway)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "gateway did not start:\nno such luck" in done.stderr
