"""What a reply of status 200 came to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gemini_balance.core.gemini.events import UNREADABLE, Event, decoded
from gemini_balance.core.gemini.verdict import Tally
from gemini_balance.core.outcome import Cause, Outcome, Usage

COUNTED = {"promptTokenCount": 7, "candidatesTokenCount": 3, "thoughtsTokenCount": 2, "totalTokenCount": 12}
USAGE = Usage(prompt=7, output=3, thoughts=2, total=12)
TEXT = {"text": "Hi"}
THOUGHT = {"text": "hm", "thought": True}
CALL = {"functionCall": {"name": "f", "args": {"a": [1]}}}
ERROR = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
ODD_DETAIL = {"reason": "API_KEY_INVALID", "metadata": 7}


def says(*parts: dict[str, Any], finish: str = "", **more: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}} | ({"finishReason": finish} if finish else {})
    return {"candidates": [candidate | more], "usageMetadata": COUNTED}


def blocked(reason: str, **more: Any) -> dict[str, Any]:
    return {"promptFeedback": {"blockReason": reason}, "usageMetadata": COUNTED} | more


def ends(finish: str) -> dict[str, Any]:
    return {"candidates": [{"finishReason": finish}], "usageMetadata": COUNTED}


def event(reply: object) -> Event:
    data = json.dumps(reply).encode()
    return Event(b"data: " + data + b"\r\n\r\n", data)


def judged(*replies: object, closed: bool = True) -> Outcome:
    tally = Tally()
    for reply in replies:
        tally.feed([event(reply)])
    return tally.verdict(closed=closed)


@pytest.mark.parametrize(
    ("replies", "cause", "finish"),
    [
        pytest.param([says(TEXT, finish="STOP")], Cause.ANSWERED, "STOP", id="whole"),
        pytest.param([says(TEXT), ends("STOP")], Cause.ANSWERED, "STOP", id="the reason in an event of its own"),
        pytest.param([says(CALL), ends("STOP")], Cause.ANSWERED, "STOP", id="a call"),
        pytest.param([says(TEXT, finish="MAX_TOKENS")], Cause.ANSWERED, "MAX_TOKENS", id="cut by the caller's limit"),
        pytest.param([ends("MAX_TOKENS")], Cause.ANSWERED, "MAX_TOKENS", id="a limit too small for any part"),
        pytest.param(
            [says({"executableCode": {"code": "1"}}, finish="STOP"), says(TEXT, finish="MAX_TOKENS")],
            Cause.ANSWERED,
            "MAX_TOKENS",
            id="the last reason counts",
        ),
        pytest.param([says(TEXT)], Cause.CUT, "", id="no reason"),
        pytest.param([], Cause.CUT, "", id="nothing at all"),
        pytest.param([{}], Cause.CUT, "", id="an empty object"),
        pytest.param(["text"], Cause.CUT, "", id="no object"),
        pytest.param([ends("STOP")], Cause.EMPTY, "STOP", id="no parts"),
        pytest.param([says({"text": ""}, finish="STOP")], Cause.EMPTY, "STOP", id="an empty text"),
        pytest.param([says({"text": "", "thoughtSignature": "s"}, finish="STOP")], Cause.EMPTY, "STOP", id="signed"),
        pytest.param([says(THOUGHT), ends("STOP")], Cause.THOUGHTS_ONLY, "STOP", id="thoughts only"),
        pytest.param([says(THOUGHT), says(TEXT), ends("STOP")], Cause.ANSWERED, "STOP", id="thoughts, then text"),
        *(
            pytest.param([ends(reason)], Cause.MALFORMED_CALL, reason, id=reason)
            for reason in ("MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL")
        ),
        pytest.param([says(TEXT, finish="MALFORMED_RESPONSE")], Cause.ANSWERED, "MALFORMED_RESPONSE", id="of use yet"),
        pytest.param([ends("SAFETY")], Cause.ANSWERED, "SAFETY", id="filtered without content"),
        pytest.param([blocked("PROHIBITED_CONTENT")], Cause.ANSWERED, "PROHIBITED_CONTENT", id="a blocked prompt"),
        pytest.param([blocked("OTHER")], Cause.ANSWERED, "OTHER", id="a prompt blocked for a vague reason"),
        pytest.param([blocked("BRAND_NEW")], Cause.ANSWERED, "BRAND_NEW", id="a prompt blocked for a new reason"),
        pytest.param([ends("OTHER")], Cause.EMPTY, "OTHER", id="an answer ended for a vague reason"),
        pytest.param([ends("BRAND_NEW")], Cause.EMPTY, "BRAND_NEW", id="an answer ended for a new reason"),
        pytest.param([says(TEXT, finish="BRAND_NEW")], Cause.ANSWERED, "BRAND_NEW", id="content and a new reason"),
        pytest.param([says({"hologram": {"x": 1}}, finish="STOP")], Cause.ANSWERED, "STOP", id="a part of a new kind"),
        pytest.param([says({"inlineData": {"data": "aa"}}, finish="STOP")], Cause.ANSWERED, "STOP", id="an image"),
        pytest.param([says({"fileData": {}}, finish="STOP")], Cause.ANSWERED, "STOP", id="a file"),
        pytest.param(
            [says({"codeExecutionResult": {"output": "1"}}, finish="STOP")], Cause.ANSWERED, "STOP", id="code's result"
        ),
    ],
)
def test_an_ending_has_a_name(replies: list[Any], cause: Cause, finish: str) -> None:
    outcome = judged(*replies)
    assert (outcome.cause, outcome.finish) == (cause, finish)


def test_a_stream_that_did_not_end_where_it_may_is_cut() -> None:
    assert judged(says(TEXT, finish="STOP"), closed=False).cause is Cause.CUT


@pytest.mark.parametrize("before", [[], [says(TEXT)], [says(THOUGHT)]], ids=["first", "after text", "after a thought"])
def test_an_error_inside_a_stream_is_judged_like_any_error(before: list[Any]) -> None:
    outcome = judged(*before, ERROR, ends("STOP"))
    assert (outcome.cause, outcome.status, outcome.message) == (Cause.MODEL_OVERLOADED, 503, "The model is overloaded.")


@pytest.mark.parametrize(
    ("error", "cause", "status"),
    [
        pytest.param({"status": "RESOURCE_EXHAUSTED"}, Cause.QUOTA_UNKNOWN, 429, id="no code"),
        pytest.param({"code": 14, "status": "UNAVAILABLE"}, Cause.MODEL_OVERLOADED, 503, id="no code of HTTP's"),
        pytest.param({"code": "x", "status": "DEADLINE_EXCEEDED"}, Cause.UPSTREAM_SLOW, 504, id="a word for a code"),
        pytest.param({"code": 400, "details": [ODD_DETAIL]}, Cause.KEY_DEAD, 400, id="a detail of another kind"),
        pytest.param({}, Cause.UPSTREAM_BROKEN, 500, id="nothing"),
    ],
)
def test_an_error_inside_a_stream_may_lack_what_others_have(error: dict[str, Any], cause: Cause, status: int) -> None:
    outcome = judged(says(TEXT), {"error": error})
    assert (outcome.cause, outcome.status) == (cause, status)


def test_an_error_that_is_only_talked_about_is_none() -> None:
    assert judged(says(TEXT), says({"text": '{"error": {"code": 500}}'}), ends("STOP")).cause is Cause.ANSWERED


@pytest.mark.parametrize(
    ("stream", "whole"),
    [
        pytest.param([says(THOUGHT), says(TEXT), ends("STOP")], says(THOUGHT, TEXT, finish="STOP"), id="answered"),
        pytest.param([says(THOUGHT), ends("STOP")], says(THOUGHT, finish="STOP"), id="thoughts only"),
        pytest.param([says({"text": ""}), ends("STOP")], says({"text": ""}, finish="STOP"), id="empty"),
        pytest.param([blocked("SAFETY")], blocked("SAFETY"), id="blocked"),
        pytest.param([says(THOUGHT), ends("MAX_TOKENS")], says(THOUGHT, finish="MAX_TOKENS"), id="limited"),
        pytest.param([ends("MALFORMED_FUNCTION_CALL")], ends("MALFORMED_FUNCTION_CALL"), id="malformed"),
    ],
)
def test_a_stream_and_the_unary_form_of_one_answer_agree(stream: list[Any], whole: object) -> None:
    assert judged(*stream) == judged(whole)
    assert judged(whole).usage == USAGE


def test_usage_is_the_last_events_as_it_is_cumulative() -> None:
    first = says(TEXT) | {"usageMetadata": {"promptTokenCount": 7, "totalTokenCount": 7}}
    assert judged(first, says(TEXT, finish="STOP")).usage == USAGE


def test_blanks_and_comments_count_for_nothing() -> None:
    tally = Tally()
    tally.feed([event(says(TEXT, finish="STOP")), Event(b": hi\n\n", b"")])
    assert tally.verdict(closed=True) == Outcome(Cause.ANSWERED, usage=USAGE, finish="STOP")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"candidates": 7}', b"[]", b"[{}]", b'{"candidates": [null]}'])
def test_an_event_that_is_no_reply_is_an_empty_one(data: bytes) -> None:
    assert Event(data, data).reply.candidates is None


def test_every_recorded_answer_can_be_read(corpus: Path) -> None:
    """One field of a type we did not expect would make a whole event unreadable, and its answer look cut."""
    unreadable = [name for name, data in _recorded(corpus) if decoded(data) is UNREADABLE]
    assert unreadable == []


def _recorded(corpus: Path) -> Iterator[tuple[str, bytes]]:
    for row in map(json.loads, (corpus / "index.jsonl").read_text().splitlines()):
        if row["family"] != "gemini" or row["kind"] not in ("generateContent", "streamGenerateContent"):
            continue
        response = json.loads((corpus / row["file"]).read_bytes())["response"]
        bodies = [chunk["data"] for chunk in response["chunks"]] if "chunks" in response else response["body"]
        for body in bodies if isinstance(bodies, list) else [bodies]:
            yield row["file"], json.dumps(body).encode()
