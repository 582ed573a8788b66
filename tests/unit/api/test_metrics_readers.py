"""Who may read `/metrics`."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from gemini_balance.api.metrics import Readers
from gemini_balance.core.errors import NotSignedIn
from gemini_balance.gateway.accounts import Operator

KNOWN = {b"operator": Operator("operator"), b"first start": Operator("operator", must_change=True)}


def request(token: str) -> Request:
    headers = [(b"authorization", f"Bearer {token}".encode("latin-1"))] if token else []
    return Request({"type": "http", "method": "GET", "path": "/metrics", "headers": headers})


def check(token: str, *, own: str = "for metrics", is_open: bool = False) -> None:
    Readers(own, lambda shown, _: KNOWN.get(shown), lambda _: "203.0.113.7", lambda: is_open).check(request(token))


@pytest.mark.parametrize("token", ["for metrics", "operator"])
def test_their_own_token_and_the_operators_read_them(token: str) -> None:
    check(token)


@pytest.mark.parametrize("token", ["", "sk-client", "for metric", "é"])
def test_nobody_else_does(token: str) -> None:
    with pytest.raises(NotSignedIn):
        check(token)


def test_without_a_token_of_their_own_an_empty_one_opens_nothing() -> None:
    with pytest.raises(NotSignedIn):
        check("", own="")


def test_who_still_has_the_password_of_the_first_start_must_change_it_first() -> None:
    with pytest.raises(NotSignedIn):
        check("first start")


def test_everybody_reads_them_where_the_operator_wants_it() -> None:
    check("", is_open=True)
