"""Tokens are four bytes each."""

import pytest

from gemini_balance.simulator.schema import Content, FunctionCall, GenerateContentRequest, Part, Tool
from gemini_balance.simulator.tokens import count_prompt, count_text, first_tokens


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("你好", 2), ("ü" * 4, 2)])
def test_a_text_counts_its_bytes(text: str, tokens: int) -> None:
    assert count_text(text) == tokens


@pytest.mark.parametrize(("text", "tokens", "kept"), [("abcdefgh", 1, "abcd"), ("你好吗", 1, "你"), ("ab", 9, "ab")])
def test_a_cut_never_splits_a_character(text: str, tokens: int, kept: str) -> None:
    assert first_tokens(text, tokens) == kept


def test_system_text_tools_and_calls_count_as_text() -> None:
    said = [Content(parts=[Part(text="abcd"), Part(function_call=FunctionCall(name="f"))])]
    bare = GenerateContentRequest(contents=said)
    rich = GenerateContentRequest(
        contents=said, system_instruction=Content(parts=[Part(text="abcdefgh")]), tools=[Tool()]
    )
    assert list(count_prompt(bare)) == ["TEXT"]
    assert count_prompt(rich)["TEXT"] > count_prompt(bare)["TEXT"] + 2
