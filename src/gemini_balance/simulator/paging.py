"""Pages of a listing: the size that a caller may ask for, and the token that leads on."""

import base64
import binascii
from collections.abc import Sequence

from msgspec import Struct

from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Json, Object


class Paging(Struct, frozen=True):
    """How a listing is cut. `message` is the request's name in Google's errors, `field` the list in the answer."""

    message: str
    field: str
    default: int = 50
    maximum: int = 1000
    snake_case: bool = False


def page_of(items: Sequence[Json], paging: Paging, query: dict[str, str]) -> Object:
    """The page that the query asks for; an empty list is absent, as everywhere in Google's JSON."""
    size = _size(query.get("pageSize") or query.get("page_size") or "", paging)
    start = _read_token(query.get("pageToken") or query.get("page_token") or "", paging)
    page = list(items[start : start + size])
    answer: Object = {paging.field: page} if page else {}
    if start + size < len(items):
        answer["next_page_token" if paging.snake_case else "nextPageToken"] = _token(start + size, paging)
    return answer


def _size(text: str, paging: Paging) -> int:
    if not text:
        return paging.default
    if not text.lstrip("-").isdigit():
        raise GoogleError(invalid_argument(f"Invalid value at 'page_size' (TYPE_INT32), \"{text}\""))
    size = int(text)
    if size < 0 or size > paging.maximum:
        message = f"* {paging.message}.page_size: page_size must be in the range [0, {paging.maximum}].\n"
        raise GoogleError(invalid_argument(message))
    return size or paging.default


def _token(start: int, paging: Paging) -> str:
    return base64.urlsafe_b64encode(f"{paging.field}/{start}".encode()).decode()


def _read_token(token: str, paging: Paging) -> int:
    if not token:
        return 0
    try:
        field, _, start = base64.urlsafe_b64decode(token).decode().partition("/")
    except (binascii.Error, ValueError):
        field, start = "", ""
    if field != paging.field or not start.isdigit():
        raise GoogleError(invalid_argument("Invalid page token."))
    return int(start)
