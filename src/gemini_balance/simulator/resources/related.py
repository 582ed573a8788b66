"""Reads multipart/related in pieces: a JSON part, then the bytes of a file."""

import re

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
MAX_HEAD = 1024 * 1024


class MalformedMultipartError(ValueError):
    """The body is not two parts between boundaries."""


def boundary_of(content_type: str) -> bytes:
    """The boundary that the header names; raises MalformedMultipartError."""
    found = _BOUNDARY.search(content_type)
    if found is None or not content_type.lower().startswith("multipart/"):
        raise MalformedMultipartError("Media multipart uploads need a content type of multipart/related.")
    return found[1].encode()


class Related:
    """A body that arrives in pieces. `metadata` and `mime_type` are known once bytes of the file come out."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"--" + boundary
        self._held = b""
        self._in_file = self._ended = False
        self.metadata = b""
        self.mime_type = ""

    def feed(self, data: bytes) -> bytes:
        """The file's bytes that are certain by now; raises MalformedMultipartError."""
        self._held += data
        if not self._in_file and not self._read_head():
            return b""
        return b"" if self._ended else self._read_file()

    def end(self) -> None:
        """Nothing more comes; raises MalformedMultipartError."""
        if not self._ended:
            raise MalformedMultipartError("The multipart body ends before its last boundary.")

    def _read_head(self) -> bool:
        """Both parts' headers and the first's body, once all of it is here."""
        pieces = self._held.replace(b"\r\n", b"\n").split(self._delimiter + b"\n", 2)
        if len(pieces) < 3 or b"\n\n" not in pieces[2]:
            if len(self._held) > MAX_HEAD:
                raise MalformedMultipartError("The multipart body has no second part.")
            return False
        self.metadata = pieces[1].partition(b"\n\n")[2].strip()
        headers = pieces[2].partition(b"\n\n")[0].decode("latin-1").lower()
        self.mime_type = next(
            (line.partition(":")[2].strip() for line in headers.splitlines() if line.startswith("content-type:")), ""
        )
        self._in_file, self._held = True, self._after_second_head()
        return True

    def _after_second_head(self) -> bytes:
        """What follows, from the bytes themselves: line ends of the file must stay as they are."""
        second = self._held.index(self._delimiter, self._held.index(self._delimiter) + 1)
        ends = [(self._held.find(gap, second), len(gap)) for gap in (b"\r\n\r\n", b"\n\n")]
        place, length = min(end for end in ends if end[0] >= 0)
        return self._held[place + length :]

    def _read_file(self) -> bytes:
        closing = self._held.find(b"\n" + self._delimiter)
        if closing >= 0:
            self._ended = True
            return self._held[:closing].removesuffix(b"\r")
        kept = len(self._delimiter) + 2
        certain, self._held = self._held[:-kept], self._held[-kept:]
        return certain
