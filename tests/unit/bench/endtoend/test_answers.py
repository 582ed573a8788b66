"""How a caller's answer is judged."""

import json
from typing import Any

import pytest

from bench.balance.ledger import Ending
from bench.endtoend.answers import Answer, ending_of

TEXT = "Hello there"


def completion(content: str = TEXT, finish: str = "stop") -> Answer:
    return answer({"choices": [{"message": {"content": content}, "finish_reason": finish}]})


def answer(body: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, encoded(body), whole=True)


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def stream(*events: Any, done: bool = True, whole: bool = True) -> Answer:
    lines = [b": heartbeat", *(b"data: " + encoded(event) for event in events), *([b"data: [DONE]"] * done)]
    return Answer(200, {}, b"\n\n".join(lines), whole)


def chunk(content: str, finish: str | None = None) -> Any:
    return {"choices": [{"delta": {"content": content}, "finish_reason": finish}]}


def error(code: str) -> Any:
    return {"error": {"message": "", "type": "", "param": None, "code": code}}


@pytest.mark.parametrize(
    ("got", "ending"),
    [
        (completion(), Ending.GOOD),
        (completion("Hello"), Ending.SILENT),
        (completion(finish="length"), Ending.SILENT),
        (answer(error("rate_limit_exceeded"), 429, retry_after="7"), Ending.REFUSED),
        (answer(error("rate_limit_exceeded"), 429), Ending.TOLD),
        (answer(error("upstream_error"), 502), Ending.TOLD),
        (answer({}, 500), Ending.SILENT),
    ],
)
def test_a_whole_answer_is_good_when_every_word_is_there(got: Answer, ending: Ending) -> None:
    assert ending_of(got, expected=TEXT, streamed=False) is ending


@pytest.mark.parametrize(
    ("got", "ending"),
    [
        (stream(chunk("Hello "), chunk("there"), chunk("", "stop")), Ending.GOOD),
        (stream(chunk("Hello "), chunk("", "stop")), Ending.SILENT),
        (stream(chunk(TEXT)), Ending.SILENT),
        (stream(chunk(TEXT, "stop"), done=False), Ending.SILENT),
        (stream(chunk(TEXT, "stop"), whole=False), Ending.SILENT),
        (stream(chunk("Hello "), error("upstream_error"), done=False), Ending.TOLD),
        (stream(error("rate_limit_exceeded"), done=False), Ending.REFUSED),
    ],
)
def test_a_stream_is_good_when_it_also_ends_well(got: Answer, ending: Ending) -> None:
    assert ending_of(got, expected=TEXT, streamed=True) is ending
