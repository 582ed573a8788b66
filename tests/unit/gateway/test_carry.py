"""Answers that pass through as bytes: the same loop of attempts, and what is written down before they leave."""

from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.errors import NoKeyAvailable
from gemini_balance.core.outcome import NO_USAGE, Cause, Usage
from gemini_balance.core.pool import Demand, KeyId
from gemini_balance.gateway.carry import Carriage, Errand, Hosts, upload_in, without_key
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.owners import Owners
from gemini_balance.gateway.ports import Headers, TransportFailed
from gemini_balance.storage.memory import MemoryResources
from tests.unit.gateway.stage import Line, RawScripted, Stage, refuses

pytestmark = pytest.mark.anyio

JSON = "application/json"
SSE = "text/event-stream"
ROUTE = Route(
    upstream="gemini_api",
    operation=Operation.RESOURCE,
    model="",
    path="v1beta/interactions",
    body=b"{}",
    framing=Framing.RAW,
    demand=Demand(""),
    verb="POST",
)
STRICT = replace(ROUTE, single_attempt=True)
OTHER = b'event: x\ndata: {"event_type":"x"}\n\n'
CREATED = b'event: interaction.created\ndata: {"interaction":{"id":"v1_x"},"event_type":"interaction.created"}\n\n'


@dataclass
class Wall:
    """Implements `RawReply`, and remembers who owned what when the first byte came."""

    store: MemoryResources
    committed: bool = False
    status: int = 0
    headers: Headers = field(default_factory=list)
    length: int | None = None
    body: bytes = b""
    ended: bool = False
    known: list[str] = field(default_factory=list)

    async def begin(self, status: int, headers: Headers, length: int | None) -> None:
        self.committed, self.status, self.headers, self.length = True, status, list(headers), length
        self.known = [owned.name for owned in await self.store.all_of("me", "")]

    async def write(self, data: bytes) -> None:
        self.body += data

    async def end(self) -> None:
        self.ended = True


