"""multipart/form-data, as browsers and OpenAI's libraries send files: a body that is whole, cut into its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from gemini_balance.core.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "multipart/form-data"
MOST_FIELDS = 256
LONGEST_BOUNDARY = 200  # the standard has 70
END = b"--"


class Field(msgspec.Struct, frozen=True):
    """One field; `filename` and `content_type` are empty where the sender told none."""

    name: str
    data: bytes
    filename: str = ""
    content_type: str = ""

    @property
    def text(self) -> str:
        """Raises BadRequest for bytes that aren't UTF-8."""
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            raise BadRequest(f"The form field `{self.name[:40]}` is not UTF-8 text.", param=self.name) from error


def fields(content_type: str, body: bytes) -> list[Field]:
    """The fields in order. Raises BadRequest for a body that is no form, or that is cut."""
    kind, told = _parameters(content_type)
    boundary = told.get("boundary", "")
    if kind != KIND or not 0 < len(boundary) <= LONGEST_BOUNDARY:
        raise BadRequest(f"Send the fields as {KIND}, with a boundary.")
    found: list[Field] = []
    for head, data in _pieces(boundary.encode(), body):
        if len(found) == MOST_FIELDS:
            raise BadRequest(f"The form has more than {MOST_FIELDS} fields.")
        found.append(_field(head, data))
    return found


def _pieces(boundary: bytes, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Headers and data between the boundaries. The first has no line end before it, unless something stands there."""
    mark = b"\r\n--" + boundary
    first = -2 if body.startswith(mark[2:]) else body.find(mark)
    if first == -1:
        raise BadRequest("The form doesn't begin with its boundary.")
    at = first + len(mark)
    while not body.startswith(END, at):
        start = body.find(b"\r\n", at) + 2
        end = body.find(mark, start - 2)
        if start < 2 or end < 0:
            raise BadRequest("The form ends in the middle of a field.")
        if body[at : start - 2].strip():
            raise BadRequest("A boundary of the form is followed by something else than a line end.")
        # A field without headers begins with the blank line at once.
        split = start - 2 if body.startswith(b"\r\n", start) else body.find(b"\r\n\r\n", start, end + 2)
        if split < 0:
            raise BadRequest("A field of the form has no blank line after its headers.")
        yield body[start:split], body[split + 4 : end]
        at = end + len(mark)


def _field(head: bytes, data: bytes) -> Field:
    headers = dict(_header(line) for line in head.decode(errors="replace").split("\r\n") if line)
    _, told = _parameters(headers.get("content-disposition", ""))
    if "name" not in told:
        raise BadRequest("A field of the form has no name.")
    return Field(told["name"], data, _filename(told), headers.get("content-type", ""))


def _filename(told: dict[str, str]) -> str:
    """`filename*` is RFC 5987's: a character set, a language, and percent signs."""
    extended = told.get("filename*", "")
    return unquote(extended.rpartition("'")[2]) if extended else told.get("filename", "")


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _parameters(header: str) -> tuple[str, dict[str, str]]:
    """The value of a header and its parameters: `form-data; name="a"`. Quoted ones may hold anything, `;` included."""
    kind, _, rest = header.partition(";")
    told: dict[str, str] = {}
    while rest:
        name, _, rest = rest.partition("=")
        value, rest = _value(rest.lstrip())
        told[name.strip(" \t;").lower()] = value
    return kind.strip().lower(), told


def _value(text: str) -> tuple[str, str]:
    """A parameter's value and what comes after it."""
    if not text.startswith('"'):
        value, _, rest = text.partition(";")
        return value.strip(), rest
    at, said = 1, ""
    while at < len(text) and text[at] != '"':
        # Browsers write a quote as %22; curl and Python put a backslash before it. Any other backslash is itself.
        at += text[at] == "\\" and text[at + 1 : at + 2] in ('"', "\\")
        said += text[at : at + 1]
        at += 1
    return said.replace("%22", '"'), text[at + 1 :].lstrip(" \t;")
