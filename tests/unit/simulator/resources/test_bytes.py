"""Bytes that come in pieces come out whole, wherever they were cut."""

import base64
import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.simulator.resources.blob import Pattern, Spooled, video
from gemini_balance.simulator.resources.related import MalformedMultipartError, Related, boundary_of

DESCRIPTION = b'{"file": {"displayName": "a"}}'
HEAD = b"--b1\r\nContent-Type: application/json\r\n\r\n" + DESCRIPTION + b"\r\n--b1\r\nContent-Type: text/x\r\n\r\n"


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


@given(st.binary(min_size=1).filter(lambda data: b"--b1" not in data), st.lists(st.integers(0, 10_000)))
def test_a_multipart_body_may_be_cut_anywhere(data: bytes, cuts: list[int]) -> None:
    reader = Related(b"b1")
    file = b"".join([reader.feed(piece) for piece in pieces(HEAD + data + b"\r\n--b1--\r\n", cuts)])
    reader.end()
    assert (file, reader.metadata, reader.mime_type) == (data, DESCRIPTION, "text/x")


@pytest.mark.parametrize("body", [b"", HEAD, HEAD + b"abc", b"--b1\r\n\r\n{}\r\n--b1--"])
def test_a_body_that_ends_early_is_no_file(body: bytes) -> None:
    reader = Related(b"b1")
    reader.feed(body)
    with pytest.raises(MalformedMultipartError):
        reader.end()


def test_a_head_without_end_is_not_read_for_ever() -> None:
    with pytest.raises(MalformedMultipartError):
        Related(b"b1").feed(b"x" * 1024 * 1024 + b"x")


@pytest.mark.parametrize(
    ("header", "boundary"),
    [
        ("multipart/related; boundary=abc", b"abc"),
        ('multipart/related; boundary="a b"; charset=utf-8', b"a b"),
        ("Multipart/Related; Boundary=abc", b"abc"),
    ],
)
def test_the_boundary_stands_in_the_header(header: str, boundary: bytes) -> None:
    assert boundary_of(header) == boundary


@given(st.lists(st.binary(max_size=100_000), max_size=5), st.integers(0, 300_000), st.integers(1, 70_000))
def test_what_was_spooled_is_read_from_any_place(written: list[bytes], start: int, size: int) -> None:
    blob = Spooled()
    for piece in written:
        blob.write(piece)
    data = b"".join(written)
    digest = base64.b64encode(hashlib.sha256(data).hexdigest().encode()).decode()
    assert (blob.size, blob.read(start, size), blob.sha256()) == (len(data), data[start : start + size], digest)
    blob.close()


def test_what_was_written_can_be_taken_back() -> None:
    blob, short = Spooled(), Spooled()
    blob.write(b"one")
    short.write(b"one two")
    mark = blob.mark()
    blob.write(b" and three")
    blob.rewind(mark)
    blob.write(b" two")
    assert (blob.size, blob.read(0, 100), blob.sha256()) == (7, b"one two", short.sha256())
    blob.close()
    short.close()


@given(st.integers(0, 300_000), st.integers(1, 70_000))
def test_a_made_up_file_is_the_same_in_any_pieces(size: int, step: int) -> None:
    film = video(size, "A cat")
    told, place = b"", 0
    while data := film.read(place, step):
        told += data
        place += len(data)
    digest = base64.b64encode(hashlib.sha256(told).hexdigest().encode()).decode()
    assert (len(told), film.sha256()) == (size, digest)


def test_a_pattern_goes_on_after_the_beginning() -> None:
    assert Pattern(9, b"abc", b"12").read(0, 3) + Pattern(9, b"abc", b"12").read(3, 99) == b"abc121212"
