"""Messages: whose language, which text, and that no value is ever taken for HTML."""

from __future__ import annotations

from datetime import UTC

import pytest
from markupsafe import Markup

from gemini_balance.console.marks import code, link, strong, tail
from gemini_balance.console.words import Words, language_of

NOW = 1_795_329_127.0
HOSTILE = """"><script>alert(1)</script>'{count}"""
ENGLISH, CHINESE = Words("en", UTC, NOW), Words("zh", UTC, NOW)


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("zh", "en", "zh"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "de-DE,de;q=0.9,zh-TW;q=0.2,en;q=0.1", "zh"),
        ("", "en;q=0.1, zh;q=0", "en"),
        ("xx", "fr", "en"),
        ("", "", "en"),
        ("", "zh;q=high", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_first_that_the_browser_wants(
    chosen: str, accepted: str, language: str
) -> None:
    assert language_of(chosen, accepted) == language


def test_a_number_is_written_as_the_language_does_and_chooses_the_text() -> None:
    assert ENGLISH("overview.keys", count=1) == "1 key"
    assert ENGLISH("overview.keys", count=21480) == "21,480 keys"
    assert CHINESE("overview.keys", count=1) == "1 个密钥"


def test_a_value_is_never_html_and_never_a_pattern() -> None:
    said = ENGLISH("overview.invalid", key=HOSTILE)
    assert said == "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;{count} is invalid"
    assert isinstance(said, Markup)


def test_marks_are_html_whose_content_is_not() -> None:
    for mark in (code, strong, tail):
        assert "<script>" not in mark(HOSTILE)
    assert "<script>" not in link(HOSTILE, HOSTILE)
    assert ENGLISH("overview.invalid", key=tail("tR8w")) == '<span class="tail">…tR8w</span> is invalid'


def test_a_message_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        ENGLISH("no.such_message")


def test_a_time_says_itself_to_machines_too_and_the_wait_beside_it() -> None:
    time = '<time datetime="2026-11-22T06:32:55Z" title="Sun 22 Nov 2026, 06:32:55">06:32</time>'
    assert ENGLISH.moment(NOW + 48) == time
    assert ENGLISH.until(NOW + 48) == f"{time}, in 48\u00a0s"
    assert CHINESE.until(NOW + 48).endswith("，48\u00a0秒后")


def test_each_language_offers_the_others() -> None:
    assert ENGLISH.others == [("zh", "zh-CN", "中文")]
    assert CHINESE.others == [("en", "en", "English")]
