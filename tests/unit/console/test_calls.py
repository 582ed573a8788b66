"""Which calls a URL asks for, and what is told of one call."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from gemini_balance.console.call_filters import MANY_KEYS, NO_KEY, asked_of, plain
from gemini_balance.console.curl import curl
from gemini_balance.console.faults import FAULTS, OTHER, fault_of, pip
from gemini_balance.console.names import KeyName
from gemini_balance.console.pages.call import Considered, Sentence, Tokens, passed_over, title, tokens_of
from gemini_balance.console.tables import Query
from gemini_balance.console.words import Words
from gemini_balance.core.errors import GatewayError
from gemini_balance.core.outcome import Cause, Usage
from gemini_balance.gateway.call_outcomes import NOT_WHOLE, CallOutcome
from gemini_balance.gateway.calls import CallFilter, ErrorDetail
from gemini_balance.gateway.record import SkippedRecord
from tests.unit.console.test_story import AT, BUSY, GOOD, SPENT, kept

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = Words("en", timezone(timedelta(hours=8)), AT)
KEYS = {"main 04": ["k4"], "main": ["k4", "k5"]}


def _asked(**fields: str) -> CallFilter:
    return asked_of(Query("/console/calls", fields), WORDS, lambda text: KEYS.get(text, [])).filter


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, CallFilter()),
        ({"q": "could not"}, CallFilter(text="could not")),
        ({"outcome": "rescued"}, CallFilter(outcomes=frozenset({CallOutcome.RESCUED}))),
        ({"outcome": "not_whole"}, CallFilter(outcomes=NOT_WHOLE)),
        ({"outcome": "nonsense"}, CallFilter()),
        ({"token": "t1", "model": "m", "key": "main 04"}, CallFilter(token="t1", model="m", key="k4")),
        ({"status": "429"}, CallFilter(status=429)),
        ({"status": "4xx"}, CallFilter(status_class=4)),
        ({"status": "4x9"}, CallFilter()),
        ({"status": "٤xx"}, CallFilter()),
        ({"class": "quota_day"}, CallFilter(cause="quota_day", failed=True)),
        ({"range": "1h"}, CallFilter(since=AT - 3600)),
        ({"range": "forever"}, CallFilter()),
        ({"since": "2027-01-15T16:00", "until": "2027-01-15T16:00:30"}, CallFilter(since=AT, until=AT + 30)),
        ({"since": "9999-01-01T00:00", "until": "0001-01-01T00:00"}, CallFilter()),
        ({"since": "yesterday"}, CallFilter()),
    ],
)
def test_the_fields_of_a_url_say_which_calls_are_wanted(fields: dict[str, str], wanted: CallFilter) -> None:
    assert _asked(**fields) == wanted


def test_a_key_that_is_nobody_s_or_several_ones_finds_nothing_and_says_why() -> None:
    asks = [asked_of(Query("", {"key": text}), WORDS, lambda name: KEYS.get(name, [])) for text in ("x", "main")]
    assert [one.nothing for one in asks] == [NO_KEY, MANY_KEYS]


def test_what_no_database_takes_is_not_asked_for() -> None:
    assert plain(" a\0b\x1b[2J\ud800c ") == "ab[2Jc"
    assert len(plain("x" * 5000)) == 300


def _codes(kind: type[GatewayError] = GatewayError) -> Iterator[str]:
    yield kind.code
    for one in kind.__subclasses__():
        yield from _codes(one)


OURS = {"alert_not_delivered", "conflict", "invalid_key", "invalid_option", "too_many_attempts"}
"""Codes of the management API, whose requests are no calls."""


def test_all_that_can_go_wrong_with_a_call_has_words() -> None:
    wanted = {cause.value for cause in Cause} - {Cause.ANSWERED} | set(_codes()) - OURS
    assert {name for name in wanted if name not in FAULTS and not name.startswith("test")} == set()


def test_what_the_last_attempt_came_to_is_the_fault_else_how_the_call_ended() -> None:
    ended = [
        kept(SPENT, ending="rate_limit_exceeded", first_byte=None),
        kept(ending="model_not_found", first_byte=None),
        kept(ending="brand_new", first_byte=None),
        kept(SPENT, GOOD),
        kept(GOOD, ending="client_gone"),
        kept(GOOD, finish="SAFETY"),
    ]
    assert [fault_of(one) for one in ended] == [
        FAULTS["quota_day"],
        FAULTS["model_not_found"],
        OTHER,
        None,
        None,
        None,
    ]


def test_an_attempt_is_a_mark_with_a_word() -> None:
    assert [pip(cause) for cause in ("answered", "quota_minute", "cut", "client_gone", "of a later version")] == [
        ("ok", "pip.answered"),
        ("wait", "pip.limited"),
        ("bad", "pip.failed"),
        ("off", "pip.left"),
        ("bad", "pip.failed"),
    ]


def test_one_sentence_says_what_became_of_a_call() -> None:
    ended = [kept(), kept(GOOD), kept(SPENT, BUSY, GOOD), kept(GOOD, ending="client_gone"), kept(GOOD, finish="SAFETY")]
    assert [title(one) for one in ended] == [
        Sentence("became.alone"),
        Sentence("became.whole", {"count": 1}),
        Sentence("became.whole", {"count": 3}),
        Sentence("became.left"),
        Sentence("became.blocked"),
    ]


def test_keys_that_the_same_stood_in_the_way_of_are_told_together() -> None:
    keys = {name: KeyName(name, f"…{name}") for name in "abcde"}
    skipped = (
        SkippedRecord("a", "quota_day", AT + 61),
        SkippedRecord("b", "key_dead"),
        SkippedRecord("c", "quota_day", AT + 99),
        SkippedRecord("d", "minute_full"),
        SkippedRecord("e", "disabled"),
    )
    assert list(passed_over(skipped, keys)) == [
        Considered(False, "wait", "fault.quota_day", AT + 60, (keys["a"], keys["c"])),
        Considered(False, "bad", "fault.key_dead", 0.0, (keys["b"],)),
        Considered(False, "wait", "skipped.minute_full", 0.0, (keys["d"],)),
        Considered(False, "off", "skipped.disabled", 0.0, (keys["e"],)),
    ]


def test_tokens_are_told_by_kind_and_those_that_there_are_none_of_are_left_out() -> None:
    assert tokens_of(kept(GOOD, usage=Usage(prompt=30, cached=10, output=70, total=100))) == (
        Tokens("used.cached", 10, "", 0.0, 10.0),
        Tokens("used.new", 20, "half", 10.0, 20.0),
        Tokens("used.answer", 70, "ok", 30.0, 70.0),
    )
    assert tokens_of(kept()) == ()


HERE = "https://gateway.example"


def test_a_failed_call_is_repeated_as_it_was_sent_and_nothing_in_it_reaches_the_shell() -> None:
    detail = ErrorDetail(method="POST", path="/v1/chat/completions", message="", body="""{"a": "it's $(rm -rf) `x`"}""")
    sent = kept(ending="upstream_error", dialect="openai", error=detail)
    assert curl(sent, HERE) == (
        "curl https://gateway.example/v1/chat/completions \\\n"
        "  -H 'Authorization: Bearer YOUR_TOKEN' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        """  --data-raw '{"a": "it'"'"'s $(rm -rf) `x`"}'"""
    )


def test_of_what_is_not_kept_the_least_that_the_operation_takes_is_sent() -> None:
    native = kept(GOOD, dialect="native", operation="streamGenerateContent", model_asked="m")
    assert curl(native, HERE) == (
        "curl 'https://gateway.example/v1beta/models/m:streamGenerateContent?alt=sse' \\\n"
        "  -H 'x-goog-api-key: YOUR_TOKEN' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        """  --data-raw '{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}'"""
    )
    embedding = kept(GOOD, dialect="openai", operation="embeddings", model_asked="m")
    assert curl(embedding, HERE).endswith("""--data-raw '{"model":"m","input":"Hello"}'""")
    listed = kept(dialect="openai", operation="listModels")
    assert curl(listed, HERE) == "curl https://gateway.example/v1/models \\\n  -H 'Authorization: Bearer YOUR_TOKEN'"
