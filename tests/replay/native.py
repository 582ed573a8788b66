"""What must come of a recorded native exchange: Google's bytes as they are, and the few that are told otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.app import App, build
from gemini_balance.core.catalog.resolve import successor
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.gemini.references import references_in
from gemini_balance.core.keys import spec_of
from gemini_balance.core.outcome import Blame
from gemini_balance.core.pool import KeyPool
from gemini_balance.gateway.carry import upload_in
from gemini_balance.settings import load, parse_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.replay.loopback import Asked
    from tests.replay.recordings import Recording

TOKEN = "sk-replay-token"
LISTED = "AQ.replay-key-1,AQ.replay-key-2"
KEYS = [spec_of(entry) for entry in parse_keys(LISTED)]
STRICT = "/gemini"
ONCE = {"MAX_RETRIES": "0", "PATIENCE": "0"}
CREDENTIALS = {b"authorization", b"x-goog-api-key", b"x-api-key", b"cookie"}


@dataclass(frozen=True)
class Departure:
    """Answers of which the caller does not get Google's bytes: with which status it is told otherwise, and why."""

    status: int
    why: str


DEPARTURES = {
    "errors about our keys": Departure(503, "which keys serve, and what is wrong with them, is no caller's business"),
    "spent quotas": Departure(429, "with failover on it is the whole pool that is spent, and it knows until when"),
    "our own mistakes": Departure(
        502, "what Google says of our request's credentials would mislead a caller who sent none"
    ),
    "cut streams": Departure(502, "without Google's reason for ending, no stream is passed on as whole"),
    "merged lists": Departure(200, "models are listed over all keys, each entry with Google's bytes"),
}


def gateway_before(port: int) -> App:
    """A gateway that takes what listens on this port for Google, and tries each call once."""
    settings = {"API_KEYS": LISTED, "ALLOWED_TOKENS": TOKEN, "ACCESS_LOG": "false"} | ONCE
    return build(*load(settings | {"BASE_URL": f"http://127.0.0.1:{port}/v1beta"}))


async def make_ready(app: App, recording: Recording) -> None:
    """The pool is as new, and what the recording names was made through us before."""
    app.door.gateway.pool = KeyPool(KEYS)
    principal = app.door.tokens.find(TOKEN.encode())
    assert principal is not None
    for name in named_in(recording):
        await app.door.carrier.owners.note(principal.id, name, KEYS[0].id)


def named_in(recording: Recording) -> list[str]:
    path, _, query = recording.target.partition("?")
    if upload := upload_in(query):
        return [path.partition(":")[0], upload]
    own = [] if path.startswith("models") or "/" not in path else [path.partition(":")[0]]
    return own + [one.name for one in (references_in(recording.request) if recording.request else [])]


def path_of(recording: Recording, prefix: str) -> str:
    """Where the caller asks, with a credential that is not for Google in the query."""
    query = "&key=not-for-google" if "?" in recording.target else "?key=not-for-google"
    return f"{prefix}/{recording.version}/{recording.target}{query}"


def headers_of(recording: Recording) -> dict[str, str]:
    headers = {"x-goog-api-key": TOKEN, "content-type": "application/json", "cookie": "a=b"}
    if recording.version.startswith("upload"):
        command = "upload, finalize" if "upload_id" in recording.target else "start"
        headers |= {"x-goog-upload-command": command, "x-goog-upload-protocol": "resumable"}
    return headers


def arrived_right(asked: Asked, recording: Recording) -> bool:
    """The caller's bytes, and of credentials one of ours and no other."""
    credentials = [(name, value) for name, value in asked.headers if name in CREDENTIALS]
    return (asked.method, asked.target, asked.body) == (recording.method, sent(recording), recording.request) and (
        credentials in [[(b"x-goog-api-key", key.secret.encode())] for key in KEYS]
    )


def sent(recording: Recording) -> str:
    """The path as Google should see it: a retired model's name follows the alias table, nothing else changes."""
    resource, colon, method = recording.target.partition(":")
    if not resource.startswith("models/"):
        return f"/{recording.version}/{recording.target}"
    model = successor(resource.removeprefix("models/"), frozenset(), datetime.now(UTC).date())
    return f"/{recording.version}/models/{model}{colon}{method}"


def kind_of(recording: Recording, prefix: str) -> str:
    """How it is told: as Google said it, or one of the departures."""
    if recording.kind == "models.list":
        return "merged lists"
    if recording.status < 400:
        return "cut streams" if _is_cut(recording) else "answers"
    blame = classify(recording.status, recording.reply).blame
    match blame:
        case Blame.KEY | Blame.PROJECT:
            return "errors about our keys"
        case Blame.OURS:
            return "our own mistakes"
        case Blame.QUOTA if prefix != STRICT:
            return "spent quotas"
        case _:
            return "errors of Google's"


def _is_cut(recording: Recording) -> bool:
    """Hand-made fixtures only."""
    generated = recording.kind == "streamGenerateContent" and "event-stream" in recording.content_type
    return generated and b'"finishReason"' not in recording.reply and b'"blockReason"' not in recording.reply


def reached(kind: str, asked: list[Asked], recording: Recording) -> bool:
    """Did Google get what it should? What it is asked for lists is the gateway's own question."""
    return kind == "merged lists" or (bool(asked) and all(arrived_right(one, recording) for one in asked))


def fits(kind: str, status: int, headers: Mapping[str, str], body: bytes, recording: Recording) -> bool:
    """Did the caller get what it should?"""
    content_type = headers.get("content-type", "")
    match kind:
        case "answers":
            return (status, body) == (recording.status, recording.reply) and same_type(content_type, recording)
        case "errors of Google's":
            return (status, body) == (recording.status, recording.reply) and "json" in content_type
        case "merged lists":
            listed = msgspec.json.decode(body, type=_Listed).models
            return status == 200 and len(listed) > 1 and all(bytes(one) in recording.reply for one in listed)
        case _:
            told = DEPARTURES[kind].status
            return (status, json.loads(body)["error"]["code"]) == (told, told)


class _Listed(msgspec.Struct):
    models: list[msgspec.Raw]


def same_type(content_type: str, recording: Recording) -> bool:
    return content_type.partition(";")[0] == recording.content_type.partition(";")[0]
