"""Recorded exchanges as the bytes that would have gone over the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

KINDS = ("generateContent", "streamGenerateContent")
STAND_IN = b'{ "contents" : [ { "parts" : [ { "text" : "as recorded, the request is not known" } ] } ] }'


@dataclass(frozen=True)
class Recording:
    """One exchange; `target` is the path below the version's prefix, query included."""

    name: str
    version: str
    target: str
    request: bytes
    status: int
    content_type: str
    reply: bytes


def recordings(corpus: Path) -> Iterator[Recording]:
    for row in map(json.loads, (corpus / "index.jsonl").read_text().splitlines()):
        if row["family"] == "gemini" and row["kind"] in KINDS:
            found = recording(row["file"], json.loads((corpus / row["file"]).read_bytes()))
            if found.reply:
                yield found


def recording(name: str, exchange: dict[str, Any]) -> Recording:
    request, response = exchange["request"], exchange["response"]
    version, _, target = request["path"].lstrip("/").partition("/")
    query = [(key, value) for key, value in request["query"] or [] if key != "key"]
    if "chunks" in response and response["status"] < 400 and ["alt", "sse"] not in request["query"]:
        query.append(("alt", "sse"))  # its answer is an event stream, so this is what was asked
    headers = response["headers"] or {}
    return Recording(
        name,
        version,
        target + (f"?{urlencode(query)}" if query else ""),
        json.dumps(request["body"], ensure_ascii=False, indent=1).encode() if request.get("body") else STAND_IN,
        response["status"],
        headers.get("content-type") or ("text/event-stream" if "chunks" in response else "application/json"),
        _reply(response),
    )


def _reply(response: dict[str, Any]) -> bytes:
    """The exact text where it was recorded, else one canonical serialisation, as Google lays it out."""
    if "raw" in response:
        return str(response["raw"]).encode()
    if "chunks" in response:
        data = [json.dumps(chunk["data"], ensure_ascii=False) for chunk in response["chunks"]]
        return (data[0] if response["status"] >= 400 else "".join(f"data: {one}\r\n\r\n" for one in data)).encode()
    if isinstance(response["body"], list):
        elements = [json.dumps(one, ensure_ascii=False, indent=2) for one in response["body"]]
        return ("[" + "\n,\r\n".join(elements) + "\n]\n").encode()
    return json.dumps(response["body"], ensure_ascii=False, indent=2).encode()
