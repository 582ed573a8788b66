"""Long events of a stream in small ones."""

import json
from typing import Any

import pytest

from gemini_balance.core.gemini.events import Event
from gemini_balance.core.gemini.smoothing import smoothed


def event(*parts: dict[str, Any], **more: Any) -> Event:
    data = json.dumps({"candidates": [{"content": {"parts": parts}} | more], "usageMetadata": {"promptTokenCount": 1}})
    return Event(b"", data.encode())


def texts(events: list[Event]) -> list[Any]:
    return [one["candidates"][0]["content"]["parts"][0]["text"] for one in (json.loads(event.data) for event in events)]


def test_text_is_cut_and_all_else_goes_along() -> None:
    cut = smoothed([event({"text": "Hello world", "thought": True})], 4)
    assert texts(cut) == ["Hell", "o wo", "rld"]
    assert all(one.reply.usage_metadata and one.reply.candidates for one in cut)
    assert texts(smoothed([Event(b"", one.data) for one in cut], 2)) == ["He", "ll", "o ", "wo", "rl", "d"]


@pytest.mark.parametrize(
    "whole",
    [
        event({"text": "Hello"}),
        event({"text": "Hello world"}, finishReason="STOP"),
        event({"text": "Hello world"}, {"text": "!"}),
        event({"text": "Hello world", "thoughtSignature": "s"}),
        event({"functionCall": {"name": "a long function name"}}),
        Event(b": comment", b""),
    ],
    ids=["short", "the end", "two parts", "signed", "a call", "a comment"],
)
def test_what_is_more_than_text_stays_whole(whole: Event) -> None:
    assert smoothed([whole], 5) == [whole]
