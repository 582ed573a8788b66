"""Who serves: this process first, the others as long as they are heard of."""

from __future__ import annotations

import asyncio
import logging

import pytest

from gemini_balance.gateway.replicas import BEAT_SECONDS, FORGOTTEN, SILENT, Replicas, Serving
from gemini_balance.gateway.stores import Heard, Replica

pytestmark = pytest.mark.anyio
NOW = 1_800_014_400.0
ME = Replica(id="a1", host="here", version="0.1.0", began=NOW - 60)
OTHER = Replica(id="b2", host="there", version="0.2.0", began=NOW - 90)


class Clock:
    def now(self) -> float:
        return 0.0

    def unix(self) -> float:
        return NOW


class Listed:
    """Implements `ReplicaStore`."""

    def __init__(self, *heard: Heard, away: bool = False) -> None:
        self.heard, self.away = [*heard], away
        self.told: list[tuple[str, float]] = []

    async def beat(self, replica: Replica, forget: float) -> None:
        self._answers()
        self.told.append((replica.id, forget))

    async def leave(self, replica_id: str) -> None:
        self._answers()
        self.told.append((replica_id, 0.0))

    async def all(self) -> list[Heard]:
        self._answers()
        return self.heard

    def _answers(self) -> None:
        if self.away:
            raise OSError("the disk is gone")


async def test_this_one_comes_first_and_lives_whatever_the_store_says_of_it() -> None:
    store = Listed(Heard(OTHER, 4.0), Heard(ME, 500.0))
    assert await Replicas(store, Clock(), ME).all() == (
        Serving(ME, NOW, lives=True, here=True),
        Serving(OTHER, NOW - 4.0, lives=True, here=False),
    )


async def test_one_that_missed_three_beats_is_not_believed_to_live() -> None:
    store = Listed(Heard(OTHER, SILENT + 1))
    assert SILENT > 3 * BEAT_SECONDS
    (_, other) = await Replicas(store, Clock(), ME).all()
    assert other == Serving(OTHER, NOW - SILENT - 1, lives=False, here=False)


async def test_it_beats_at_once_and_leaves_at_the_end() -> None:
    store = Listed()
    replicas = Replicas(store, Clock(), ME)
    running = asyncio.create_task(replicas.run())
    await asyncio.sleep(0)
    running.cancel()
    await replicas.leave()
    assert store.told == [(ME.id, FORGOTTEN), (ME.id, 0.0)]


async def test_a_store_that_is_away_is_said_once_and_costs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    store = Listed(away=True)
    replicas = Replicas(store, Clock(), ME)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            await replicas.beat()
        assert len(caplog.records) == 1
        store.away = False
        await replicas.beat()
        store.away = True
        await replicas.beat()
        await replicas.leave()
    assert len(caplog.records) == 3
    assert replicas.alone() == (Serving(ME, NOW, lives=True, here=True),)


async def test_the_end_does_not_wait_for_a_database_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Listed):
        async def leave(self, replica_id: str) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr("gemini_balance.gateway.replicas.LEAVING_SECONDS", 0.01)
    async with asyncio.timeout(5):
        await Replicas(Silent(), Clock(), ME).leave()
