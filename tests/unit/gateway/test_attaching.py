"""What Google says to the upload of what was too large to be sent along, and what becomes of the call."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from msgspec.structs import replace

from gemini_balance.core.errors import BadRequest, UpstreamTimeout
from gemini_balance.core.gemini.attachments import Attachment, Attachments
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyId, KeySpec
from gemini_balance.gateway.attaching import NO_UPLOAD, Attacher, NotAttached
from gemini_balance.gateway.failures import error_for
from gemini_balance.gateway.owners import Owners
from gemini_balance.storage.memory import MemoryResources
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi
from tests.unit.gateway.stage import UNARY, Hands, Line, RawScripted, Scripted, refuses

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 9
KEY = KeySpec(KeyId("a"), "secret-a")
BEGUN = Line([b""])
ADDRESS = (b"x-goog-upload-url", b"https://google.example/upload/v1beta/files?upload_id=u&upload_protocol=resumable")
ONE = Attachments("me", (Attachment("w-0-file", "video/mp4", [b64encode(DATA)]),))
ROUTE = replace(UNARY, body=b'{"fileUri":"w-0-file"}')


def file(state: str = "ACTIVE", uri: str = "https://google.example/v1beta/files/f") -> dict[str, str]:
    return {"name": "files/f", "uri": uri, "state": state}


def told(document: object) -> Line:
    return Line([json.dumps(document).encode()], content_type="application/json")


class Scene:
    def __init__(self, *script: Line, address: bool = True) -> None:
        self.owners = Owners(MemoryResources(), Hands())
        self.transport = RawScripted(Scripted(iter(script)), [ADDRESS] if address else [])
        self.known: dict[KeyId, dict[str, str]] = {}

    async def body(self, attachments: Attachments = ONE) -> bytes:
        """As it is sent."""
        attacher = Attacher(GeminiApi("https://google.example/v1beta"), self.transport, self.owners, ready_within=0.0)
        return (await attacher.attached(ROUTE, attachments, KEY, self.known)).body

    async def failure(self, attachments: Attachments = ONE) -> Outcome:
        with pytest.raises(NotAttached) as failed:
            await self.body(attachments)
        assert self.transport.plain.open == 0
        return failed.value.outcome


async def test_a_file_is_uploaded_once_for_a_key_and_then_named() -> None:
    scene = Scene(BEGUN, told({"file": file()}))
    for _ in range(2):
        assert await scene.body() == b'{"fileUri":"https://google.example/v1beta/files/f"}'
    assert (scene.transport.taken, await scene.owners.key_of("me", "files/f")) == (DATA, "a")
    first, second = (request.head.decode().split("\r\n") for request in scene.transport.plain.asked)
    assert first[0] == "POST /upload/v1beta/files HTTP/1.1"
    assert {"x-goog-upload-header-content-length: 2304", "x-goog-upload-header-content-type: video/mp4"} <= set(first)
    assert second[0] == "POST /upload/v1beta/files?upload_id=u&upload_protocol=resumable HTTP/1.1"
    assert {"x-goog-upload-command: upload, finalize", "content-length: 2304", "x-goog-api-key: secret-a"} <= set(
        second
    )


@pytest.mark.parametrize("kind", ["video/mp4\r\nx-more: 1", "видео/mp4", ""])
async def test_a_type_that_no_header_can_say_is_not_said(kind: str) -> None:
    scene = Scene(BEGUN, told({"file": file()}))
    await scene.body(Attachments("me", (Attachment("w-0-file", kind, [b"AAAA"]),)))
    head = scene.transport.plain.asked[0].head
    assert b"x-goog-upload-header-content-type: application/octet-stream\r\n" in head
    assert b"x-more" not in head


async def test_what_was_uploaded_before_a_failure_is_not_uploaded_again() -> None:
    both = replace(ONE, items=(*ONE.items, Attachment("w-1-file", "image/png", [b"AAAA"])))
    scene = Scene(BEGUN, told({"file": file()}), refuses(503, "Busy."), BEGUN, told({"file": file(uri="u")}))
    assert (await scene.failure(both)).cause is Cause.MODEL_OVERLOADED
    assert scene.known == {"a": {"w-0-file": "https://google.example/v1beta/files/f"}}
    await scene.body(both)
    assert scene.transport.taken == DATA + bytes(3)


async def test_a_file_that_is_processed_for_too_long_is_told_with_what_to_do() -> None:
    outcome = await Scene(BEGUN, told({"file": file("PROCESSING")})).failure()
    error = error_for(outcome, "m")
    assert isinstance(error, UpstreamTimeout)
    assert "took longer than 0 s to process" in error.message
    assert "name them here once they are ACTIVE" in error.message


async def test_an_upload_that_is_not_begun_does_not_count() -> None:
    scene = Scene(refuses(400, "API key secret-a not valid.", reason="API_KEY_INVALID"))
    outcome = await scene.failure()
    assert (outcome.message, scene.known) == ("API key REDACTED not valid.", {})


@pytest.mark.parametrize(
    ("script", "address", "message"),
    [
        ([BEGUN], False, NO_UPLOAD),
        ([BEGUN, Line([b"<html>"])], True, "Google's answer to an upload can't be read."),
    ],
)
async def test_an_answer_that_makes_no_sense_is_googles_failure(
    script: list[Line], address: bool, message: str
) -> None:
    outcome = await Scene(*script, address=address).failure()
    assert (outcome.cause, outcome.status, outcome.message) == (Cause.UPSTREAM_BROKEN, 502, message)


@pytest.mark.parametrize("state", ["FAILED", "STATE_UNSPECIFIED"])
async def test_what_google_cannot_process_is_the_callers_mistake(state: str) -> None:
    outcome = await Scene(BEGUN, told({"file": file(state)})).failure()
    assert type(error_for(outcome, "m")) is BadRequest
