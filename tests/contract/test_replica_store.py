"""What every ReplicaStore must do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway.stores import Replica
from gemini_balance.storage.database import Database
from gemini_balance.storage.memory.replicas import MemoryReplicas
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from gemini_balance.gateway.stores import ReplicaStore

pytestmark = pytest.mark.anyio
FIRST = Replica(id="a1", host="first.example", version="0.1.0", began=1_800_000_000.0)
SECOND = Replica(id="b2", host="second.example", version="0.2.0", began=1_800_000_060.5)
LONG = 600.0


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ReplicaStore]:
    if request.param == "memory":
        yield MemoryReplicas()
        return
    url = "" if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))
    database = Database(url, tmp_path, SECRET_KEY)
    yield database.replicas
    await database.close()


async def known(store: ReplicaStore) -> list[Replica]:
    return [heard.replica for heard in await store.all()]


async def test_at_first_nobody_serves(store: ReplicaStore) -> None:
    assert await store.all() == []


async def test_those_that_beat_are_known_by_age_and_once(store: ReplicaStore) -> None:
    for replica in (SECOND, FIRST, SECOND):
        await store.beat(replica, LONG)
    assert await known(store) == [FIRST, SECOND]


async def test_a_beat_ends_the_silence_and_its_length_is_told(store: ReplicaStore) -> None:
    await store.beat(FIRST, LONG)
    await asyncio.sleep(0.3)
    ((_, before),) = await store.all()
    await store.beat(FIRST, LONG)
    ((_, after),) = await store.all()
    assert 0.25 < before < 30
    assert after < before


async def test_who_leaves_is_gone_and_who_was_never_there_may_leave(store: ReplicaStore) -> None:
    await store.beat(FIRST, LONG)
    await store.beat(SECOND, LONG)
    await store.leave("nobody")
    await store.leave(FIRST.id)
    assert await known(store) == [SECOND]


async def test_who_is_silent_for_long_is_forgotten_at_another_s_beat(store: ReplicaStore) -> None:
    await store.beat(FIRST, LONG)
    await asyncio.sleep(0.3)
    await store.beat(SECOND, 0.2)
    assert await known(store) == [SECOND]
