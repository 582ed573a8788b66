"""A Google that keeps files, caches, batches and interactions, each for the key that made it and for no other."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs

HIDDEN = 403, {"error": {"code": 403, "message": "You do not have permission to access it or it may not exist."}}
PIECE = 256 * 1024


@dataclass
class Call:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    target: str
    body: bytes = b""
    size: int = 0
    digest: str = ""
    whole: bool = True

    @property
    def key(self) -> str:
        return self.headers.get("x-goog-api-key", "")

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass
class SmallGoogle:
    """An ASGI app. `url` is where it believes to be; what came in is in `calls`, the newest last."""

    url: str = ""
    made: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)  # name → key, as told
    uploads: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # id → key, content type, bytes so far
    calls: list[Call] = field(default_factory=list)
    refusals: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # for the next calls
    no_uploads: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # what the next ones to begin are told
    looks: list[str] = field(default_factory=list)  # states that files are in at first: a look takes one away
    leaks: bool = False  # does it repeat the key in headers and errors?
    _numbers: Any = field(default_factory=lambda: count(1))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        call = await self._read(scope, receive)
        self.calls.append(call)
        if not call.whole:
            return
        status, body, headers = self._answer(call)
        if isinstance(body, int):
            await self._pour(send, body, headers, cut="cut" in call.query)
            return
        data = body if isinstance(body, bytes) else json.dumps(body, indent=1).encode()
        told = [(b"content-type", b"application/json; charset=UTF-8"), (b"x-secret", call.key.encode())]
        told = [pair for pair in told if pair[0].decode() not in headers]
        told += [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _read(self, scope: dict[str, Any], receive: Any) -> Call:
        query = scope["query_string"].decode()
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        flat = {name: values[0] for name, values in parse_qs(query).items()}
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        call = Call(scope["method"], scope["path"], flat, headers, target)
        digest, more = hashlib.sha256(), True
        while more:
            message = await receive()
            call.whole = message["type"] != "http.disconnect"
            piece, more = message.get("body", b""), message.get("more_body", False)
            digest.update(piece)
            call.size += len(piece)
            call.body += piece if call.size < 100_000 else b""
        call.digest = digest.hexdigest()
        return call

    async def _pour(self, send: Any, size: int, headers: dict[str, str], *, cut: bool) -> None:
        """A download of `size` bytes, or of only the first half of them."""
        told = [(name.encode(), value.encode()) for name, value in headers.items()]
        told.append((b"content-length", b"%d" % size))
        await send({"type": "http.response.start", "status": 200, "headers": told})
        piece = bytes(PIECE)
        for begin in range(0, size, PIECE):
            if cut and begin > size / 2:
                return
            await send({"type": "http.response.body", "body": piece[: size - begin], "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    def _answer(self, call: Call) -> tuple[int, Any, dict[str, str]]:
        pieces = call.path.strip("/").split("/")
        if self.refusals and call.method == "POST" and pieces[0] != "upload":
            return *self.refusals.pop(0), {}
        if pieces[0] == "upload":
            return self._upload(call)
        if pieces[0] == "download":
            return 200, int(call.query.get("size", "1000")), {"content-type": "video/mp4", "etag": "x"}
        tail = "/".join(pieces[1:])
        if tail.startswith("models/"):
            return self._asked(call, tail)
        if "/" not in tail:
            return self._list(call, tail) if call.method == "GET" else self._make(call, tail)
        return self._one(call, tail)

    def _asked(self, call: Call, tail: str) -> tuple[int, Any, dict[str, str]]:
        if "/operations/" in tail:
            return self._one(call, tail)
        named = [name for name in self.made if f'{name}"' in call.body.decode()]
        if any(self.made[name][0] != call.key for name in named):
            return *HIDDEN, {}
        model, _, method = tail.partition(":")
        if method == "batchGenerateContent":
            return self._make(call, "batches")
        if method == "predictLongRunning":
            return self._make(call, f"{model}/operations")
        part = {"text": call.key}
        reply = {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}]}
        return 200, reply if method == "generateContent" else {"method": method, "key": call.key}, {}

    def _make(self, call: Call, collection: str) -> tuple[int, Any, dict[str, str]]:
        number = next(self._numbers)
        if collection == "interactions":
            told = {"id": f"v1_{number}", "object": "interaction", "status": "completed", "key": call.key}
            self.made[f"interactions/v1_{number}"] = (call.key, told)
            previous = call.json.get("previous_interaction_id")
            if previous and self.made.get(f"interactions/{previous}", ("",))[0] != call.key:
                return *HIDDEN, {}
            if call.json.get("stream"):
                first = {"interaction": told, "event_type": "interaction.created"}
                events = f"event: interaction.created\ndata: {json.dumps(first)}\n\nevent: done\ndata: [DONE]\n\n"
                return 200, events.encode(), {"content-type": "text/event-stream"}
            return 200, told, {}
        name = f"{collection}/n{number}"
        told = {"name": name, "displayName": call.json.get("displayName", ""), "key": call.key}
        self.made[name] = (call.key, told)
        return 200, told, {}

    def _one(self, call: Call, tail: str) -> tuple[int, Any, dict[str, str]]:
        name, _, verb = tail.partition(":")
        key, told = self.made.get(name, ("", {}))
        if key != call.key:
            status, error = HIDDEN
            return status, {"error": error["error"] | ({"key": call.key} if self.leaks else {})}, {}
        if call.method == "DELETE":
            del self.made[name]
            return 200, {}, {}
        if verb == "download":
            return 302, b"", {"location": f"{self.url}/download/{call.path[1:]}?alt=media&key={call.key}"}
        if self.looks and name.startswith("files/"):
            return 200, told | {"state": self.looks.pop(0)}, {}
        return 200, told, {}

    def _list(self, call: Call, collection: str) -> tuple[int, Any, dict[str, str]]:
        mine = [
            told for name, (key, told) in self.made.items() if key == call.key and name.startswith(f"{collection}/")
        ]
        begin, size = int(call.query.get("pageToken", "0")), int(call.query.get("pageSize", "10"))
        more = {"nextPageToken": str(begin + size)} if begin + size < len(mine) else {}
        return 200, {collection: mine[begin : begin + size]} | more if mine else {}, {}

    def _upload(self, call: Call) -> tuple[int, Any, dict[str, str]]:
        command = call.headers.get("x-goog-upload-command", "")
        if command == "start" and self.no_uploads:
            status, error = self.no_uploads.pop(0)
            return status, json.loads(json.dumps(error).replace("THE KEY", call.key)), {}
        if command == "start":
            upload = f"AJ5rDh-{next(self._numbers)}_x"
            self.uploads[upload] = (call.key, call.headers.get("x-goog-upload-header-content-type", ""), 0)
            address = f"{self.url}{call.path}?upload_id={upload}&upload_protocol=resumable"
            told = {"x-goog-upload-status": "active", "x-goog-upload-url": address, "content-type": "text/plain"}
            return 200, b"", told | {"x-goog-upload-control-url": address, "x-goog-upload-chunk-granularity": "8388608"}
        upload = call.query.get("upload_id", "")
        key, content_type, size = self.uploads.get(upload, ("", "", 0))
        if key != call.key:
            return 404, b"", {"x-goog-upload-status": "cancelled"}
        if int(call.headers.get("x-goog-upload-offset", "0")) != size:
            error = {"error": {"code": 400, "message": "Wrong offset.", "status": "INVALID_ARGUMENT"}}
            return 400, error, {"x-goog-upload-status": "active", "x-goog-upload-size-received": str(size)}
        self.uploads[upload] = (key, content_type, size + call.size)
        if "finalize" not in command:
            return 200, b"", {"x-goog-upload-status": "active", "content-type": "text/plain"}
        name = f"files/f{next(self._numbers)}"
        told = {"name": name, "sizeBytes": str(size + call.size), "mimeType": content_type, "state": "ACTIVE"}
        told |= {"uri": f"{self.url}/v1beta/{name}", "sha256Hash": call.digest}
        self.made[name] = (key, told)
        shown = told | ({"state": self.looks.pop(0)} if self.looks else {})
        return 200, {"file": shown}, {"x-goog-upload-status": "final"}
