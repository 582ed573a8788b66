"""Client tokens in the console: their terms as text and back, where each stands, and which are looked for."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest
from msgspec.structs import replace

from gemini_balance.console.pages.tokens import Row, fits
from gemini_balance.console.pages.tokens.standing import ACTIVE, DISABLED, EXPIRED, UNLISTED, standing_of
from gemini_balance.console.pages.tokens.terms import ELSEWHERE, FAULTS, Typed, fault_in, terms_of, typed_of
from gemini_balance.gateway.stores import KeptToken, Off
from gemini_balance.gateway.token_rows import Terms

NOW = 1_795_329_127.0
SHANGHAI = timezone(timedelta(hours=8))
TOKEN = KeptToken(
    id="token-0123456789abcdef",
    digest=b"",
    name="translator",
    shown="tR8w",
    models=frozenset({"b", "a"}),
    tags=frozenset({"eu"}),
    rpm=60,
    expires=1_814_313_600.0,
)
TYPED = Typed("translator", "a\nb", "eu", "60", "", "2027-06-30T08:00")


def _changed(**fields: Any) -> KeptToken:
    return replace(TOKEN, **fields)


def test_terms_stand_in_the_form_as_text_with_moments_of_the_reader_s_zone() -> None:
    assert typed_of(TOKEN, SHANGHAI) == TYPED


def test_what_is_typed_becomes_terms() -> None:
    typed = Typed("translator", "a\r\nb, a", "eu", "1,000", "2 000 000", "2027-06-30T08:00")
    assert terms_of(typed, SHANGHAI) == (
        Terms(
            name="translator",
            models=frozenset({"a", "b"}),
            tags=frozenset({"eu"}),
            rpm=1000,
            tokens_per_day=2_000_000,
            expires=1_814_313_600.0,
        ),
        {},
    )


def test_empty_fields_are_no_limits() -> None:
    nothing: frozenset[str] = frozenset()
    told = Terms(name="a", models=nothing, tags=nothing, rpm=0, tokens_per_day=0, expires=None)
    assert terms_of(Typed("a"), SHANGHAI) == (told, {})


def test_of_a_token_that_is_there_only_what_differs_is_changed() -> None:
    assert terms_of(TYPED, SHANGHAI, TYPED) == (Terms(), {})
    again = Typed("translator", "a\r\nb", "eu", "60", "5", "")
    assert terms_of(again, SHANGHAI, TYPED) == (Terms(tokens_per_day=5, expires=None), {})


def test_every_field_that_can_t_be_read_has_its_fault() -> None:
    typed = Typed("a", '["', "", "many", "1.5", "tomorrow")
    assert terms_of(typed, SHANGHAI)[1] == {
        name: FAULTS[name] for name in ("models", "rpm", "tokens_per_day", "expires")
    }


def test_what_the_use_case_refuses_is_told_beside_its_field() -> None:
    assert fault_in("secret") == {"secret": FAULTS["secret"]}
    assert fault_in(None) == fault_in("digest") == {"name": ELSEWHERE}


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, ACTIVE),
        ({"expires": None}, ACTIVE),
        ({"expires": NOW}, EXPIRED),
        ({"off": Off.OPERATOR, "expires": NOW}, DISABLED),
        ({"off": Off.UNLISTED}, UNLISTED),
    ],
)
def test_a_token_is_active_unless_something_is_against_it(fields: dict[str, object], state: object) -> None:
    assert standing_of(_changed(**fields), NOW) is state


@pytest.mark.parametrize(
    ("q", "state", "found"),
    [("", "", True), ("TRANS tr8w eu", "active", True), ("", "disabled", False), ("nonsense", "", False)],
)
def test_tokens_are_found_by_what_is_shown_of_them(q: str, state: str, *, found: bool) -> None:
    assert fits(Row(TOKEN, ACTIVE, 0, 0, None), q, state) is found


def test_the_last_characters_are_not_shown_twice() -> None:
    tails = [Row(_changed(name=name), ACTIVE, 0, 0, None).tail for name in ("translator", "…tR8w")]
    assert tails == ["tR8w", ""]
