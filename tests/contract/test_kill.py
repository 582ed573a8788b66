"""A process that is killed while it writes: nothing that was acknowledged is lost, and nothing is half there."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gemini_balance.storage.database import Database
from tests.contract.writer import MANY, key

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.gateway.stores import KeptKey

SEED = 20_261_123


def killed(folder: Path, first: int, lines: int, wait: float) -> list[str]:
    """What was acknowledged until the kill, which comes so long after so many lines."""
    command = [sys.executable, "-m", "tests.contract.writer", str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(lines)]
        try:
            writer.wait(wait)
        except subprocess.TimeoutExpired:
            writer.kill()
        told += writer.stdout.readlines()
    assert writer.returncode == -9
    return [line.strip() for line in told if line.endswith("\n")]


def check(folder: Path, told: list[str]) -> int:
    """Compare what is kept with what was acknowledged; the number that the next writer begins with."""
    for name in ("gemini-balance.db", "journal.db"):
        with closing(sqlite3.connect(folder / name)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    keys, options = asyncio.run(kept(folder))
    numbers = {int(one.id.split("-")[1]) for one in keys}
    assert {one.id: one.secret for one in keys} == {
        one.id: one.secret for number in numbers for one in (key(number, place) for place in range(MANY))
    }
    value = int(options["max_retries"])
    assert {int(line.split()[1]) for line in told if line.startswith("keys")} <= numbers
    assert max(int(line.split()[1]) for line in told if line.startswith("option")) <= value
    changed = changes(folder)
    assert (changed["key"], max(changed["option"])) == (numbers, value)
    return max(numbers) + 1


def changes(folder: Path) -> dict[str, set[int]]:
    """What was changed, as the list of changes has it."""
    found: dict[str, set[int]] = {"key": set(), "option": set()}
    with closing(sqlite3.connect(folder / "gemini-balance.db")) as database:
        for subject, target in database.execute("SELECT subject, target FROM changes"):
            found[subject].add(int(target))
    return found


async def kept(folder: Path) -> tuple[list[KeptKey], dict[str, str]]:
    database = Database("", folder)
    try:
        return await database.keys.all(), await database.options.all()
    finally:
        await database.close()


def kill_again_and_again(folder: Path, times: int) -> None:
    dice, number = random.Random(SEED), 1
    told: list[str] = []
    for _ in range(times):
        told += killed(folder, number, dice.randrange(2, 12), dice.random() * 0.02)
        number = check(folder, told)


def test_nothing_that_was_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 5)


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_nothing_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 100)
