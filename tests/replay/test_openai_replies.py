"""Every recorded answer of Gemini's, told as OpenAI's: what comes out must hold all that the recording holds.

What is expected is read from the recording's plain JSON here, by other means than the code under test.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openai.types.chat import ChatCompletion

from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.dialects import Moment
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.dialects.openai.encoder import ChatEncoder
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.options import Options
from gemini_balance.core.wire.json_array import ArrayFramer
from gemini_balance.core.wire.sse import SseFramer
from tests.replay.recordings import Recording, recordings
from tests.unit.core.dialects.openai_reader import accumulated

FINISH = {
    None: "stop",
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
}
FENCE = re.compile(r"\n(`{3,})\w*\n.*?\n\1\n", re.DOTALL)
MOMENT = Moment("replay", 1_800_000_000)


@dataclass
class Said:
    """One candidate, as it is expected or as it was told."""

    text: str = ""
    thoughts: str = ""
    code: list[str] = field(default_factory=list)
    calls: list[tuple[str, Any, str | None]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    finish: str = "stop"


@dataclass
class Told:
    """A whole answer: its candidates, and prompt, completion, cached, thoughts of its usage."""

    said: dict[int, Said]
    usage: tuple[int, int, int, int]


def replies_in(recording: Recording) -> list[dict[str, Any]]:
    text = recording.reply.decode()
    if "event-stream" in recording.content_type:
        return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]
    whole = json.loads(text)
    return whole if isinstance(whole, list) else [whole]


def expected(replies: list[dict[str, Any]]) -> Told:
    told = Told({}, (0, 0, 0, 0))
    for reply in replies:
        counted = reply.get("usageMetadata")
        if counted:
            n = counted.get
            prompt = n("promptTokenCount", 0) + n("toolUsePromptTokenCount", 0)
            thoughts = n("thoughtsTokenCount", 0)
            completion = n("candidatesTokenCount", 0) + thoughts
            told.usage = (prompt, completion, n("cachedContentTokenCount", 0), thoughts)
        if reply.get("promptFeedback", {}).get("blockReason"):
            told.said[0] = Said(finish="content_filter")
        for candidate in reply.get("candidates") or []:
            add(told.said.setdefault(candidate.get("index", 0), Said()), candidate)
    if not told.said:
        told.said[0] = Said()
    return told


def add(said: Said, candidate: dict[str, Any]) -> None:
    for part in (candidate.get("content") or {}).get("parts") or []:
        if part.get("thought"):
            said.thoughts += part.get("text", "")
            continue
        said.text += part.get("text", "")
        if "executableCode" in part:
            said.code.append(part["executableCode"]["code"].rstrip())
        if part.get("codeExecutionResult", {}).get("output"):
            said.code.append(part["codeExecutionResult"]["output"].rstrip())
        if "functionCall" in part:
            add_call(said, part["functionCall"], part.get("thoughtSignature"))
        if "inlineData" in part:
            said.images.append(part["inlineData"]["data"])
    if "finishReason" in candidate:
        said.finish = FINISH.get(candidate["finishReason"], "stop")
    if said.calls and said.finish == "stop":
        said.finish = "tool_calls"


def add_call(said: Said, call: dict[str, Any], signature: str | None) -> None:
    """Vertex sends arguments in pieces, each for a place in them."""
    if "name" in call:
        said.calls.append((call["name"], call.get("args") or {}, signature))
    for piece in call.get("partialArgs", []):
        *way, last = re.split(r"[.\[\]]+", piece["jsonPath"].removeprefix("$.").removesuffix("]"))
        place: Any = said.calls[-1][1]
        for step, after in pairwise([*way, last]):
            if isinstance(place, list) and int(step) == len(place):
                place.append({})
            place = (
                place[int(step)] if isinstance(place, list) else place.setdefault(step, [] if after.isdigit() else {})
            )
        value = next(piece[key] for key in piece if key.endswith("Value"))
        place[last] = place[last] + value if last in place else value


def told_by(completion: ChatCompletion) -> Told:
    said = {}
    for choice in completion.choices:
        message = choice.message
        extra = message.model_extra or {}
        content = message.content or ""
        calls = [json_call(call.model_dump()) for call in message.tool_calls or []]
        images = [image["image_url"]["url"].partition(",")[2] for image in extra.get("images", [])]
        thoughts = extra.get("reasoning_content", "")
        code = [found.group(0).split("\n", 2)[2].rsplit("\n", 2)[0] for found in FENCE.finditer(content)]
        text = FENCE.sub("", content)
        said[choice.index] = Said(text, thoughts, code, calls, images, choice.finish_reason)
    usage = completion.usage
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    assert usage.completion_tokens_details is not None
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    cached, thinking = usage.prompt_tokens_details.cached_tokens, usage.completion_tokens_details.reasoning_tokens
    return Told(said, (usage.prompt_tokens, usage.completion_tokens, cached or 0, thinking or 0))


def json_call(call: dict[str, Any]) -> tuple[str, Any, str | None]:
    assert call["id"]
    signature = call.get("extra_content", {}).get("google", {}).get("thought_signature")
    return call["function"]["name"], json.loads(call["function"]["arguments"]), signature


def encoder(operation: Operation) -> ChatEncoder:
    return OPENAI.encoder(Call(operation, "gemini", include_usage=True), MOMENT, Options())


def streamed(pieces: Iterator[bytes], framing: Framing) -> bytes:
    chat, framer = encoder(Operation.STREAM), SseFramer() if framing is Framing.SSE else ArrayFramer()
    sent = [chat.feed(events_of(framer.feed(piece))) for piece in pieces]
    return b"".join(sent) + chat.feed(events_of(framer.last())) + chat.finish(b"")


def cuts(data: bytes) -> Iterator[list[int]]:
    """Where a network might cut: inside a character, between CR and LF, between and inside events, byte by byte."""
    inside = [at for at in range(1, len(data)) if data[at] & 0xC0 == 0x80]
    ends = [at for at in range(1, len(data)) if data[at - 1 : at + 1] == b"\r\n"]
    blanks = [found.end() for found in re.finditer(rb"\r\n\r\n", data)]
    for found in (inside, ends, blanks, [at + 1 for at in ends], [at + 2 for at in blanks]):
        yield [at for at in found[:: max(1, len(found) // 200)] if 0 < at < len(data)]
    yield list(range(7, len(data), 1021))
    if len(data) < 4_000:
        yield list(range(1, len(data)))


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    edges = [0, *places, len(data)]
    return (data[begin:end] for begin, end in pairwise(edges) if end > begin)


@pytest.fixture(scope="module")
def answers(corpus: Path) -> list[Recording]:
    return [one for one in recordings(corpus) if one.status < 400]


def framing_of(recording: Recording) -> Framing:
    if "event-stream" in recording.content_type:
        return Framing.SSE
    return Framing.ARRAY if recording.reply.lstrip().startswith(b"[") else Framing.WHOLE


def test_each_answer_is_told_whole(answers: list[Recording], capsys: pytest.CaptureFixture[str]) -> None:
    counted: Counter[str] = Counter()
    for recording in answers:
        replies = replies_in(recording)
        events = [Event(data, data) for data in (json.dumps(reply).encode() for reply in replies)]
        sent = encoder(Operation.GENERATE).whole(*events)
        assert told_by(ChatCompletion.model_validate_json(sent, strict=True)) == expected(replies), recording.name
        counted[framing_of(recording).name] += 1
    tell(capsys, "whole", counted)


def test_each_answer_is_told_as_a_stream(answers: list[Recording], capsys: pytest.CaptureFixture[str]) -> None:
    counted: Counter[str] = Counter()
    for recording in answers:
        framing, replies = framing_of(recording), replies_in(recording)
        if framing is Framing.WHOLE:  # as fake streaming does
            chat = encoder(Operation.STREAM)
            sent = chat.feed([Event(recording.reply, recording.reply)]) + chat.finish(b"")
        else:
            sent = streamed(iter([recording.reply]), framing)
        if not any(reply.get("candidates") or "blockReason" in reply.get("promptFeedback", {}) for reply in replies):
            assert b'"choices":[{' not in sent  # nothing to tell: the gateway gives an error before it comes to this
            counted["without any candidate"] += 1
            continue
        assert told_by(accumulated(sent)) == expected(replies), recording.name
        counted[framing.name] += 1
    tell(capsys, "streamed", counted)


def test_no_cut_changes_a_stream(answers: list[Recording], capsys: pytest.CaptureFixture[str]) -> None:
    counted: Counter[str] = Counter()
    for recording in answers:
        framing = framing_of(recording)
        if framing is Framing.WHOLE:
            continue
        uncut = streamed(iter([recording.reply]), framing)
        for places in cuts(recording.reply):
            assert streamed(cut(recording.reply, places), framing) == uncut, recording.name
            counted["ways to cut"] += 1
        counted[framing.name] += 1
    tell(capsys, "cut", counted)


def tell(capsys: pytest.CaptureFixture[str], how: str, counted: Counter[str]) -> None:
    with capsys.disabled():
        print(f"\nopenai replies, {how}: {dict(counted)}, all right")
    assert counted
