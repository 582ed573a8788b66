"""What a journal in a database lets go of."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from gemini_balance.core.options import Options
from gemini_balance.gateway.calls import CallFilter, Question, Span
from gemini_balance.gateway.retention import DAY, Retention, limits_of
from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import sync_engine
from gemini_balance.storage.journal import schema
from gemini_balance.storage.journal.shortening import JOURNAL_LOCK
from tests.contract.calls import NOON, call, failed
from tests.contract.databases import SECRET_KEY
from tests.unit.gateway.test_statistics import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio
ALL = CallFilter()


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gemini_balance.gateway.retention.PAUSE_SECONDS", 0.0)


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(database_url, tmp_path, SECRET_KEY)
    yield opened
    await opened.close()


async def tidy(database: Database, options: Options | None = None, now: float = NOON) -> None:
    await Retention(database.journal.log, lambda: options or Options(), Clock(now)).tidy()


async def days_left(database: Database) -> list[tuple[int, bool]]:
    """Of calls: how old each is in days, and whether is known what its caller was told."""
    found = (await database.journal.log.search(ALL, 100)).calls
    return [(round((NOON - one.at) / DAY), one.error is not None) for one in found]


OLD = [failed(NOON - days * DAY + 60) for days in (40, 31, 30, 8, 7, 1)]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (Options(), [(1, True), (7, True), (8, False), (30, False)]),
        (
            Options(auto_delete_request_logs_enabled=False),
            [(1, True), (7, True), (8, False), (30, False), (31, False), (40, False)],
        ),
        (Options(auto_delete_error_logs_enabled=False), [(1, True), (7, True), (8, True), (30, True)]),
        (Options(auto_delete_request_logs_days=7.5, auto_delete_error_logs_days=20), [(1, True), (7, True)]),
    ],
    ids=["by default", "calls kept", "details kept", "other days"],
)
async def test_calls_and_what_was_told_of_errors_go_when_they_are_old(
    database: Database, options: Options, left: list[tuple[int, bool]]
) -> None:
    await database.journal.sink.write(OLD)
    await tidy(database, options)
    assert await days_left(database) == left


async def test_sums_outlive_calls_each_for_its_time(database: Database) -> None:
    await database.journal.sink.write([call(NOON - days * DAY) for days in (1_200, 900, 300, 80, 50, 1)])
    await tidy(database)
    counts = {}
    async with database.journal_engine.connect() as connection:
        for table in (
            schema.minutes,
            schema.hours,
            schema.days,
            schema.token_hours,
            schema.token_days,
            schema.key_days,
        ):
            counts[table.name] = len((await connection.execute(select(table.c.at))).all())
    assert counts == {"minutes": 1, "hours": 4, "days": 5, "token_hours": 2, "token_days": 5, "key_days": 3}


async def test_rows_go_a_few_at_a_time(database: Database) -> None:
    await database.journal.sink.write([call(NOON - 50 * DAY + at) for at in range(5)])
    limits = limits_of(Options(), NOON)
    gone = [await database.journal.log.shorten(limits, 2) for _ in range(3)]
    assert (gone, await days_left(database)) == ([2, 2, 1], [])


async def test_what_is_too_large_loses_its_oldest_calls_and_no_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gemini_balance.gateway.retention.CHUNK", 100)
    for batch in range(4):
        batch_of = [failed(NOON - 9 + batch, message=secrets.token_hex(700)) for _ in range(500)]
        await database.journal.sink.write(batch_of)
    await tidy(database, Options(journal_max_mb=2))
    left = await database.journal.log.search(ALL, 2_000)
    assert 100 < len(left.calls) < 1_900
    assert left.calls[0].at == NOON - 6
    told = await database.journal.log.sums(Question(span=Span.DAY, since=NOON, until=NOON + 1))
    assert [one.count for one in told] == [2_000]


async def test_sqlite_gives_back_to_the_disk_what_it_does_not_need(tmp_path: Path) -> None:
    database = Database("", tmp_path, SECRET_KEY)
    for _ in range(4):
        await database.journal.sink.write([failed(NOON - 9, message="x" * 2_000) for _ in range(500)])
    full = pages(database)
    await tidy(database, now=NOON + 50 * DAY)
    assert pages(database) < full / 10
    await database.close()


def pages(database: Database) -> int:
    engine = sync_engine(database.journal_url)
    with engine.connect() as connection:
        count = int(connection.scalar(text("PRAGMA page_count")) or 0)
    engine.dispose()
    return count


async def test_of_two_replicas_one_tidies_up(postgresql_url: str, tmp_path: Path) -> None:
    database = Database(postgresql_url, tmp_path, SECRET_KEY)
    await database.journal.sink.write(OLD)
    async with database.journal_engine.begin() as other:
        await other.execute(text(f"SELECT pg_advisory_xact_lock({JOURNAL_LOCK})"))
        await tidy(database)
        assert len(await days_left(database)) == len(OLD)
    await tidy(database)
    assert len(await days_left(database)) == 4
    await database.close()


async def test_a_database_that_fails_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("gemini_balance.gateway.retention.FIRST_SECONDS", 0.0)
    monkeypatch.setattr("gemini_balance.gateway.retention.EVERY_SECONDS", 0.01)
    database = Database("", tmp_path, SECRET_KEY)
    await database.journal.sink.write(OLD)
    async with database.journal_engine.begin() as connection:
        await connection.execute(text("ALTER TABLE details RENAME TO elsewhere"))
    running = asyncio.create_task(Retention(database.journal.log, Options, Clock(NOON)).run())
    await asyncio.sleep(0.1)
    async with database.journal_engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO details"))
    for _ in range(100):
        if len(left := await days_left(database)) == 4:
            break
        await asyncio.sleep(0.05)
    running.cancel()
    assert len(left) == 4
    assert "could not be tidied up" in caplog.text
    await database.close()
