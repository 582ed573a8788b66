"""Sound in every form, read again by the same library."""

from __future__ import annotations

import io
import math
import struct

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.sound.encoder import FORMS, AvEncoder

RATE = 24_000
SECOND = b"".join(struct.pack("<h", int(8_000 * math.sin(n / 20))) for n in range(RATE))
BEGINNINGS = {"mp3": b"ID3", "opus": b"OggS", "aac": b"\xff\xf1", "flac": b"fLaC"}


def written(form: str, pieces: list[bytes], rate: int = RATE) -> bytes:
    sink = AvEncoder().begin(form, rate)
    return b"".join([*map(sink.feed, pieces), sink.finish()])


def seconds(data: bytes) -> float:
    with av.open(io.BytesIO(data), "r") as file:
        return math.fsum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_a_second_of_sound_is_about_a_second_in_every_form(form: str, rate: int) -> None:
    data = written(form, [(SECOND * 2)[: rate * 2]], rate)
    assert data.startswith(BEGINNINGS[form])
    assert seconds(data) == pytest.approx(1, abs=0.15)


@given(cuts=st.lists(st.integers(0, 4_000), max_size=8))
def test_where_the_samples_are_cut_changes_nothing(cuts: list[int]) -> None:
    sound, places = SECOND[:4_000], sorted(cuts)
    pieces = [sound[start:end] for start, end in zip([0, *places], [*places, len(sound)], strict=True)]
    with av.open(io.BytesIO(written("flac", pieces)), "r") as file:
        assert b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in file.decode(audio=0)) == sound


@pytest.mark.parametrize("form", ["mp3", "aac", "flac"])
def test_a_long_speech_is_written_while_it_comes(form: str) -> None:
    sink = AvEncoder().begin(form, RATE)
    assert [bool(sink.feed(SECOND)) for _ in range(3)] == [True] * 3
    assert sink.finish() is not None
