"""Refusals of use cases, for readers of every language."""

from __future__ import annotations

from datetime import UTC

import pytest

from gemini_balance.console.faults import FAULTS, titles, told
from gemini_balance.console.refusals import Refusal, refusal
from gemini_balance.console.words import Words
from gemini_balance.core.errors import BadRequest, Conflict, GatewayError, StoreAway, TooLarge, TooManyAttempts

EN, ZH = Words("en", UTC, 0.0), Words("zh", UTC, 0.0)


def test_in_english_it_is_what_the_use_case_says() -> None:
    assert refusal(EN, BadRequest("A tag has no comma.", param="tags")) == Refusal("A tag has no comma.")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (BadRequest("Why."), "提交的内容有误。返回修改后再试。"),
        (Conflict("Why."), "与现有内容冲突，或者内容刚刚被修改过。刷新页面后再试。"),
        (StoreAway("Why."), "数据库没有应答，暂时无法修改。稍后再试。"),
        (TooLarge("Why."), "提交的内容过大。分几次提交。"),
        (TooManyAttempts("Why.", 3.0), "尝试次数过多。稍等片刻再试。"),
        (GatewayError("Why."), "操作没有完成。日志里有更多信息。"),
    ],
)
def test_elsewhere_its_kind_has_a_sentence_and_what_the_use_case_says_comes_after(
    error: GatewayError, sentence: str
) -> None:
    assert refusal(ZH, error) == Refusal(sentence, "Why.")


def test_a_field_that_is_to_blame_is_named() -> None:
    assert refusal(ZH, BadRequest("Why.", param="tags")).field == "tags"


def test_an_error_of_a_call_says_what_it_is_before_its_sentence() -> None:
    assert told(EN, "no_available_key", "<i>") == "<i>"
    assert told(ZH, "no_available_key", "<i>") == '没有可用密钥：<small lang="en">&lt;i&gt;</small>'
    assert told(ZH, "unheard_of", "Why.") == "Why."
    assert titles(EN) == {}
    assert titles(ZH).keys() == FAULTS.keys()
