"""Recorded exchanges as the bytes that would have gone over the wire."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

GENERATES = ("generateContent", "streamGenerateContent")
STAND_IN = b'{ "contents" : [ { "parts" : [ { "text" : "as recorded, the request is not known" } ] } ] }'
UNKNOWN: dict[str, Any] = {"method": "POST", "path": "/v1beta/models/gemini-2.5-flash:generateContent", "query": []}
"""What an error was quoted without."""
_VERSIONED = re.compile(r"/((?:upload/)?v\d\w*)/(.+)")


@dataclass(frozen=True)
class Recording:
    """One exchange; `target` is the path below the version's prefix, query included. `headers` are the reply's."""

    name: str
    kind: str
    method: str
    version: str
    target: str
    request: bytes
    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    reply: bytes


def recordings(corpus: Path) -> Iterator[Recording]:
    """Of calls that generate, those whose answer is known."""
    return (one for one in exchanges(corpus) if one.kind in GENERATES and one.reply)


def exchanges(corpus: Path) -> Iterator[Recording]:
    """Every native one, quoted errors included; lists of models last, for the gateway then knows which exist."""
    rows = map(json.loads, (corpus / "index.jsonl").read_text().splitlines())
    for row in sorted(rows, key=lambda row: row["kind"] == "models.list"):
        if row["family"] == "gemini":
            yield recording(row["file"], json.loads((corpus / row["file"]).read_bytes()))


def recording(name: str, exchange: dict[str, Any]) -> Recording:
    request, response = exchange["request"] or UNKNOWN, exchange["response"]
    # Where only the answer was kept, the method stands in the path as the recorder called it.
    path = re.sub(r"models/unknown:interactions\.create$", "interactions", request["path"])
    found = _VERSIONED.fullmatch(path)
    assert found is not None, name
    query = [(key, value) for key, value in request["query"] or [] if key != "key"]
    if _was_streamed(exchange["kind"], response) and ["alt", "sse"] not in request["query"]:
        query.append(("alt", "sse"))  # its answer is an event stream, so this is what was asked
    headers = response["headers"] or {}
    content_type = headers.get("content-type") or ("text/event-stream" if "chunks" in response else "application/json")
    return Recording(
        name,
        exchange["kind"],
        request["method"],
        found[1],
        found[2] + (f"?{urlencode(query)}" if query else ""),
        _request(request),
        response["status"],
        content_type,
        tuple((headers | {"content-type": content_type}).items()),
        _reply(response),
    )


def _was_streamed(kind: str, response: dict[str, Any]) -> bool:
    return kind in GENERATES and "chunks" in response and response["status"] < 400


def _request(request: dict[str, Any]) -> bytes:
    if request["method"] in ("GET", "DELETE"):
        return b""
    if request.get("body_raw"):
        return str(request["body_raw"]).encode()
    return json.dumps(request["body"], ensure_ascii=False, indent=1).encode() if request.get("body") else STAND_IN


def _reply(response: dict[str, Any]) -> bytes:
    """The exact text where it was recorded, else one canonical serialisation, as Google lays it out."""
    if "raw" in response:
        return str(response["raw"]).encode()
    if "chunks" in response:
        return _events(response["chunks"], response["status"])
    body = response["body"]
    if body is None:
        return b""
    if isinstance(body, list):
        elements = [json.dumps(one, ensure_ascii=False, indent=2) for one in body]
        return ("[" + "\n,\r\n".join(elements) + "\n]\n").encode()
    return json.dumps(body, ensure_ascii=False, indent=2).encode()


def _events(chunks: list[dict[str, Any]], status: int) -> bytes:
    data = [json.dumps(chunk["data"], ensure_ascii=False) for chunk in chunks]
    if status >= 400:
        return data[0].encode()
    names = [f"event: {chunk['event']}\n" if chunk.get("event") else "" for chunk in chunks]
    return "".join(f"{name}data: {one}\r\n\r\n" for name, one in zip(names, data, strict=True)).encode()
