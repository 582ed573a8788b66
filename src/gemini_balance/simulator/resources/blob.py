"""The bytes of a file: what was uploaded, on disk beyond its beginning, or what is made up as it is read."""

import base64
import hashlib
import tempfile
from typing import Protocol

IN_MEMORY = 64 * 1024


class Blob(Protocol):
    """Bytes that can be read at any place."""

    @property
    def size(self) -> int:
        """How many bytes there are."""

    def sha256(self) -> str:
        """Their hash as Google shows it."""

    def read(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on; none at the end."""

    def close(self) -> None:
        """Give the bytes up."""


class Hash(Protocol):
    """A hash that is being reckoned."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes in."""

    def hexdigest(self) -> str:
        """The hash so far."""

    def copy(self) -> "Hash":
        """The same, to go on from later."""


Mark = tuple[int, Hash]


class Spooled:
    """Bytes that arrive in pieces. Only their beginning is ever in memory."""

    def __init__(self) -> None:
        self.size = 0
        self._hash: Hash = hashlib.sha256()
        # It lives as long as the file it is of, and is closed with it.
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115

    def write(self, data: bytes) -> None:
        """Append."""
        self._file.seek(self.size)
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)

    def mark(self) -> Mark:
        """Where the bytes end now, for `rewind`."""
        return self.size, self._hash.copy()

    def rewind(self, mark: Mark) -> None:
        """Forget what was written since."""
        self.size, self._hash = mark
        self._file.truncate(self.size)

    def sha256(self) -> str:
        """The hash so far."""
        return _shown(self._hash.hexdigest())

    def read(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on."""
        self._file.seek(start)
        return self._file.read(size)

    def close(self) -> None:
        """Delete the bytes."""
        self._file.close()


class Pattern:
    """A pattern over and over after a beginning: a large file that needs no room."""

    def __init__(self, size: int, beginning: bytes, pattern: bytes) -> None:
        self.size = size
        self._beginning = beginning[:size]
        self._pattern = pattern * (IN_MEMORY // len(pattern))

    def read(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on."""
        end = min(start + size, self.size)
        if start < len(self._beginning):
            return self._beginning[start:end]
        place = (start - len(self._beginning)) % len(self._pattern)
        return self._pattern[place : place + end - start]

    def sha256(self) -> str:
        """The hash, reckoned anew."""
        digest = hashlib.sha256()
        place = 0
        while data := self.read(place, IN_MEMORY):
            digest.update(data)
            place += len(data)
        return _shown(digest.hexdigest())

    def close(self) -> None:
        """Nothing is held."""


def video(size: int, subject: str) -> Pattern:
    """A generated video: it begins like an MP4 and tells what it was made from."""
    return Pattern(size, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", f"[{subject[:200]}]".encode())


def _shown(hexadecimal: str) -> str:
    """Google encodes the hexadecimal digits, not the bytes they stand for."""
    return base64.b64encode(hexadecimal.encode()).decode()
