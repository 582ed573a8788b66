"""What a whole and right answer is, for each section of the manual. Nothing of the manual's own words stands here."""

from __future__ import annotations

import io
import json
import math
import urllib.request
import wave
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.e2e.manual.conftest import PAID, PNG
from tests.e2e.processes import requests

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.processes import Answer, Google

Check: TypeAlias = "Callable[[Answer, Any, Google], None]"
"""Takes the answer, the JSON that was sent, and the fake Google that was asked."""
VECTOR = 768  # numbers that the retired model's callers have stored
RATE = 24_000  # samples a second of Google's voices


def chat(answer: Answer, asked: Any, google: Google) -> None:
    message = _message(answer, asked)
    assert asked["messages"][-1]["content"] in message["content"]
    assert answer.headers["content-type"] == "application/json"


def stream(answer: Answer, asked: Any, google: Google) -> None:
    """Every message begins with `data:`, the last is `[DONE]`, and what is between is one whole answer."""
    assert answer.headers["content-type"].startswith("text/event-stream")
    *messages, done, rest = answer.body.decode().split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    assert all(message.startswith("data: ") for message in messages)
    chunks = [json.loads(message.removeprefix("data: ")) for message in messages]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    choices = [chunk["choices"][0] for chunk in chunks]  # an empty list would be the end of many clients
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["stop"]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    assert asked["messages"][-1]["content"] in text


def search(answer: Answer, asked: Any, google: Google) -> None:
    """Google is asked to search, and its sources reach the caller."""
    message = _message(answer, asked)
    cited = [one["url_citation"]["url"] for one in message["annotations"]]
    assert cited
    assert all(url.startswith("https://") for url in cited)
    assert _sent(google)["tools"] == [{"googleSearch": {}}]


def image(answer: Answer, asked: Any, google: Google) -> None:
    """The model sees the picture itself."""
    assert _message(answer, asked)["content"]
    text, picture = _sent(google)["contents"][0]["parts"]
    assert text == {"text": asked["messages"][0]["content"][0]["text"]}
    assert (picture["inlineData"]["mimeType"], len(picture["inlineData"]["data"])) == (
        "image/png",
        -(-len(PNG) // 3) * 4,
    )


def picture(answer: Answer, asked: Any, google: Google) -> None:
    """An address that any browser opens, made with the key that is paid for."""
    assert answer.status == 200, answer.body
    (made,) = answer.json["data"]
    with urllib.request.urlopen(made["url"], timeout=10) as opened:
        assert (opened.headers["Content-Type"], opened.read(8)) == ("image/png", PNG[:8])
    (drew,) = requests(google)
    assert dict(drew["headers"])["x-goog-api-key"] == PAID
    assert asked["prompt"] in json.dumps(_sent(google), ensure_ascii=False)


def vector(answer: Answer, asked: Any, google: Google) -> None:
    assert answer.status == 200, answer.body
    body = answer.json
    (only,) = body["data"]
    assert (body["object"], body["model"]) == ("list", asked["model"])
    assert (only["object"], only["index"], len(only["embedding"])) == ("embedding", 0, VECTOR)
    assert math.fsum(one * one for one in only["embedding"]) == pytest.approx(1.0)
    assert body["usage"]["prompt_tokens"] == body["usage"]["total_tokens"] > 0
    assert _sent(google)["requests"][0]["content"]["parts"] == [{"text": asked["input"]}]


def sound(answer: Answer, asked: Any, google: Google) -> None:
    assert (answer.status, answer.headers["content-type"]) == (200, "audio/wav"), answer.body[:500]
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        assert file.getnframes() * 2 == len(file.readframes(file.getnframes())) == len(answer.body) - 44
    sent = _sent(google)
    assert sent["contents"][0]["parts"] == [{"text": asked["input"]}]
    voice = sent["generationConfig"]["speechConfig"]["voiceConfig"]["prebuiltVoiceConfig"]["voiceName"]
    assert voice == asked["voice"]


def native(answer: Answer, asked: Any, google: Google) -> None:
    """Google's own answer, laid out as Google does it, to one attempt with nothing of the body changed."""
    assert answer.status == 200, answer.body
    (candidate,) = answer.json["candidates"]
    text = "".join(part["text"] for part in candidate["content"]["parts"])
    assert asked["contents"][0]["parts"][0]["text"] in text
    assert (candidate["content"]["role"], candidate["finishReason"]) == ("model", "STOP")
    assert answer.body == json.dumps(answer.json, ensure_ascii=False, indent=2).encode() + b"\n"
    (sent,) = requests(google)
    assert json.loads(sent["body"]) == asked
    assert answer.headers["gemini-balance-model"] == "gemini-flash-latest"


CHECKS: dict[str, Check] = {
    "2.1": chat,
    "2.2": stream,
    "2.3": search,
    "2.4": image,
    "2.5": picture,
    "2.6": vector,
    "2.7": sound,
    "3": native,
}


def _message(answer: Answer, asked: Any) -> Any:
    """Of a whole chat completion in which the usage adds up."""
    assert answer.status == 200, answer.body
    body = answer.json
    assert (body["object"], body["model"]) == ("chat.completion", asked["model"])
    (choice,) = body["choices"]
    assert (choice["index"], choice["finish_reason"], choice["message"]["role"]) == (0, "stop", "assistant")
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    return choice["message"]


def _sent(google: Google) -> Any:
    return json.loads(requests(google)[-1]["body"])
