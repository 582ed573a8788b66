"""What interactions used."""

import json

import pytest

from gemini_balance.core.gemini.interactions import usage_at, usage_of
from gemini_balance.core.outcome import NO_USAGE, Usage

TOLD = {
    "total_tokens": 469,
    "total_input_tokens": 52,
    "input_tokens_by_modality": [{"modality": "text", "tokens": 52}],
    "total_cached_tokens": 3,
    "total_output_tokens": 20,
    "total_tool_use_tokens": 2,
    "total_thought_tokens": 395,
}
USED = Usage(prompt=52, cached=3, tool_use=2, output=20, thoughts=395, total=469)


@pytest.mark.parametrize(
    ("reply", "used"),
    [
        (json.dumps({"id": "v1_x", "usage": TOLD, "steps": []}).encode(), USED),
        (json.dumps({"interaction": {"usage": TOLD}, "event_type": "interaction.completed"}).encode(), USED),
        (b'{"id": "v1_x", "status": "in_progress"}', NO_USAGE),
        (b'{"usage": {"total_tokens": "many"}}', NO_USAGE),
        (b"[DONE]", NO_USAGE),
        (b"\xff", NO_USAGE),
    ],
)
def test_usage_is_read_from_the_interaction_or_from_the_event_that_completes_it(reply: bytes, used: Usage) -> None:
    assert usage_of(reply) == used


def test_in_a_stream_the_last_event_that_tells_it_counts_however_its_beginning_is_cut() -> None:
    told = json.dumps({"interaction": {"usage": TOLD}}).encode()
    early = json.dumps({"interaction": {"usage": TOLD | {"total_tokens": 1}}}).encode()
    end = b'ut"}\n\ndata: ' + early + b"\n\nevent: interaction.completed\ndata: " + told + b"\n\ndata: [DONE]\n\n"
    assert usage_at(end) == USED
    assert usage_at(b"data: {}\n\n") == NO_USAGE
