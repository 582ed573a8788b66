"""How calls get into the database: once, in order, whatever happens on the way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from gemini_balance.gateway.calls import By, CallFilter, Question, Span
from gemini_balance.gateway.journal import BULK, Journal
from gemini_balance.gateway.ports import NotNow
from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import sync_engine
from gemini_balance.storage.journal.sums import OpenSums
from gemini_balance.storage.journal.writer import CallWriter
from tests.contract.calls import NOON, attempt, call, failed
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.record import RequestRecord

pytestmark = pytest.mark.anyio
END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
HOUR = Question(span=Span.HOUR, since=NOON, until=NOON + 1)


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(database_url, tmp_path, SECRET_KEY)
    yield opened
    await opened.close()


async def counted(database: Database) -> tuple[int, int]:
    """Calls by their rows, and by their sums."""
    page = await database.journal.log.search(CallFilter(), 200)
    return len(page.calls), sum(one.count for one in await database.journal.log.sums(HOUR))


async def test_a_batch_whose_answer_was_lost_comes_again_and_is_there_once(database: Database) -> None:
    writer = CallWriter(database.journal_url)
    writer.write_now([call()])
    batch = [call(), failed(), call(token_id="new")]
    lose_the_answer(writer)
    with pytest.raises(OSError, match="lost"):
        writer.write_now(batch)
    writer.write_now(batch)
    writer.write_now([call()])
    writer.close()
    assert await counted(database) == (5, 5)


def lose_the_answer(writer: CallWriter) -> None:
    """To the next commit, which happens."""

    def lost(_: object) -> None:
        event.remove(writer._engine, "commit", committed)
        raise OSError("the answer is lost")

    def committed(connection: object) -> None:
        connection.connection.driver_connection.commit()  # type: ignore[attr-defined]  # before SQLAlchemy does
        lost(connection)

    event.listen(writer._engine, "commit", committed)


async def test_several_writers_add_up(database: Database) -> None:
    writers = [CallWriter(database.journal_url) for _ in range(3)]
    for writer in writers:
        writer.write_now([call(), call()])
        writer.write_now([call()])
        writer.close()
    assert await counted(database) == (9, 9)


async def test_of_places_that_are_let_go_another_part_is_begun(database: Database) -> None:
    writer = CallWriter(database.journal_url)
    writer._sums = OpenSums(most=3)
    for _ in range(3):
        for token in ("t1", "t2", "t3"):
            writer.write_now([call(token_id=token)])
    assert len(writer._sums) == 3
    writer.close()
    sums = await database.journal.log.sums(Question(span=Span.HOUR, since=NOON, until=NOON + 1, by=By.TOKEN))
    assert [(one.name, one.count) for one in sums] == [("t1", 3), ("t2", 3), ("t3", 3)]


async def test_while_the_database_is_held_calls_wait_and_are_written_in_order_when_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gemini_balance.storage.engine.PRAGMAS", ("PRAGMA busy_timeout = 50", "PRAGMA journal_mode = WAL")
    )
    database = Database("", tmp_path, SECRET_KEY)
    journal = Journal([], bulk=[database.journal.sink])
    held = sync_engine(database.journal_url)
    with held.begin():
        for at in range(3):
            journal.record(call(NOON + at))
            await journal.flush()
        assert (journal.state().waiting, journal.lost, journal.state().away) == (3, 0, "database is locked")
    held.dispose()
    await journal.flush()
    page = await database.journal.log.search(CallFilter(), 10)
    assert ([one.at - NOON for one in page.calls], journal.state()) == ([2, 1, 0], (0, 0, ""))
    await database.close()


async def test_a_server_that_is_gone_is_no_reason_to_lose_calls(postgresql_url: str, tmp_path: Path) -> None:
    database = Database(postgresql_url, tmp_path, SECRET_KEY)
    await database.journal.sink.write([call()])
    other = sync_engine(database.url)
    with other.connect() as connection:
        connection.execute(text(END_ALL))
    other.dispose()
    batch = [call()]
    with pytest.raises(NotNow):
        await database.journal.sink.write(batch)
    await database.journal.sink.write(batch)
    await database.journal_engine.dispose()
    assert await counted(database) == (2, 2)
    await database.close()


@pytest.mark.prove
def test_a_call_costs_at_most_fifteen_microseconds_of_processor_time(tmp_path: Path) -> None:
    from tests.contract.journal_page import record

    database = Database("", tmp_path, SECRET_KEY)
    writer = CallWriter(database.journal_url)
    took = [cost(writer, batch) for batch in batches(40)]
    writer.close()
    asyncio.run(database.close())
    record("writing", {f"a call, {BULK:,} in one go": min(took)}, "µs")
    assert min(took) <= 15


def batches(count: int) -> list[list[RequestRecord]]:
    """As many calls as come together in a second of a busy gateway: with 100 keys, 10 client tokens and 5 models."""
    return [[busy(batch, at) for at in range(BULK)] for batch in range(count)]


def busy(batch: int, at: int) -> RequestRecord:
    made = failed if at % 33 == 0 else call
    return made(
        NOON + batch + at / BULK,
        token_id=f"token-{at % 10}",
        model_used=f"gemini-model-{at % 5}",
        attempts=(attempt(f"key-{at * 7 % 100}"),),
        seconds=0.3 + at % 97 / 10,
        first_byte=0.2 + at % 13 / 10,
    )


def cost(writer: CallWriter, batch: list[RequestRecord]) -> float:
    """Microseconds of a call. Of many the least counts: a core that somebody else uses as well takes longer."""
    began = time.process_time()
    writer.write_now(batch)
    return (time.process_time() - began) / len(batch) * 1e6
