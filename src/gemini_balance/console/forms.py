"""What a form of ours sends: whole in memory; with a file, as multipart/form-data."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from gemini_balance.core.errors import TooLarge
from gemini_balance.core.wire import multipart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

LARGEST = 8_000_000  # bytes: a hundred thousand pasted keys
LARGEST_FILE = 64_000_000  # the well-known implementation's database has its log in it
MOST_FIELDS = 20_000


class Form:
    """Fields may come more than once. What is absent is empty."""

    def __init__(self, fields: Mapping[str, list[str]], files: Mapping[str, bytes] | None = None) -> None:
        self._fields, self._files = fields, files or {}

    def one(self, name: str) -> str:
        return self._fields.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        return self._fields.get(name, [])

    def file(self, name: str) -> bytes:
        """What was chosen; empty if nothing was."""
        return self._files.get(name, b"")

    def __contains__(self, name: str) -> bool:
        return name in self._fields


async def read_form(request: Request) -> Form:
    """Raises TooLarge, BadRequest; ValueError for more fields than any form of ours has."""
    kind = request.headers.get("content-type", "")
    if kind.lower().startswith(multipart.KIND):
        return await asyncio.to_thread(_with_files, kind, await _body(request, LARGEST_FILE))
    text = (await _body(request, LARGEST)).decode("utf-8", "replace")
    return Form(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))


async def _body(request: Request, largest: int) -> bytes:
    pieces, length = [], 0
    async for piece in request.stream():
        length += len(piece)
        if length > largest:
            raise TooLarge(f"A form holds at most {largest // 1_000_000} MB.")
        pieces.append(piece)
    return b"".join(pieces)


def _with_files(kind: str, body: bytes) -> Form:
    fields: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    for field in multipart.fields(kind, body):
        if field.filename or field.content_type:
            files[field.name] = field.data
        else:
            fields.setdefault(field.name, []).append(field.data.decode("utf-8", "replace"))
    return Form(fields, files)
