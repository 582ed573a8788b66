"""HMAC-SHA256 with one key for many values."""

import hmac

from hypothesis import example, given
from hypothesis import strategies as st

from gemini_balance.gateway.peppered import Peppered


@given(st.binary(max_size=200), st.binary(max_size=300))
@example(b"k" * 64, b"")
@example(b"k" * 65, b"v" * 64)
def test_it_is_what_the_library_makes_and_again_for_the_next_value(key: bytes, value: bytes) -> None:
    peppered = Peppered(key)
    assert peppered(value) == hmac.digest(key, value, "sha256")
    assert peppered(value[1:]) == hmac.digest(key, value[1:], "sha256")
