"""Base64 in slices is base64."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.wire.base64_slices import SLICE, base64_of


@given(st.integers(-4, 4), st.integers(0, 2))
def test_slices_join_without_a_seam(more: int, slices: int) -> None:
    data = bytes(n % 251 for n in range(max(0, slices * SLICE + more)))
    assert base64_of(data) == b64encode(data).decode()
