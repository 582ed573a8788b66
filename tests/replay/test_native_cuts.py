"""Native bytes stay what they are wherever the network cuts them: whole, byte by byte, and at random places."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
import uvloop

from tests.replay.cutting import Caller, CuttingGoogle, pieces_of, wire
from tests.replay.native import STRICT, fits, gateway_before, headers_of, kind_of, make_ready, path_of, reached
from tests.replay.recordings import Recording, exchanges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.app import App

TIMES = 20
MOST_CUTS = 12
LARGE = 20_000  # bytes, from which on byte by byte takes too long for every day
PREFIXES = pytest.mark.parametrize("prefix", [STRICT, ""], ids=["strict", "with failover"])


def ways(recording: Recording, answer: bytes, times: int) -> Iterator[tuple[str, list[bytes], list[bytes]]]:
    """How request and answer are cut, each by the name of the way."""
    asked = recording.request
    yield "whole", pieces_of(asked, ()), pieces_of(answer, ())
    yield "byte by byte", pieces_of(asked, range(len(asked))), pieces_of(answer, range(len(answer)))
    dice = Random(recording.name)
    for _ in range(times):
        yield "at random cuts", pieces_of(asked, _some(dice, asked)), pieces_of(answer, _some(dice, answer))


def _some(dice: Random, data: bytes) -> list[int]:
    return [dice.randrange(len(data)) for _ in range(dice.randint(1, MOST_CUTS))] if data else []


async def wrong_ones(found: list[Recording], prefix: str, times: int, counted: Counter[str]) -> list[object]:
    google, wrong = CuttingGoogle(), list[object]()
    async with google.serving() as port:
        app = gateway_before(port)
        for recording in found:
            chunked = "event-stream" in recording.content_type
            answer = wire(recording.status, recording.headers, recording.reply, chunked=chunked)
            for way, asked, google.answer in ways(recording, answer, times):
                counted[way] += 1
                if (failure := await _played(app, google, recording, prefix, asked)) is not None:
                    wrong.append((recording.name, way, *failure))
        for end in app.life.ends:
            await end()
    return wrong


async def _played(
    app: App, google: CuttingGoogle, recording: Recording, prefix: str, asked: list[bytes]
) -> tuple[object, ...] | None:
    """What came out wrong, if anything did."""
    await make_ready(app, recording)
    google.asked.clear()
    caller = await Caller(asked).call(app, recording.method, path_of(recording, prefix), headers_of(recording))
    kind = kind_of(recording, prefix)
    arrived = reached(kind, google.asked, recording)
    if arrived and fits(kind, caller.status, caller.headers, caller.body, recording):
        return None
    return kind, arrived, caller.status, caller.body[-200:]


def sample(corpus: Path) -> Iterator[Recording]:
    """The first of each kind, and every fortieth after it."""
    kinds: Counter[str] = Counter()
    for recording in exchanges(corpus):
        if len(recording.reply) < LARGE:
            kinds[recording.kind] += 1
            if kinds[recording.kind] % 40 == 1:
                yield recording


def play(found: list[Recording], prefix: str, times: int, capsys: pytest.CaptureFixture[str]) -> None:
    counted: Counter[str] = Counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        wrong = runner.run(wrong_ones(found, prefix, times, counted))
    with capsys.disabled():
        print(f"\n{prefix or '/'}: {len(found)} exchanges, {dict(counted)}, {len(wrong)} wrong")
    assert len(found) > 0
    assert wrong == [], "\n".join(map(str, wrong))


@PREFIXES
def test_some_exchanges_of_every_kind_stay_what_they_are_however_they_are_cut(
    corpus: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    play(list(sample(corpus)), prefix, 2, capsys)


@pytest.mark.prove
@pytest.mark.timeout(900)
@PREFIXES
def test_every_exchange_stays_what_it_is_however_it_is_cut(
    corpus: Path, prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    play(list(exchanges(corpus)), prefix, TIMES, capsys)


def test_what_is_cut_apart_is_read_apart() -> None:
    """Or the tests above would prove less than they say."""
    answer = wire(200, (), b"x" * 300, chunked=False)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(reads_of(pieces_of(answer, range(len(answer))))) == [b"%c" % one for one in answer]


async def reads_of(answer: list[bytes]) -> list[bytes]:
    reader = Reader(sum(map(len, answer)))
    async with CuttingGoogle(answer).serving() as port:
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: reader, "127.0.0.1", port)
        transport.write(b"GET / HTTP/1.1\r\n\r\n")
        await reader.done.wait()
        transport.close()
    return reader.reads


class Reader(asyncio.Protocol):
    """Keeps what it reads, read by read."""

    def __init__(self, size: int) -> None:
        self.done = asyncio.Event()
        self.reads: list[bytes] = []
        self._left = size

    def data_received(self, data: bytes) -> None:
        self.reads.append(data)
        self._left -= len(data)
        if not self._left:
            self.done.set()
