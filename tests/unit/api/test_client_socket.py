"""A client's WebSocket: what is read ahead, and how it is left."""

import asyncio
from typing import Any

import pytest

from gemini_balance.api.client_socket import ClientSocket
from gemini_balance.core.gemini.live import Parting
from gemini_balance.gateway.ports import SocketClosed
from tests.unit.api.door import Client

pytestmark = pytest.mark.anyio

TEXT, BYTES = {"type": "websocket.receive", "text": "one"}, {"type": "websocket.receive", "bytes": b"two", "text": None}
LEFT = {"type": "websocket.disconnect", "code": 1001, "reason": "bye"}


class Scene:
    def __init__(self, *events: dict[str, Any]) -> None:
        self.client = Client()
        self.events = list(events)
        self.left: list[str] = []
        self.began: list[str] = []
        self.socket = ClientSocket(self.client.exchange, self._receive, lambda: self.began.append("began"))

    async def _receive(self) -> Any:
        if not self.events:
            await asyncio.Event().wait()
        return self.events.pop(0)

    def leave(self) -> None:
        self.left.append("left")


async def test_text_stays_text_and_bytes_stay_bytes() -> None:
    scene = Scene(TEXT, BYTES, LEFT)
    assert [await scene.socket.receive(), await scene.socket.receive()] == ["one", b"two"]
    with pytest.raises(SocketClosed) as closed:
        await scene.socket.receive()
    assert closed.value.parting == Parting(1001, "bye")
    await scene.socket.send("a")
    await scene.socket.send(b"b")
    assert [(sent["text"], sent["bytes"]) for sent in scene.client.messages] == [("a", None), (None, b"b")]
    assert scene.began == ["began"]


async def test_who_leaves_while_nobody_reads_is_noticed() -> None:
    scene = Scene(LEFT)
    scene.socket.read_ahead(scene.leave)
    await asyncio.sleep(0.01)
    assert scene.left == ["left"]


async def test_what_was_read_ahead_is_not_lost_and_nothing_more_is_read() -> None:
    scene = Scene(TEXT, BYTES, LEFT)
    scene.socket.read_ahead(scene.leave)
    await asyncio.sleep(0.01)
    assert (scene.events, scene.left) == ([BYTES, LEFT], [])
    assert [await scene.socket.receive(), await scene.socket.receive()] == ["one", b"two"]


async def test_who_leaves_while_somebody_reads_is_told_to_the_reader_alone() -> None:
    scene = Scene()
    scene.socket.read_ahead(scene.leave)
    reading = asyncio.create_task(scene.socket.receive())
    await asyncio.sleep(0.01)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert scene.left == []


async def test_a_goodbye_is_said_once_and_fits_its_frame() -> None:
    scene = Scene()
    await scene.socket.close(Parting(1006, "ä" * 100))
    await scene.socket.close(Parting(1000))
    assert scene.client.messages == [{"type": "websocket.close", "code": 1001, "reason": "ä" * 61}]
