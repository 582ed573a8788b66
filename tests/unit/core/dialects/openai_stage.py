"""Requests and replies of the OpenAI dialect, as tests write them."""

import json
from typing import Any

from gemini_balance.core.call import Call, Inbound, Operation
from gemini_balance.core.dialects import Moment
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.dialects.openai.encoder import ChatEncoder
from gemini_balance.core.gemini.events import Event
from gemini_balance.core.options import Options

HI = {"role": "user", "content": "Hi"}
COUNTED = {
    "promptTokenCount": 7,
    "candidatesTokenCount": 3,
    "thoughtsTokenCount": 2,
    "toolUsePromptTokenCount": 5,
    "cachedContentTokenCount": 4,
    "totalTokenCount": 17,
}
PREDICTED = {"accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 5,
    "total_tokens": 17,
    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
    "completion_tokens_details": PREDICTED | {"reasoning_tokens": 2, "audio_tokens": 0},
}


def asked(headers: dict[bytes, bytes] | None = None, **body: Any) -> Call:
    sent = json.dumps({"model": "m", "messages": [HI]} | body).encode()
    return OPENAI.decode(Operation.GENERATE, Inbound("POST", "/v1/chat/completions", b"", headers or {}, sent))


def candidate(*parts: dict[str, Any], finish: str = "", index: int = 0, **more: Any) -> dict[str, Any]:
    ending = {"finishReason": finish} if finish else {}
    return {"content": {"role": "model", "parts": list(parts)}} | ({"index": index} if index else {}) | ending | more


def event(*candidates: dict[str, Any], **more: Any) -> Event:
    data = json.dumps(({"candidates": candidates} if candidates else {}) | more).encode()
    return Event(b"data: " + data + b"\r\n\r\n", data)


def encoder(show_thoughts: bool = True, **body: Any) -> ChatEncoder:
    return OPENAI.encoder(asked(**body), Moment("1", 1_800_000_000), Options(show_thinking_process=show_thoughts))


def whole(reply: Event, *, show_thoughts: bool = True, model: str = "m") -> Any:
    return json.loads(encoder(show_thoughts=show_thoughts, model=model).whole(reply))


def streamed(*events: Event, show_thoughts: bool = True, include_usage: bool = False, **body: Any) -> list[Any]:
    """The chunks of a stream, decoded; the last is the text that isn't JSON."""
    options = {"include_usage": True} if include_usage else None
    chat = encoder(show_thoughts, stream=True, stream_options=options, **body)
    sent = b"".join(chat.feed([event]) for event in events) + chat.finish(b"")
    lines = sent.decode().removesuffix("\n\n").split("\n\n")
    assert all(line.startswith("data: ") for line in lines)
    return [json.loads(line[6:]) if line != "data: [DONE]" else "[DONE]" for line in lines]


def deltas(chunks: list[Any]) -> list[tuple[Any, Any]]:
    """Of every chunk with choices, the first choice's delta and finish reason."""
    return [(c["choices"][0]["delta"], c["choices"][0]["finish_reason"]) for c in chunks[:-1] if c["choices"]]
