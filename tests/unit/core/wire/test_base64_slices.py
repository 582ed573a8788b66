"""Base64 in slices is base64."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gemini_balance.core.wire.base64_slices import SLICE, base64_of, decoded, decoded_size


@given(st.integers(-4, 4), st.integers(0, 2))
def test_slices_join_without_a_seam(more: int, slices: int) -> None:
    data = bytes(n % 251 for n in range(max(0, slices * SLICE + more)))
    assert base64_of(data) == b64encode(data).decode()


@example(data=b"A", cuts=[3], url=False, padded=True)  # padding in two pieces
@given(st.binary(max_size=40), st.lists(st.integers(0, 60), max_size=4), st.booleans(), st.booleans())
def test_what_is_decoded_in_pieces_is_what_was_encoded(data: bytes, cuts: list[int], url: bool, padded: bool) -> None:
    text = (urlsafe_b64encode if url else b64encode)(data)
    text = text if padded else text.rstrip(b"=")
    ends = [*sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    assert b"".join(decoded(pieces)) == data
    assert decoded_size(pieces) == len(data)


@pytest.mark.parametrize("pieces", [[b"A"], [b"A" * 5], [b"AAAA", b"A=="], [b"AAAA", b"!"]])
def test_what_stands_for_no_number_of_bytes_is_known_before_any_is_decoded(pieces: list[bytes]) -> None:
    with pytest.raises(ValueError, match="no length of Base64"):
        decoded_size(pieces)


def test_what_is_decoded_comes_slice_by_slice() -> None:
    data = bytes(n % 251 for n in range(2 * SLICE))
    slices = list(decoded([memoryview(b64encode(data))]))
    assert (b"".join(slices), max(map(len, slices)) <= SLICE) == (data, True)


@pytest.mark.parametrize("pieces", [[b"A"], [b"AA=="] * 2, [b"AA=A"], [b"AA AA"], [b"A" * 5], [b"=AAA"]])
def test_what_is_no_base64_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        list(decoded(pieces))
