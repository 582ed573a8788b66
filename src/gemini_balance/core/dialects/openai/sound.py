"""Bare samples as Google sends them, and the WAV files around them."""

from __future__ import annotations

import struct

RATE = 24_000
"""What Google speaks with, where the type doesn't say."""
BARE = ("audio/l16", "audio/pcm")
UNKNOWN = 0xFFFF_FFFF
"""The size of what is still being written; readers then take all there is."""
HEAD = 36  # bytes between the size of the file and the samples


def is_bare(mime_type: str) -> bool:
    """Samples without a file around them?"""
    return mime_type.lower().partition(";")[0].strip() in BARE


def rate_of(mime_type: str) -> int:
    """Samples a second, by a type such as `audio/L16;codec=pcm;rate=24000`."""
    told = mime_type.lower().split(";")[1:]
    named = dict(pair.strip().partition("=")[::2] for pair in told)
    rate = named.get("rate", "")
    return int(rate) if rate.isdecimal() and int(rate) else RATE


def wave_head(rate: int, size: int | None = None) -> bytes:
    """The beginning of a WAV file of 16-bit mono samples, of so many bytes; None while nobody knows."""
    whole, data = (UNKNOWN, UNKNOWN) if size is None else (HEAD + size, size)
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", whole, b"WAVE") + fmt + struct.pack("<4sI", b"data", data)


def wave_file(samples: bytes, rate: int) -> bytes:
    return wave_head(rate, len(samples)) + samples
