"""What a caller has got: a whole answer, an error it can read, or something that only looks like an answer."""

from dataclasses import dataclass
from typing import Any

import msgspec

from bench.balance.ledger import Ending

BUSY = "rate_limit_exceeded"
DONE = b"[DONE]"


@dataclass(frozen=True)
class Answer:
    """One HTTP reply. `whole`: it came to the end that HTTP marks."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool


def ending_of(answer: Answer, *, expected: str, streamed: bool) -> Ending:
    """How the call ended, judged by what a client library sees."""
    if not answer.whole:
        return Ending.SILENT
    if answer.status != 200:
        return _refusal(answer)
    return _stream(answer.body, expected) if streamed else _completion(answer.body, expected)


def _refusal(answer: Answer) -> Ending:
    code = _error(msgspec.json.decode(answer.body))
    if code == BUSY and "retry-after" in answer.headers:
        return Ending.REFUSED
    return Ending.TOLD if code else Ending.SILENT


def _completion(body: bytes, expected: str) -> Ending:
    (choice,) = msgspec.json.decode(body)["choices"]
    good = choice["message"]["content"] == expected and choice["finish_reason"] == "stop"
    return Ending.GOOD if good else Ending.SILENT


def _stream(body: bytes, expected: str) -> Ending:
    """In an open stream nothing but an error event can refuse a call."""
    events = [line.removeprefix(b"data: ") for line in body.splitlines() if line.startswith(b"data: ")]
    chunks = [msgspec.json.decode(event) for event in events if event != DONE]
    codes = [code for chunk in chunks if (code := _error(chunk))]
    if codes:
        return Ending.REFUSED if codes == [BUSY] else Ending.TOLD
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    text = "".join(choice["delta"].get("content") or "" for choice in choices)
    finished = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")] == ["stop"]
    return Ending.GOOD if text == expected and finished and events[-1] == DONE else Ending.SILENT


def _error(said: Any) -> str:
    """The code of an error in OpenAI's envelope; nothing where there is none."""
    return str((said.get("error") or {}).get("code") or "")
