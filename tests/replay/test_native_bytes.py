"""Native bytes in = bytes out, both ways, for every recorded exchange: over sockets, through the whole gateway."""

import asyncio
import http.client
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gemini_balance.app import App, build
from gemini_balance.core.catalog.resolve import successor
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.gemini.references import references_in
from gemini_balance.core.outcome import Blame
from gemini_balance.core.pool import KeyPool
from gemini_balance.settings import load, parse_keys
from tests.replay.loopback import Asked, Loopback, RecordedGoogle
from tests.replay.recordings import Recording, recordings

TOKEN = "sk-replay-token"
LISTED = "AQ.replay-key-1,AQ.replay-key-2"
KEYS = parse_keys(LISTED)
CREDENTIALS = {b"authorization", b"x-goog-api-key", b"x-api-key", b"cookie"}
REFUSED_KEY = {Blame.KEY, Blame.PROJECT, Blame.OURS}


@dataclass
class Stage:
    """The gateway between a caller and a Google that answers from recordings."""

    google: RecordedGoogle
    app: App
    caller: http.client.HTTPConnection

    def play(self, recording: Recording, prefix: str) -> tuple[int, str, bytes]:
        """Status, content type and body that a caller of this prefix gets. The pool is as new each time."""
        self.app.door.gateway.pool = KeyPool(KEYS)
        asyncio.run(self.own(recording))
        self.google.answer = (recording.status, recording.content_type, recording.reply)
        self.google.asked.clear()
        query = "&key=not-for-google" if "?" in recording.target else "?key=not-for-google"
        headers = {"x-goog-api-key": TOKEN, "content-type": "application/json", "cookie": "a=b"}
        path = f"{prefix}/{recording.version}/{recording.target}{query}"
        self.caller.request("POST", path, recording.request, headers)
        response = self.caller.getresponse()
        return response.status, response.headers["content-type"], response.read()

    async def own(self, recording: Recording) -> None:
        """What the recording names was made through us before."""
        principal = self.app.door.tokens.find(TOKEN.encode())
        assert principal is not None
        for named in references_in(recording.request):
            await self.app.door.carrier.owners.note(principal.id, named.name, KEYS[0].id)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    google = RecordedGoogle()
    with Loopback(google, lifespan=False) as upstream:
        base = f"http://127.0.0.1:{upstream.port}/v1beta"
        app = build(*load({"BASE_URL": base, "API_KEYS": LISTED, "ALLOWED_TOKENS": TOKEN, "ACCESS_LOG": "false"}))
        with Loopback(app, lifespan=True) as gateway:
            caller = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
            yield Stage(google, app, caller)
            caller.close()


@pytest.fixture(scope="module")
def recorded(corpus: Path) -> list[Recording]:
    return list(recordings(corpus))


@pytest.mark.parametrize("prefix", ["/gemini", ""], ids=["strict", "with failover"])
def test_google_receives_the_callers_bytes_and_one_credential(
    stage: Stage, recorded: list[Recording], prefix: str
) -> None:
    wrong = []
    for recording in recorded:
        stage.play(recording, prefix)
        right = [arrived_right(asked, recording) for asked in stage.google.asked]
        if not right or not all(right):
            wrong.append((recording.name, stage.google.asked))
    assert wrong == []


@pytest.mark.parametrize("prefix", ["/gemini", ""], ids=["strict", "with failover"])
def test_the_caller_receives_googles_bytes(
    stage: Stage, recorded: list[Recording], prefix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    counted: Counter[str] = Counter()
    wrong = []
    for recording in recorded:
        got, kind = stage.play(recording, prefix), kind_of(recording, prefix)
        counted[kind] += 1
        if not fits(kind, got, recording):
            wrong.append((recording.name, kind, got[0], got[1], got[2][-300:]))
    with capsys.disabled():
        print(f"\n{prefix or '/'}: {dict(counted)}, {len(recorded) - len(wrong)} of {len(recorded)} right")
    assert recorded
    assert wrong == []


def arrived_right(asked: Asked, recording: Recording) -> bool:
    """The caller's bytes, and of credentials one of ours and no other."""
    credentials = [(name, value) for name, value in asked.headers if name in CREDENTIALS]
    return (asked.method, asked.target, asked.body) == ("POST", sent(recording), recording.request) and (
        credentials in [[(b"x-goog-api-key", key.secret.encode())] for key in KEYS]
    )


def sent(recording: Recording) -> str:
    """The path as Google should see it: a retired model's name follows the alias table, nothing else changes."""
    resource, _, method = recording.target.partition(":")
    model = successor(resource.removeprefix("models/"), frozenset(), datetime.now(UTC).date())
    return f"/{recording.version}/models/{model}:{method}"


def kind_of(recording: Recording, prefix: str) -> str:
    """Errors about our keys are ours to tell; where failover is on, so is that every key is spent.

    A stream that ends without Google's reason for ending is never passed on as whole (hand-made fixtures only).
    """
    if recording.status < 400:
        cut = "event-stream" in recording.content_type and b'"finishReason"' not in recording.reply
        return "cut streams" if cut and b'"blockReason"' not in recording.reply else "answers"
    blame = classify(recording.status, recording.reply).blame
    if blame in REFUSED_KEY:
        return "errors about our keys"
    return "spent quotas" if blame is Blame.QUOTA and not prefix else "errors of Google's"


def fits(kind: str, got: tuple[int, str, bytes], recording: Recording) -> bool:
    status, content_type, body = got
    match kind:
        case "answers":
            return (status, body) == (recording.status, recording.reply) and same_type(content_type, recording)
        case "errors of Google's":
            return (status, body) == (recording.status, recording.reply) and "json" in content_type
        case "cut streams":
            return (status, json.loads(body)["error"]["code"]) == (502, 502)
        case _:
            told = 503 if "keys" in kind else 429
            return (status, json.loads(body)["error"]["code"]) == (told, told)


def same_type(content_type: str, recording: Recording) -> bool:
    return content_type.partition(";")[0] == recording.content_type.partition(";")[0]
