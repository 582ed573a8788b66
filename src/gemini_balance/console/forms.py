"""What a form of ours sends: urlencoded, whole in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from gemini_balance.core.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

LARGEST = 8_000_000  # bytes: a hundred thousand pasted keys
MOST_FIELDS = 20_000


class Form:
    """Fields may come more than once. What is absent is empty."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        return self._fields.get(name, [""])[-1]

    def all(self, name: str) -> list[str]:
        return self._fields.get(name, [])

    def __contains__(self, name: str) -> bool:
        return name in self._fields


async def read_form(request: Request) -> Form:
    """Raises TooLarge; ValueError for more fields than any form of ours has."""
    pieces, length = [], 0
    async for piece in request.stream():
        length += len(piece)
        if length > LARGEST:
            raise TooLarge(f"A form holds at most {LARGEST // 1_000_000} MB.")
        pieces.append(piece)
    text = b"".join(pieces).decode("utf-8", "replace")
    return Form(parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
