"""Google's replies, as tests of speech and transcripts write them."""

import json
from base64 import b64encode
from typing import Any

from gemini_balance.core.gemini.events import Event

TYPE = "audio/L16;codec=pcm;rate=24000"


def event(*parts: dict[str, Any], finish: str = "", **more: Any) -> Event:
    content: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}} if parts else {}
    ending = {"finishReason": finish} if finish else {}
    data = json.dumps({"candidates": [content | ending]} | more).encode()
    return Event(b"data: " + data + b"\r\n\r\n", data)


def sound(samples: bytes, kind: str = TYPE) -> dict[str, Any]:
    return {"inlineData": {"mimeType": kind, "data": b64encode(samples).decode()}}


def blocked(reason: str = "PROHIBITED_CONTENT") -> Event:
    data = json.dumps({"promptFeedback": {"blockReason": reason}}).encode()
    return Event(data, data)


def told(stream: bytes) -> list[Any]:
    """The events of an OpenAI stream."""
    lines = stream.decode().removesuffix("\n\n").split("\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines]
