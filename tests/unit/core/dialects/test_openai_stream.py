"""Gemini's stream as chunks, in the order that OpenAI's own have."""

import json
from typing import Any

import pytest

from gemini_balance.core.errors import UpstreamFailed
from tests.unit.core.dialects.openai_stage import COUNTED, USAGE, candidate, deltas, encoder, event, streamed

TEXT, THOUGHT = {"text": "Hi"}, {"text": "hm", "thought": True}
ROLE = ({"role": "assistant", "content": "", "refusal": None}, None)


def chunk(delta: dict[str, Any] | None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_800_000_000, "model": "m"}
    return head | {"choices": choices, "system_fingerprint": "v"} | more


def said(*events: Any, **more: Any) -> list[Any]:
    return deltas(streamed(*events, **more))


def test_a_stream_without_usage_has_a_choice_in_every_chunk() -> None:
    events = event(candidate(TEXT), modelVersion="v"), event(candidate({"text": " you"}, finish="STOP"))
    assert streamed(*events) == [
        chunk(ROLE[0]),
        chunk({"content": "Hi"}),
        chunk({"content": " you"}),
        chunk({}, "stop"),
        "[DONE]",
    ]


def test_a_stream_with_usage_has_null_before_and_a_chunk_without_choices_at_its_end() -> None:
    reply = event(candidate(TEXT, finish="STOP"), modelVersion="v", usageMetadata=COUNTED)
    assert streamed(reply, include_usage=True) == [
        chunk(ROLE[0], usage=None),
        chunk({"content": "Hi"}, usage=None),
        chunk({}, "stop", usage=None),
        chunk(None, usage=USAGE),
        "[DONE]",
    ]


def test_usage_is_the_last_one_told() -> None:
    early = event(candidate(TEXT), usageMetadata={"promptTokenCount": 1})
    late = event(candidate(finish="STOP"), usageMetadata=COUNTED)
    assert streamed(early, late, event(), include_usage=True)[-2]["usage"] == USAGE


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            [event(candidate(THOUGHT)), event(candidate(TEXT, finish="STOP"))],
            [ROLE, ({"reasoning_content": "hm"}, None), ({"content": "Hi"}, None), ({}, "stop")],
            id="thoughts first",
        ),
        pytest.param(
            [event(candidate(TEXT, {"text": "!"}, finish="MAX_TOKENS"))],
            [ROLE, ({"content": "Hi"}, None), ({"content": "!"}, None), ({}, "length")],
            id="two parts in one event",
        ),
        pytest.param(
            [event(candidate(TEXT, finish="STOP")), event(candidate({"text": "!"}, finish="MAX_TOKENS"))],
            [ROLE, ({"content": "Hi"}, None), ({"content": "!"}, None), ({}, "length")],
            id="the last reason counts, and comes once",
        ),
        pytest.param(
            [event(candidate({"text": ""})), event(candidate({"text": "", "thoughtSignature": "s"}, finish="STOP"))],
            [ROLE, ({"extra_content": {"google": {"thought_signature": "s"}}}, "stop")],
            id="empty texts are not sent, but the signature on one is",
        ),
        pytest.param(
            [event(candidate(TEXT)), event(candidate(finish="SAFETY", finishMessage="Too hot."))],
            [ROLE, ({"content": "Hi"}, None), ({"refusal": "Too hot."}, "content_filter")],
            id="filtered on the way",
        ),
        pytest.param(
            [event(promptFeedback={"blockReason": "SAFETY"})],
            [ROLE, ({"refusal": "Google's filter refused this prompt (SAFETY)."}, "content_filter")],
            id="a blocked prompt",
        ),
    ],
)
def test_deltas_come_in_order(events: list[Any], expected: list[Any]) -> None:
    assert said(*events) == expected


def test_thoughts_can_be_hidden() -> None:
    events = event(candidate(THOUGHT)), event(candidate(TEXT, finish="STOP"))
    assert said(*events, show_thoughts=False) == [ROLE, ({"content": "Hi"}, None), ({}, "stop")]


def test_each_choice_has_its_role_first_and_its_reason_last() -> None:
    events = (
        event(candidate(TEXT), candidate({"text": "Ho"}, index=1)),
        event(candidate(finish="STOP"), candidate(finish="MAX_TOKENS", index=1)),
    )
    sent = [
        (one["index"], one["delta"].get("content"), one["finish_reason"])
        for chunk in streamed(*events)[:-1]
        for one in chunk["choices"]
    ]
    assert sent == [
        *((0, "", None), (0, "Hi", None), (1, "", None), (1, "Ho", None)),
        *((0, None, "stop"), (1, None, "length")),
    ]


def test_sources_come_with_the_last_chunk_and_point_into_the_whole_text() -> None:
    grounding = {
        "groundingChunks": [{"web": {"uri": "https://a.example", "title": "A"}}],
        "groundingSupports": [{"segment": {"startIndex": 3, "endIndex": 6}, "groundingChunkIndices": [0]}],
    }
    events = (
        event(candidate({"text": "你"})),
        event(candidate({"text": "好"}, finish="STOP", groundingMetadata=grounding)),
    )
    place = {"start_index": 1, "end_index": 2, "title": "A", "url": "https://a.example"}
    annotations = [{"url_citation": place, "type": "url_citation"}]
    extra = {"google": {"grounding_metadata": grounding}}
    last = {"annotations": annotations, "extra_content": extra}
    assert said(*events, model="gemini-x-search")[-1] == (last, "stop")


@pytest.mark.parametrize(
    ("parts", "shown", "hidden"),
    [
        ([TEXT], True, True),
        ([THOUGHT], True, False),
        ([{"functionCall": {"name": "f", "args": {"a": 1}}}], True, True),
        ([{"text": ""}], False, False),
        ([], False, False),
    ],
    ids=["text", "thought", "call", "empty text", "role only"],
)
def test_what_a_caller_can_see(parts: list[Any], shown: bool, hidden: bool) -> None:
    events = [event(candidate(*parts))]
    assert (encoder().visible(events), encoder(show_thoughts=False).visible(events)) == (shown, hidden)


def test_a_failure_is_an_error_event() -> None:
    error = {"message": "Cut.", "type": "server_error", "param": None, "code": "upstream_error"}
    sent = encoder(stream=True).failure(UpstreamFailed("Cut.")).decode()
    assert sent.startswith("data: ")
    assert sent.endswith("\n\n")
    assert json.loads(sent[6:]) == {"error": error}


def test_a_heartbeat_is_a_comment_that_every_client_skips() -> None:
    assert encoder().heartbeat == b": keep-alive\n\n"
