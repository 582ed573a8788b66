"""What kind of thing some bytes are: by their first ones, by what was declared, by a file's name."""

from __future__ import annotations

import base64

# Where a mark stands, the mark, what it tells.
MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/avi"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf2", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"FORM", "audio/aiff"),
    (0, b"BM", "image/bmp"),
)
CONTAINERS = frozenset({"video/webm", "video/mp4", "audio/ogg"})
"""What one mark tells of both sound and pictures: a declared type says which."""
GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream"})
SPELLINGS = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
}
ENDINGS = {
    "aac": "audio/aac",
    "aiff": "audio/aiff",
    "csv": "text/csv",
    "flac": "audio/flac",
    "gif": "image/gif",
    "heic": "image/heic",
    "htm": "text/html",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "m4a": "audio/mp4",
    "md": "text/markdown",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pcm16": "audio/L16;rate=24000",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "xml": "text/xml",
}
HEAD = 32
"""Characters of base64 that hold every mark."""


def sniffed(head: bytes) -> str:
    """Empty where the first bytes tell nothing."""
    return next((kind for at, mark, kind in MARKS if head.startswith(mark, at)), "")


def by_name(name: str) -> str:
    """By a file's ending, or by a bare format such as `mp3`; empty where that tells nothing."""
    return ENDINGS.get(name.rpartition(".")[2].lower(), "")


def best(declared: str, head: bytes, name: str = "") -> str:
    """What the bytes themselves tell comes first: declared types are often wrong, and Google believes what we say."""
    declared = declared.strip().lower()
    declared = SPELLINGS.get(declared, declared)
    found = sniffed(head)
    if found and not (found in CONTAINERS and declared not in GENERIC):
        return found
    return (by_name(name) if declared in GENERIC else declared) or declared or "application/octet-stream"


def best_of_base64(declared: str, data: str, name: str = "") -> str:
    try:
        head = base64.b64decode(data[:HEAD].translate(_STANDARD) + "==")
    except ValueError:
        head = b""
    return best(declared, head, name)


_STANDARD = str.maketrans("-_", "+/")
