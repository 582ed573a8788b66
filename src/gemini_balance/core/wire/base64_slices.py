"""Base64 of what may be large, in steps that let others go on in between."""

from __future__ import annotations

import binascii
from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SLICE = 3 * 128 * 1024  # bytes; 20 MB in one go stops everybody for 50 ms, a slice for less than 1
_STANDARD = bytes.maketrans(b"-_", b"+/")  # Google takes both alphabets


def base64_of(data: bytes) -> str:
    """As `b64encode` has it."""
    view = memoryview(data)
    return b"".join(b64encode(view[at : at + SLICE]) for at in range(0, len(data), SLICE)).decode("ascii")


def decoded(texts: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """What Base64 stands for that comes in any pieces, of either alphabet, padded or not.

    Raises ValueError for what is none.
    """
    rest = b""
    for text in texts:
        for at in range(0, len(text), SLICE):
            more = bytes(text[at : at + SLICE])
            if b"=" in rest and more.strip(b"="):
                raise ValueError("Base64 goes on after its end")
            known = rest + more
            end = (len(known) - 1) // 4 * 4  # of the last four, padding may be a part
            yield _plain(known[:end])
            rest = known[end:]
    yield _plain(rest.rstrip(b"=") + b"=" * (-len(rest.rstrip(b"=")) % 4))


def decoded_size(texts: Iterable[bytes | memoryview]) -> int:
    """In bytes, without decoding it. Raises ValueError where there is no such size."""
    told, end = 0, b""
    for text in texts:
        told += len(text)
        end = (end + bytes(text[-2:]))[-2:]
    meant = told - end.count(b"=")
    if meant % 4 == 1:
        raise ValueError(f"{meant} is no length of Base64")
    return meant * 3 // 4


def _plain(text: bytes) -> bytes:
    """Raises binascii.Error, which is a ValueError."""
    return binascii.a2b_base64(text.translate(_STANDARD), strict_mode=True)
