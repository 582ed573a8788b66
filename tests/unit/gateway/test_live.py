"""A Live conversation between two scripted sockets."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.gemini.live import Message, Parting
from gemini_balance.core.outcome import Cause, Usage
from gemini_balance.core.pool import Demand, KeyId
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.live import CUT, IDLE, Conversation
from gemini_balance.gateway.owners import Owners
from gemini_balance.gateway.ports import SocketClosed, SocketRefused, TransportFailed, WireRequest
from gemini_balance.storage.memory import MemoryResources
from tests.unit.gateway.stage import Stage

pytestmark = pytest.mark.anyio

SETUP, DONE, BYE = '{"setup": {}}', b'{"setupComplete": {}}', Parting(1000, "bye")
ROUTE = Route(
    upstream="gemini_api",
    operation=Operation.LIVE,
    model="live",
    path="ws/x",
    body=b"",
    framing=Framing.RAW,
    demand=Demand("live"),
    verbatim=True,
    verb="GET",
)
Step = Message | Parting | None
"""What is said, how it ends, or silence for ever."""


@dataclass
class Side:
    """Implements `Socket`: says what the script has, and remembers what it was told."""

    script: Iterator[Step]
    told: list[Message] = field(default_factory=list)
    parting: Parting | None = None
    aborted: bool = False

    async def receive(self) -> Message:
        step = next(self.script)
        await asyncio.sleep(0)
        if step is None:
            await asyncio.Event().wait()
        if isinstance(step, Parting):
            raise SocketClosed(step)
        assert step is not None
        return step

    async def send(self, message: Message) -> None:
        self.told.append(message)

    async def close(self, parting: Parting) -> None:
        self.parting = parting

    def abort(self) -> None:
        self.aborted = True


@dataclass
class Line:
    """Implements `SocketTransport`: one end of the script a connection."""

    ends: Iterator[Side | SocketRefused | TransportFailed]
    heads: list[bytes] = field(default_factory=list)

    async def open(self, request: WireRequest) -> Side:
        self.heads.append(request.head)
        end = next(self.ends)
        if isinstance(end, Exception):
            raise end
        return end


def side(*script: Step) -> Side:
    return Side(iter(script))


class Scene(Stage):
    def __init__(self, client: Side, *google: Side | SocketRefused | TransportFailed, idle: float = 5.0) -> None:
        super().__init__()
        self.line = Line(iter(google))
        self.owners = Owners(MemoryResources(), self.clock)
        self.talk = Conversation(client, self.line, self.owners, "me", SETUP, 0.05, idle)

    async def converse(self, route: Route = ROUTE) -> Parting | None:
        self.talk.ephemeral = route.ephemeral
        await self.gateway.execute(route, self.talk, self.story)
        assert all(key.in_flight == 0 for key in self.pool.keys.values())
        return self.talk.parting


async def test_all_is_passed_on_both_ways_and_the_parting_too() -> None:
    client, google = side("one", b"two", BYE), side(DONE, "text", b"bytes", None)
    scene = Scene(client, google)
    await scene.converse()
    assert (client.told[0], google.told) == (DONE, [SETUP, "one", b"two"])
    assert (google.parting, google.aborted, scene.causes) == (BYE, True, ["answered"])


async def test_what_google_said_before_it_left_is_passed_on_with_its_reason() -> None:
    client, google = side(None), side(DONE, "text", b"bytes", Parting(1001, "over"))
    assert await Scene(client, google).converse() == Parting(1001, "over")
    assert client.told == [DONE, "text", b"bytes"]


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (side(Parting(1007, "API key not valid.")), Cause.KEY_DEAD),
        (side(Parting(1011, "You exceeded your current quota")), Cause.QUOTA_UNKNOWN),
        (side(Parting(1006)), Cause.CUT),
        (side(Parting(1000)), Cause.CUT),
        (side(None), Cause.UPSTREAM_SLOW),
        (SocketRefused(401, b"{}", ""), Cause.UNKNOWN),
        (SocketRefused(429, b'{"error": {"code": 429, "message": "x"}}', ""), Cause.QUOTA_UNKNOWN),
        (SocketRefused(200, b"hello", ""), Cause.CUT),
        (TransportFailed(Cause.UNREACHABLE, "x"), Cause.UNREACHABLE),
    ],
)
async def test_until_googles_first_word_another_key_takes_over(end: Side | SocketRefused, cause: Cause) -> None:
    client, google = side(BYE), side(DONE, None)
    scene = Scene(client, end, google)
    await scene.converse()
    assert scene.causes == [cause, "answered"]
    assert (len(set(scene.asked)), google.told) == (2, [SETUP])


async def test_after_it_nothing_is_replaced() -> None:
    scene = Scene(side(None), side(DONE, Parting(1011, "Internal error encountered.")), side(DONE, None))
    with pytest.raises(CallFailed) as failed:
        await scene.converse()
    assert (failed.value.outcome.cause, len(scene.asked)) == (Cause.UPSTREAM_BROKEN, 1)
    assert scene.talk.parting == Parting(1011, "Internal error encountered.")


async def test_a_cut_is_told() -> None:
    scene = Scene(side(None), side(DONE, Parting(1006)))
    with pytest.raises(CallFailed):
        await scene.converse()
    assert scene.talk.parting == CUT


async def test_silence_on_both_sides_ends_it() -> None:
    client, google = side(None), side(DONE, None)
    assert await Scene(client, google, idle=0.05).converse() == IDLE
    assert google.parting == IDLE


async def test_a_reason_holds_no_key() -> None:
    scene = Scene(side(None), side(DONE, Parting(1011, "Failed for secret-b.")))
    with pytest.raises(CallFailed) as failed:
        await scene.converse(replace(ROUTE, demand=Demand("live", pinned=KeyId("b"))))
    assert scene.talk.parting == Parting(1011, "Failed for REDACTED.")
    assert "secret" not in failed.value.outcome.message


async def test_the_last_usage_counts() -> None:
    told = [json.dumps({"usageMetadata": {"promptTokenCount": count}}) for count in (1, 2)]
    scene = Scene(side(None), side(DONE, *told, "text", Parting(1000)))
    await scene.converse()
    assert scene.story.usage == Usage(prompt=2)


async def test_a_handle_is_written_down_before_it_leaves() -> None:
    known: list[KeyId | None] = []

    class Looking(Side):
        async def send(self, message: Message) -> None:
            known.append(await scene.owners.key_of("me", "sessions/h"))

    update = json.dumps({"sessionResumptionUpdate": {"newHandle": "h"}})
    scene = Scene(Looking(iter([None])), side(DONE, update, Parting(1000)))
    await scene.converse()
    assert known == [None, KeyId(scene.asked)]


async def test_an_ephemeral_token_goes_in_the_keys_place_and_costs_no_key() -> None:
    scene = Scene(side(None), side(Parting(1008, "Request had invalid authentication credentials. auth_tokens/x")))
    with pytest.raises(CallFailed) as failed:
        await scene.converse(replace(ROUTE, ephemeral="auth_tokens/x", single_attempt=True))
    assert b"Authorization: Token auth_tokens/x\r\n" in scene.line.heads[0]
    assert b"secret" not in scene.line.heads[0]
    assert failed.value.outcome.cause is Cause.BAD_REQUEST
    assert scene.talk.parting == Parting(1008, "Request had invalid authentication credentials. REDACTED")


async def test_who_leaves_meanwhile_leaves_nothing_open() -> None:
    google = side(None)
    scene = Scene(side(None), google)
    task = asyncio.create_task(scene.converse())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (google.aborted, scene.causes) == (True, ["client_gone"])