class Scene(Stage):
    """A stage whose answers pass through as bytes."""

    def __init__(self, *script: Line, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(*script)
        self.store = MemoryResources()
        self.wall = Wall(self.store)
        self.owners = Owners(self.store, self.clock)
        self.raw = RawScripted(self.transport, list(headers))

    async def carry(self, route: Route = ROUTE, errand: Errand | None = None) -> Wall:
        hosts = Hosts(frozenset({"google.example"}), "https://ours.example")
        errand = errand or Errand("me", "interactions")
        carriage = Carriage(self.wall, self.raw, self.owners, errand, hosts)
        await self.gateway.execute(route, carriage, self.story)
        return self.wall


async def test_a_name_is_written_down_before_the_reply_leaves() -> None:
    scene = Scene(Line([b'{"id": ', b'"v1_x"}'], 200, JSON))
    wall = await scene.carry()
    assert (wall.status, wall.body, wall.length, wall.ended) == (200, b'{"id": "v1_x"}', 14, True)
    assert wall.known == ["interactions/v1_x"]
    assert await scene.owners.key_of("me", "interactions/v1_x") == KeyId(scene.asked)


@pytest.mark.parametrize("cut", range(1, len(OTHER + CREATED)))
async def test_a_stream_waits_for_the_event_that_names_it_and_passes_byte_for_byte(cut: int) -> None:
    sent = OTHER + CREATED + OTHER
    scene = Scene(Line([sent[:cut], sent[cut:]], 200, SSE))
    wall = await scene.carry()
    assert (wall.body, wall.known, wall.length) == (sent, ["interactions/v1_x"], None)


async def test_a_stream_that_names_nothing_is_not_held_for_ever() -> None:
    sent = [OTHER * 1000] * 10
    wall = await Scene(Line([*sent], 200, SSE)).carry()
    assert (wall.body, wall.known) == (b"".join(sent), [])


async def test_before_the_first_byte_another_key_takes_over() -> None:
    scene = Scene(refuses(429), Line([b"{}"], 200, JSON))
    assert (await scene.carry()).body == b"{}"
    assert (len(set(scene.asked)), scene.causes) == (2, ["quota_unknown", "answered"])


async def test_one_attempt_is_one_attempt() -> None:
    scene = Scene(refuses(503, "overloaded"))
    with pytest.raises(CallFailed) as failed:
        await scene.carry(STRICT)
    assert (failed.value.outcome.status, len(scene.asked), scene.wall.committed) == (503, 1, False)


async def test_what_is_pinned_is_asked_of_its_key_alone() -> None:
    scene = Scene(refuses(503, "overloaded"), Line([b"{}"], 200, JSON))
    pinned = replace(ROUTE, demand=Demand("", pinned=KeyId("b")))
    await scene.carry(pinned)
    assert scene.asked == "bb"


async def test_what_lives_with_a_key_that_is_gone_is_refused() -> None:
    with pytest.raises(NoKeyAvailable):
        await Scene().carry(replace(ROUTE, demand=Demand("", pinned=KeyId("z"))))


async def test_after_the_first_byte_nothing_is_replaced() -> None:
    scene = Scene(Line([CREATED, TransportFailed(Cause.CUT, "Cut.")], 200, SSE))
    with pytest.raises(CallFailed) as failed:
        await scene.carry()
    assert (failed.value.outcome.cause, scene.wall.body, scene.wall.ended) == (Cause.CUT, CREATED, False)
    assert scene.at_rest


async def test_only_headers_that_mean_something_pass_and_no_key_in_them() -> None:
    address = b"https://google.example/upload/v1/files?upload_id=u1&key=secret-a"
    sent = (
        (b"content-type", b"text/plain"),
        (b"server", b"x"),
        (b"x-goog-api-key", b"secret-a"),
        (b"x-goog-upload-url", address),
        (b"x-goog-upload-status", b"active"),
        (b"location", b"https://storage.example/x?y=1&key=z"),
        (b"etag", b"secret-a"),
        (b"content-length", b"2"),
    )
    scene = Scene(Line([b"hi"], 200, "text/plain"), headers=sent)
    wall = await scene.carry(replace(ROUTE, demand=Demand("", pinned=KeyId("a"))), Errand("me", "files"))
    assert wall.headers == [
        (b"content-type", b"text/plain"),
        (b"x-goog-upload-url", b"https://ours.example/upload/v1/files?upload_id=u1"),
        (b"x-goog-upload-status", b"active"),
        (b"location", b"https://storage.example/x?y=1"),
        (b"etag", b"REDACTED"),
    ]
    assert (wall.length, wall.known) == (2, ["uploads/u1"])


async def test_what_is_deleted_is_forgotten_and_what_could_not_be_is_not() -> None:
    scene = Scene(refuses(400), Line([b"{}"], 200, JSON))
    await scene.owners.note("me", "files/a", KeyId("a"))
    errand = Errand("me", "files", removes="files/a")
    with pytest.raises(CallFailed):
        await scene.carry(errand=errand)
    assert await scene.owners.key_of("me", "files/a") == "a"
    await scene.carry(errand=errand)
    assert await scene.owners.key_of("me", "files/a") is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("upload_id=u&upload_protocol=resumable", "uploads/u"),
        ("a=b&upload_id=x%2By", "uploads/x+y"),
        ("upload_id=", ""),
        ("my_upload_id=u", ""),
        ("", ""),
    ],
)
def test_an_upload_is_known_by_the_id_in_its_query(query: str, name: str) -> None:
    assert upload_in(query) == name


@pytest.mark.parametrize(
    ("address", "left"),
    [("/x?key=a", "/x"), ("/x?a=1&key=b&c", "/x?a=1&c"), ("/x?monkey=a", "/x?monkey=a"), ("/x", "/x"), ("", "")],
)
def test_an_address_loses_the_key_it_was_asked_with(address: str, left: str) -> None:
    assert without_key(address) == left


TOLD = b'"usage":{"total_tokens":9,"total_input_tokens":4,"total_output_tokens":5}'


@pytest.mark.parametrize(
    ("reads", "content_type"),
    [
        ([b'{"id":"v1_x",' + TOLD + b"}"], JSON),
        ([CREATED, OTHER * 500, b'data: {"interaction":{"id":"v1_x",', TOLD + b"}}\n\ndata: [DONE]\n\n"], SSE),
        ([CREATED + b'data: {"interaction":{' + TOLD + b"}}\n\n"], SSE),
    ],
    ids=["whole", "stream", "stream in one read"],
)
async def test_what_an_interaction_used_is_known_when_it_was_made(reads: list[bytes], content_type: str) -> None:
    made, looked_at = Scene(Line(list(reads), 200, content_type)), Scene(Line(list(reads), 200, content_type))
    wall = await made.carry(errand=Errand("me", "interactions", spends=True))
    await looked_at.carry()
    assert wall.body == b"".join(reads)
    assert [scene.story.usage for scene in (made, looked_at)] == [Usage(prompt=4, output=5, total=9), NO_USAGE]
