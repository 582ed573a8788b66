"""The cookie of a session: by which name it is given, found, renewed and taken back."""

import pytest

from gemini_balance.core import session_cookie

SECURE = "__Host-gemini-balance=a.b; Path=/; Secure; HttpOnly; SameSite=Strict"
PLAIN = "gemini-balance=a.b; Path=/; HttpOnly; SameSite=Strict"


@pytest.mark.parametrize(
    ("origin", "header"),
    [
        ("https://gate.example.org", SECURE),
        ("http://127.0.0.1:8000", PLAIN),
        ("null", PLAIN),
        ("", PLAIN),
    ],
)
def test_it_is_secure_where_the_gateway_is_seen_over_tls(origin: str, header: str) -> None:
    assert session_cookie.given("a.b", origin) == header


@pytest.mark.parametrize(
    ("cookies", "value"),
    [
        ({"__Host-gemini-balance": "a.b", "gemini-balance": "c.d"}, "a.b"),
        ({"__Host-gemini-balance": "", "gemini-balance": "c.d"}, "c.d"),
        ({"gemini-balance": "c.d"}, "c.d"),
        ({"other": "a.b"}, ""),
        ({}, ""),
    ],
)
def test_that_of_tls_is_looked_at_first(cookies: dict[str, str], value: str) -> None:
    assert session_cookie.value_in(cookies) == value


def test_a_session_that_goes_on_keeps_its_name() -> None:
    later = {"old": "a.b"}
    assert session_cookie.renewed({"__Host-gemini-balance": "old"}, later.__getitem__) == SECURE
    assert session_cookie.renewed({"gemini-balance": "old"}, later.__getitem__) == PLAIN


def test_one_that_may_stay_is_not_given_again() -> None:
    assert session_cookie.renewed({"gemini-balance": "old"}, lambda _: "") == ""


def test_it_is_taken_back_by_both_names() -> None:
    assert session_cookie.taken_back() == (
        "__Host-gemini-balance=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
        "gemini-balance=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    )
