"""Tokens in a header."""

import pytest

from gemini_balance.core.bearer import token_in


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (b"Bearer sk-1", b"sk-1"),
        (b"bearer  sk-1 ", b"sk-1"),
        (b"Basic sk-1", b""),
        (b"Bearer", b""),
        (b"Bearer ", b""),
        (b"sk-1", b""),
        (b"", b""),
    ],
)
def test_a_token_is_read_whatever_the_case_of_its_scheme(header: bytes, token: bytes) -> None:
    assert token_in(header) == token
