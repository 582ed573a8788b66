"""Keys, quota, retries and time limits."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from typing import TYPE_CHECKING

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from gemini_balance.gateway.probing import HOUR, KeyChecker
from tests.e2e.options.cases import MODEL, calls, case, chat, fresh, heartbeats
from tests.e2e.processes import KEYS, TOKEN, control, stats

if TYPE_CHECKING:
    from tests.e2e.options.running import Running

ONE = KEYS[0]
DEAD = "AIzaSim-amber-1-dead"
PAID = "AIzaSim-gold-1"
LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
SETUP = {"setup": {"model": "models/gemini-3.1-flash-live-preview"}}


@case("max_failures", 1, before=3, after=2)
def retired(gateway: Running) -> object:
    """Keys that are left when one failed at what another could do."""
    for key in list(gateway.app.door.gateway.pool.keys):
        gateway.loop.call_soon_threadsafe(gateway.app.door.gateway.pool.reset, gateway.clock.now(), key)
    assert chat(gateway, f"[[sim: fault=internal times=1]] {fresh(gateway)}").status == 200
    return gateway.app.door.gateway.pool.usable()


@case("check_interval_hours", 1, before=0, after=1, API_KEYS=DEAD, CHECK_INTERVAL_HOURS="0")
def probed(gateway: Running) -> object:
    """How often a dead key is asked within two hours."""
    chat(gateway)
    checker = next(one.__self__ for one in gateway.app.life.works if isinstance(one.__self__, KeyChecker))  # type: ignore[attr-defined]  # a method
    before = stats(gateway.google)["requests"]
    for _ in range(2):
        gateway.do(checker.check())
        gateway.clock.ahead += 2 * HOUR
    return stats(gateway.google)["requests"] - before


@case("quota_limits", {MODEL: {"rpm": 1}}, before=3, after=1, API_KEYS=ONE, PATIENCE="0")
def within_quota(gateway: Running) -> object:
    """How many of three calls in a minute are answered."""
    gateway.clock.ahead += 120
    return [chat(gateway).status for _ in range(3)].count(200)


@case("paid_models", [MODEL], before=False, after=True, PAID_KEY=PAID)
def paid(gateway: Running) -> object:
    """Is the key asked that costs money?"""
    control(gateway.google, projects={"gold": {"paid": True}})
    return [one["key"] for one in calls(gateway, lambda: chat(gateway))] == [PAID]


@case("max_retries", 0, before=4, after=1, MAX_FAILURES="0")
def attempts(gateway: Running) -> object:
    return len(calls(gateway, lambda: chat(gateway, f"[[sim: fault=internal]] {fresh(gateway)}")))


@case("patience", 5, before=429, after=200, API_KEYS=ONE, PATIENCE="0", QUOTA_LIMITS=json.dumps({MODEL: {"rpm": 1}}))
def waiting(gateway: Running) -> object:
    """A key is free again in a moment."""
    gateway.clock.ahead += 120
    assert chat(gateway).status == 200
    gateway.clock.ahead += 60.2
    return chat(gateway).status


@case("time_out", 1, before=200, after=504, MAX_RETRIES="0", MAX_FAILURES="0")
def slow(gateway: Running) -> object:
    return chat(gateway, f"[[sim: first_ms=1300]] {fresh(gateway)}").status


@case("heartbeat_after", 0.1, before=False, after=True)
def silent(gateway: Running) -> object:
    return heartbeats(gateway, "[[sim: first_ms=300]]") > 0


@case("live_idle", 0.2, before=None, after=1001)
def idle(gateway: Running) -> object:
    """A conversation in which nothing is said for half a second."""
    return asyncio.run(closed(gateway, SETUP, after=1))


@case("max_body_mb", 0.01, before=(200, None), after=(413, 1009))
def large(gateway: Running) -> object:
    """A request, and a message of a conversation."""
    instruction = {"parts": [{"text": "x" * 20_000}]}
    setup = {"setup": {**SETUP["setup"], "systemInstruction": instruction}}
    return chat(gateway, "x" * 20_000).status, asyncio.run(closed(gateway, setup, after=0))


async def closed(gateway: Running, setup: object, after: int) -> int | None:
    """The code that a conversation is closed with after so many messages; None where one more comes, or silence."""
    headers = {"x-goog-api-key": TOKEN}
    async with connect(f"ws://127.0.0.1:{gateway.port}{LIVE}", additional_headers=headers, proxy=None) as conversation:
        await conversation.send(json.dumps(setup))
        try:
            async with asyncio.timeout(0.5):
                for _ in range(after + 1):
                    await conversation.recv()
        except TimeoutError:
            pass
        except ConnectionClosed as ended:
            return ended.rcvd.code if ended.rcvd else None
    return None


@case("body_idle", 0.1, before=b"", after=b"HTTP/1.1 408")
def stalled(gateway: Running) -> object:
    """What half a request is answered with, within a third of a second."""
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.port), 5) as connection:
        connection.sendall(head.encode() + b"{")
        connection.settimeout(0.3)
        try:
            return connection.recv(12)
        except TimeoutError:
            return b""


@case("custom_headers", {"X-Team": "blue", "Accept": "a/b"}, before=(None, None), after=("blue", "a/b"))
def headed(gateway: Running) -> object:
    (asked,) = calls(gateway, lambda: chat(gateway))
    headers = {name.lower(): value for name, value in asked["headers"]}
    return headers.get("x-team"), headers.get("accept")


PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(2_000)).decode()


@case("inline_max_mb", 0.001, before=False, after=True)
def attached(gateway: Running) -> object:
    """Is a picture that comes along uploaded first?"""
    content = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}]
    asked = calls(gateway, lambda: chat(gateway, content))
    return any("/upload/" in one["path"] for one in asked)
