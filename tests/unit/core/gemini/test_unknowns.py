"""Answers that no row names are counted where an operator can see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.gemini.unknowns import LONGEST_MESSAGE, MOST_SHAPES, Unknown, Unknowns
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.redaction import redact
from tests.unit.core.gemini.error_answers import FORBIDDEN_PAGE, error, info


def noted(*outcomes: Outcome) -> Unknowns:
    unknowns = Unknowns()
    for outcome in outcomes:
        unknowns.note(outcome)
    return unknowns


def refused(message: str) -> Outcome:
    return classify(403, error(403, message, info("BRAND_NEW"), word="PERMISSION_DENIED"))


def test_shapes_are_counted_and_the_most_frequent_comes_first() -> None:
    assert noted(classify(418, error(418, "a teapot")), refused("no"), refused("not so")).seen() == [
        Unknown(403, "PERMISSION_DENIED", "BRAND_NEW", 2, "no"),
        Unknown(418, "", "", 1, "a teapot"),
    ]


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause not in (Cause.UNKNOWN, Cause.KEY_REFUSED)])
def test_what_has_a_name_is_not_noted(cause: Cause) -> None:
    assert noted(Outcome(cause)).seen() == []


def test_a_page_is_shown_as_its_words() -> None:
    told = "403. That’s an error. Your client does not have permission to get URL /v1beta/models from this server."
    assert noted(classify(403, FORBIDDEN_PAGE)).seen() == [Unknown(403, "", "", 1, told)]


def test_no_more_shapes_are_kept_than_an_operator_reads() -> None:
    unknowns = noted(*(Outcome(Cause.UNKNOWN, status) for status in range(MOST_SHAPES + 3)))
    unknowns.note(Outcome(Cause.UNKNOWN, 0))
    assert (len(unknowns.seen()), unknowns.seen()[0].count, unknowns.beyond) == (MOST_SHAPES, 2, 3)


KEYS = st.sampled_from(["AIzaSyA-1234567890_abcdefghijklmnopqrstuv", "AQ.Ab8RN6Jx-1234567890_abcdefghijklmno.pq"])


@given(st.text(max_size=250), KEYS, st.text(max_size=20))
def test_no_key_and_no_half_of_one_is_kept(before: str, key: str, after: str) -> None:
    told = f"{before} {key} {after}"
    [unknown] = noted(Outcome(Cause.UNKNOWN, 418, told, error_status=key, reason=f"a {key}")).seen()
    assert len(unknown.message) <= LONGEST_MESSAGE
    assert not any(part in word for part in (key, key[:12]) for word in (unknown.message, *_words(unknown)))


def test_words_that_only_resemble_a_key_stay() -> None:
    assert (
        redact("See FAQ.html about the key AIza of api_key:AIzaSyB")
        == "See FAQ.html about the key AIza of api_key:REDACTED"
    )


def _words(unknown: Unknown) -> tuple[str, str]:
    return unknown.error_status, unknown.reason
