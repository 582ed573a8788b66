"""Gemini's unary reply as a chat completion."""

from typing import Any

import pytest

from tests.unit.core.dialects.openai_stage import COUNTED, PREDICTED, USAGE, candidate, event, whole

TEXT, THOUGHT = {"text": "Hi"}, {"text": "hm", "thought": True}
FILTERED = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "MODEL_ARMOR")
NONE = {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": PREDICTED | {"reasoning_tokens": 0, "audio_tokens": 0},
}


def choice(content: str | None, finish: str = "stop", index: int = 0, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": []} | more
    return {"index": index, "message": message, "logprobs": None, "finish_reason": finish}


def test_a_whole_answer() -> None:
    reply = event(candidate(THOUGHT, TEXT, finish="STOP"), usageMetadata=COUNTED, modelVersion="gemini-x")
    assert whole(reply) == {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_800_000_000,
        "model": "m",
        "choices": [choice("Hi", reasoning_content="hm")],
        "usage": USAGE,
        "system_fingerprint": "gemini-x",
    }


@pytest.mark.parametrize(
    ("reply", "choices"),
    [
        pytest.param(
            event(candidate(TEXT, {"text": " you"}, finish="STOP")), [choice("Hi you")], id="parts are joined"
        ),
        pytest.param(event(candidate(TEXT, finish="MAX_TOKENS")), [choice("Hi", "length")], id="length"),
        pytest.param(event(candidate(TEXT, finish="CONTINUATION")), [choice("Hi", "length")], id="to be continued"),
        pytest.param(event(candidate(TEXT, finish="NEW_REASON")), [choice("Hi")], id="a reason we don't know"),
        pytest.param(event({"finishReason": "MAX_TOKENS"}), [choice("", "length")], id="no content at all"),
        pytest.param(
            event(candidate(TEXT, finish="STOP"), candidate({"text": "Ho"}, finish="MAX_TOKENS", index=1)),
            [choice("Hi"), choice("Ho", "length", 1)],
            id="n = 2",
        ),
        pytest.param(
            event(candidate(TEXT, finish="SAFETY", finishMessage="Too hot.")),
            [choice("Hi", "content_filter", refusal="Too hot.")],
            id="filtered, in Google's words",
        ),
        *(
            pytest.param(
                event({"finishReason": reason}),
                [choice("", "content_filter", refusal=f"Google's filter ended this answer ({reason}).")],
                id=reason,
            )
            for reason in FILTERED
        ),
        pytest.param(
            event(promptFeedback={"blockReason": "OTHER"}),
            [choice(None, "content_filter", refusal="Google's filter refused this prompt (OTHER).")],
            id="a blocked prompt",
        ),
        pytest.param(
            event(promptFeedback={"blockReason": "SAFETY", "blockReasonMessage": "No."}),
            [choice(None, "content_filter", refusal="No.")],
            id="a blocked prompt, in Google's words",
        ),
    ],
)
def test_candidates_become_choices(reply: Any, choices: list[dict[str, Any]]) -> None:
    assert whole(reply)["choices"] == choices


def test_thoughts_can_be_hidden() -> None:
    reply = event(candidate(THOUGHT, TEXT, finish="STOP"))
    assert whole(reply, show_thoughts=False)["choices"] == [choice("Hi")]


@pytest.mark.parametrize(
    ("counted", "usage"),
    [
        pytest.param({"usageMetadata": COUNTED}, USAGE, id="all"),
        pytest.param({}, NONE, id="none"),
        pytest.param(
            {"usageMetadata": {"promptTokenCount": 4, "totalTokenCount": 9}},
            NONE | {"prompt_tokens": 4, "total_tokens": 4},
            id="a total that does not add up",
        ),
    ],
)
def test_total_is_prompt_and_completion(counted: dict[str, Any], usage: dict[str, Any]) -> None:
    assert whole(event(candidate(TEXT, finish="STOP"), **counted))["usage"] == usage


def chunk(number: int) -> dict[str, Any]:
    return {"web": {"uri": f"https://{number}.example", "title": f"Page {number}"}}


def citation(number: int, begin: int, end: int) -> dict[str, Any]:
    place = {"start_index": begin, "end_index": end, "title": f"Page {number}", "url": f"https://{number}.example"}
    return {"url_citation": place, "type": "url_citation"}


@pytest.mark.parametrize(
    ("grounding", "annotations"),
    [
        pytest.param(
            {
                "groundingChunks": [chunk(0), chunk(1)],
                "groundingSupports": [
                    {"segment": {"endIndex": 6}, "groundingChunkIndices": [0]},
                    {"segment": {"startIndex": 7, "endIndex": 10}, "groundingChunkIndices": [0, 1]},
                ],
            },
            [citation(0, 0, 2), citation(0, 3, 6), citation(1, 3, 6)],
            id="places are characters, not bytes",
        ),
        pytest.param({"groundingChunks": [chunk(0)]}, [citation(0, 0, 0)], id="a source without a place"),
        pytest.param(
            {
                "groundingChunks": [chunk(0), {"maps": {}}],
                "groundingSupports": [{"segment": {"endIndex": 6}, "groundingChunkIndices": [1, 7, 0]}],
            },
            [citation(0, 0, 2)],
            id="a source that is no web page, and one that isn't there",
        ),
    ],
)
def test_sources_are_annotations(grounding: dict[str, Any], annotations: list[dict[str, Any]]) -> None:
    reply = event(candidate({"text": "你好 abc"}, finish="STOP", groundingMetadata=grounding))
    extra = {"google": {"grounding_metadata": grounding}}
    assert whole(reply)["choices"] == [choice("你好 abc", annotations=annotations, extra_content=extra)]


def test_an_answer_without_sources_has_no_annotations() -> None:
    reply = event(candidate(TEXT, finish="STOP", groundingMetadata={"webSearchQueries": ["x"]}))
    extra = {"google": {"grounding_metadata": {"webSearchQueries": ["x"]}}}
    assert whole(reply)["choices"] == [choice("Hi", extra_content=extra)]
