"""Google's error in an answer of whatever dress, read field by field so that one odd field never hides the others.

Seen: plain JSON, a one-element array (JSON-array streams, Google's OpenAI door), JSON sent as text/event-stream with
and without `data: `, HTML pages of what stands in front of the API, and nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.core.gemini.schema import ErrorDetail, ErrorStatus
from gemini_balance.core.wire.sse import BLANK, SseFramer

if TYPE_CHECKING:
    from collections.abc import Iterator

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PAGE = 8_192  # of a page that is no JSON; Google's own are 1.6 KB


def error_in(body: bytes) -> ErrorStatus | None:
    """The error that an answer of any dress holds; None when what answered was not the API."""
    errors = (_error_of(_loose(data)) for data in _dresses(body.removeprefix(_BYTE_ORDER_MARK)))
    return next((error for error in errors if error is not None), None)


def page_in(body: bytes) -> str:
    """The beginning of an answer that is no JSON, as text."""
    return body[:_PAGE].decode(errors="replace")


def _dresses(body: bytes) -> Iterator[bytes]:
    yield body
    yield body.removeprefix(b"data:")  # one `data:` before JSON of many lines
    yield from (data for _, data in SseFramer().feed(body + BLANK) if data)


def _loose(data: bytes) -> object:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _error_of(found: object) -> ErrorStatus | None:
    for reply in _objects(found if isinstance(found, list) else [found]):
        match reply.get("error"):
            case dict() as error:
                return _status(error)
            case str() as message:
                return ErrorStatus(message=message)
    return None


def _status(error: dict[str, Any]) -> ErrorStatus:
    code = error.get("code")  # a word like "invalid_request" in the Interactions API
    return ErrorStatus(
        code=code if isinstance(code, int) else 0,
        message=_text(error.get("message")),
        status=_text(error.get("status")) or _text(code),
        details=[_detail(detail) for detail in _objects(error.get("details"))],
    )


def _detail(detail: dict[str, Any]) -> ErrorDetail:
    metadata = detail.get("metadata")
    return ErrorDetail(
        type=_text(detail.get("@type")),
        reason=_text(detail.get("reason")),
        metadata={name: _text(value) for name, value in metadata.items()} if isinstance(metadata, dict) else {},
        violations=_objects(detail.get("violations")),
        retry_delay=_text(detail.get("retryDelay")),
    )


def _objects(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
