"""Huge `data:` URLs leave a body before it is read and come back after it is written, byte for byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.wire.lean import LONG, SHOWN, has_marks, lean, mark, whole

DATA = "QUJD" * (LONG // 4 + 1)
URL = f"data:image/png;base64,{DATA}"


def body(*texts: str, ascii_only: bool = True) -> bytes:
    return json.dumps({"a": list(texts), "n": [1, 2]}, ensure_ascii=ascii_only).encode()


def test_what_is_huge_is_taken_out_and_its_beginning_stays() -> None:
    lean_body, pieces = lean(body("hello", URL))
    assert json.loads(lean_body)["a"] == ["hello", f"{URL[: 22 + SHOWN]}\x7f0\x7f"]
    assert [bytes(piece).decode() for piece in pieces] == [DATA[SHOWN:]]


@pytest.mark.parametrize(
    "texts",
    [
        (URL,),
        (URL, URL, "between", URL),
        ("x" * 3 * LONG, URL),
        (URL, "short" * 10, "y" * 3 * LONG),
        ("é" * LONG, URL),
    ],
)
def test_put_back_it_is_the_same_body(texts: tuple[str, ...]) -> None:
    for ascii_only in (True, False):
        original = body(*texts, ascii_only=ascii_only)
        lean_body, pieces = lean(original)
        assert len(pieces) == texts.count(URL)
        assert len(lean_body) < len(original)
        assert whole(lean_body, pieces) == original


@pytest.mark.parametrize(
    "original",
    [
        b"",
        b"{}",
        body("data:image/png;base64,QUJD"),
        body(DATA),
        body(f"data:text/plain,{DATA}"),
        body(f'look: "{URL}" there'),  # a quoted URL in a text: its quotes are no string's
        body(f"{URL}\n"),
        body(URL).replace(b"QUJDQUJD", rb"QUJD\/JD", 1),
        body(URL, "a mark of ours: \x7f0\x7f"),
        body(URL, "a mark of ours: \x7f0\x7f", ascii_only=False),
        body(URL, "a mark of ours: \x7f0\x7f").replace(b"007f", b"007F"),
        body(URL)[:LONG],
        b"[" + b"1," * LONG + b"1]",
    ],
)
def test_everything_else_stays_as_it_is(original: bytes) -> None:
    assert lean(original) == (original, [])


def test_a_mark_that_moved_or_was_doubled_or_dropped_is_followed() -> None:
    _, pieces = lean(body(URL))
    rest = DATA[SHOWN:].encode()
    assert whole(b'["\x7f0\x7f","\x7f0\x7f"]', pieces) == b'["' + rest + b'","' + rest + b'"]'
    assert whole(b"[]", pieces) == b"[]"


def test_a_strangers_mark_stays_a_text() -> None:
    _, pieces = lean(body(URL))
    assert whole(b"\x7f7\x7f \x7f \x7fx\x7f", pieces) == b"\x7f7\x7f \x7f \x7fx\x7f"


@pytest.mark.parametrize(
    ("text", "told"), [(b"plain", False), (b"\x7f", True), (rb"\u007f", True), (rb"\u007F", True), (rb"\u0070", False)]
)
def test_a_body_tells_whether_marks_could_be_mistaken_in_it(text: bytes, told: bool) -> None:
    assert has_marks(text) is told


def test_marks_may_stand_side_by_side() -> None:
    assert whole(b'"' + mark(0) + mark(1) + b'"', [b"ab", b"cd"]) == b'"abcd"'


@given(st.lists(st.sampled_from(["", "a", '"', "\\", "é", URL, URL[:-5], "z" * LONG, f'"{URL}"', "data:;base64,"])))
def test_any_body_comes_back_as_it_was(texts: list[str]) -> None:
    original = body(*texts)
    lean_body, pieces = lean(original)
    assert whole(lean_body, pieces) == original
    json.loads(lean_body)
