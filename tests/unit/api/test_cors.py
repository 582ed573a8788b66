"""Letting pages of other origins call."""

import pytest

from gemini_balance.api import names
from gemini_balance.api.cors import allowance, is_preflight, preflight

PAGE = {b"origin": b"https://a.example"}
EXPOSED = (b"access-control-expose-headers", names.EXPOSED)
ANYBODY = [(b"access-control-allow-origin", b"*"), EXPOSED]
THEM = [(b"access-control-allow-origin", b"https://a.example"), (b"vary", b"origin"), EXPOSED]


@pytest.mark.parametrize(
    ("headers", "allowed", "added"),
    [
        pytest.param({}, ("*",), [], id="no page"),
        pytest.param(PAGE, ("*",), ANYBODY, id="anybody"),
        pytest.param(PAGE, ("https://a.example", "https://b.example"), THEM, id="listed"),
        pytest.param(PAGE, ("https://b.example",), [(b"vary", b"origin")], id="not listed"),
        pytest.param(PAGE, (), [(b"vary", b"origin")], id="nobody"),
        pytest.param({b"origin": b"null"}, ("*",), ANYBODY, id="a page without an origin"),
    ],
)
def test_an_answer_says_who_may_read_it(
    headers: dict[bytes, bytes], allowed: tuple[str, ...], added: list[tuple[bytes, bytes]]
) -> None:
    assert allowance(headers, allowed) == added
    assert all(name != b"access-control-allow-credentials" for name, _ in added)


@pytest.mark.parametrize(
    ("asked", "answered"), [(b"authorization, x-stainless-os", b"authorization, x-stainless-os"), (None, b"*")]
)
def test_a_preflight_is_granted_what_it_asks(asked: bytes | None, answered: bytes) -> None:
    headers = PAGE | ({b"access-control-request-headers": asked} if asked else {})
    assert preflight(headers, ("*",)) == [
        *ANYBODY,
        (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
        (b"access-control-allow-headers", answered),
        (b"access-control-max-age", b"86400"),
    ]


def test_a_preflight_of_a_page_not_listed_is_granted_nothing() -> None:
    assert preflight(PAGE, ("https://b.example",)) == [(b"vary", b"origin")]


ASKS = {b"access-control-request-method": b"POST"}


@pytest.mark.parametrize(
    ("method", "headers", "is_one"),
    [("OPTIONS", PAGE | ASKS, True), ("POST", PAGE | ASKS, False), ("OPTIONS", PAGE, False), ("OPTIONS", ASKS, False)],
)
def test_what_a_preflight_is(method: str, headers: dict[bytes, bytes], is_one: bool) -> None:
    assert is_preflight(method, headers) is is_one
