"""Replies in Google's own format: the upstream's bytes as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gemini_balance.core.call import Framing
from gemini_balance.core.gemini.verdict import has_content, is_thought, parts_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import BLANK, google_event

if TYPE_CHECKING:
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event

GRPC = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
CONTENT_TYPE = {
    Framing.WHOLE: b"application/json; charset=UTF-8",
    Framing.ARRAY: b"application/json; charset=UTF-8",
    Framing.SSE: b"text/event-stream",
    Framing.RAW: b"application/json; charset=UTF-8",
}


def error_body(error: GatewayError) -> dict[str, Any]:
    """Google's envelope; `details` names our own code, so that ours can be told from Google's."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": error.code.upper(),
        "domain": "gemini-balance",
    }
    status = GRPC.get(error.status, "INTERNAL")
    return {"error": {"code": error.status, "message": error.message, "status": status, "details": [info]}}


class NativeEncoder:
    """Joins what the framer cut; adds nothing but an error where the upstream left none."""

    def __init__(self, framing: Framing) -> None:
        self.content_type = CONTENT_TYPE[framing]
        # Comments and event names break Google's own SDKs; a blank line is the only thing all of them skip.
        self.heartbeat = BLANK
        self._framing = framing
        self._began = False

    def visible(self, events: list[Event]) -> bool:
        return self._framing is Framing.RAW or any(
            has_content(part) or is_thought(part) for event in events for part in parts_of(event.reply)
        )

    def feed(self, events: list[Event]) -> bytes:
        self._began = self._began or bool(events)
        return b"".join([event.raw for event in events])

    def finish(self, rest: bytes) -> bytes:
        return rest

    def whole(self, *events: Event) -> bytes:
        return b"".join([event.raw for event in events])

    def failure(self, error: GatewayError) -> bytes:
        body = encode(error_body(error))
        if self._framing is Framing.SSE:
            return google_event(body)
        return (b",\r\n" if self._began else b"[") + body + b"]"
