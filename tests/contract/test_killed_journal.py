"""A process that is killed while it writes the journal loses at most what it was writing."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, text

from gemini_balance.gateway.calls import MILLISECOND
from gemini_balance.storage.engine import journal_of, sync_engine, url_of
from gemini_balance.storage.migrate import JOURNAL_CHAIN, migrate
from tests.contract.journal_writing import BATCH

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

ENDED = f"(id / {MILLISECOND} + latency) / 1000"
COUNTED = "count(*), sum(CASE WHEN trouble = 1 THEN 1 ELSE 0 END), sum(total)"
SUMMED = "sum(count), sum(errors), sum(total)"
EQUAL = {
    "minutes": (60, "model_used, status", "model, status"),
    "hours": (3600, "model_used, status", "model, status"),
    "days": (86_400, "model_used, status", "model, status"),
    "token_hours": (3600, "token, model_used, status", "token, model, status"),
    "token_days": (86_400, "token, model_used, status", "token, model, status"),
}


def disagreements(connection: Connection) -> list[str]:
    """Tables that hold anything else than what the calls add up to."""
    wrong = []
    for table, (span, of_calls, of_sums) in EQUAL.items():
        calls = f"SELECT {ENDED} / {span} * {span} AS at, {of_calls}, {COUNTED} FROM calls GROUP BY at, {of_calls}"
        sums = f"SELECT at, {of_sums}, {SUMMED} FROM {table} GROUP BY at, {of_sums}"
        if rows(connection, calls) != rows(connection, sums):
            wrong.append(table)
    tried = "SELECT sum(CASE WHEN tried LIKE '[%' THEN json_array_length(tried, '$[0]') ELSE 1 END) FROM calls"
    if rows(connection, tried) != rows(connection, "SELECT sum(count) FROM key_days"):
        wrong.append("key_days")
    return wrong


def rows(connection: Connection, query: str) -> set[tuple[object, ...]]:
    return {tuple(row) for row in connection.execute(text(query))}


def killed_while_writing(folder: Path, seed: int) -> int:
    """How many calls it said were written."""
    command = [sys.executable, "-m", "tests.contract.journal_writing", str(folder), str(seed)]
    wanted = random.Random(seed).randint(1, 60)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writing:
        assert writing.stdout is not None
        for line in writing.stdout:
            if int(line) >= wanted * BATCH:
                break
        writing.kill()
        rest = [line for line in writing.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return int((rest or [line])[-1])


def kill_again_and_again(folder: Path, times: int) -> None:
    url: URL = journal_of(url_of("", folder))
    migrate(url, JOURNAL_CHAIN)
    engine = sync_engine(url)
    before = 0
    for seed in range(times):
        said = killed_while_writing(folder, seed)
        with engine.connect() as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            there = int(connection.scalar(text("SELECT count(*) FROM calls")) or 0)
            assert disagreements(connection) == []
        assert 0 <= there - before - said <= BATCH
        before = there
    engine.dispose()


def test_calls_and_sums_agree_after_a_kill_and_what_was_told_as_written_is_there(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 5)


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_calls_and_sums_agree_after_a_hundred_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 100)
