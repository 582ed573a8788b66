"""The files that google-genai's tests send and its wheel doesn't hold."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_HEADER = struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)
_SAMPLES = (
    b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data" + struct.pack("<I", 4) + bytes(4)
)

# What each kind of file begins with, and as little more as a reader of it asks for.
BYTES = {
    "png": b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", _HEADER)
    + _chunk(b"IDAT", zlib.compress(bytes(4)))
    + _chunk(b"IEND", b""),
    "jpg": base64.b64decode(
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwS"
        "ExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q=="
    ),
    "pdf": b"%PDF-1.4\n%%EOF\n",
    "mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(12),
    "m4a": b"\x00\x00\x00\x18ftypM4A " + bytes(12),
    "wav": b"RIFF" + struct.pack("<I", len(_SAMPLES)) + _SAMPLES,
    "txt": b"Once upon a time.\n",
}
NAMES = (
    *("google.png", "google.jpg", "google_homepage.png", "checkerboard.png", "bridge1.png", "a-man-and-a-dog.png"),
    *("dog.jpg", "man.jpg", "skateboard_stop_sign.jpg", "segmentation_scribble.jpg"),
    *("story.pdf", "story.txt", "animal.mp4", "pixel.m4a", "voice_sample.wav"),
)


def write(folder: Path) -> None:
    """Write every file into a new folder."""
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / name).write_bytes(BYTES[name.rpartition(".")[2]])
