"""The raw ASGI types, and reading a request's body within its limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from io import BytesIO
from typing import Any, Protocol

from gemini_balance.core.errors import BadRequest, BodyStalled, TooLarge

Message = MutableMapping[str, Any]  # ASGI's own shape: the values' types depend on the message's
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

CLIENT_LEFT = "gemini_balance.client_left"
"""A list in `scope["extensions"]`, where the server has one: what to call when this connection's client is gone."""


BEGIN_REPLY = "gemini_balance.begin_reply"
"""A `BeginReply` in `scope["extensions"]`, where the server has one."""


class BeginReply(Protocol):
    """What writes a reply's head in one go, for less than the message that ASGI has for it."""

    def __call__(self, scope: Scope, status: int, headers: Headers, length: int | None) -> bool:
        """`length` is the body's, which `headers` tell, too; None: not known. False: nothing was written."""


class ClientLeft(Exception):
    """The client went away before its request was whole."""


async def read_body(receive: Receive, length: bytes | None, limit: int, idle: float) -> bytes:
    """`length` is the Content-Length header; `idle`: seconds after which a body that has begun is given up.

    Raises TooLarge as soon as that is known, BodyStalled, ClientLeft.
    """
    if length is not None:
        _check_length(length, limit)
    message = await receive()
    _check_here(message)
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return _within(body, limit)
    whole = BytesIO()  # joining 27 MB at the end takes 20 ms; here each piece brings its share of that
    whole.write(body)
    while message.get("more_body"):
        message = await _next(receive, idle)
        whole.write(message.get("body", b""))
        if whole.tell() > limit:
            raise _too_large(limit)
    return whole.getvalue()


class BodyPieces:
    """Implements `Pieces`. Reading raises ClientLeft after the client went away, and BodyStalled."""

    def __init__(self, receive: Receive, length: bytes | None, idle: float) -> None:
        """`length` is the Content-Length header; `idle`: seconds that one piece may take to come.

        Raises BadRequest where the length is no number.
        """
        if length is not None and not length.isdigit():
            raise BadRequest("The Content-Length header is not a number.")
        self.length = None if length is None else int(length)
        self._receive = receive
        self._idle = idle
        self._ended = False

    async def read(self) -> bytes:
        while not self._ended:
            message = await _next(self._receive, self._idle)
            self._ended = not message.get("more_body")
            if piece := message.get("body", b""):
                return bytes(piece)
        return b""


async def _next(receive: Receive, idle: float) -> Message:
    try:
        async with asyncio.timeout(idle):
            message = await receive()
    except TimeoutError as error:
        stalled = f"The request stopped in the middle: no byte of its body came for {idle:g} s (BODY_IDLE)."
        raise BodyStalled(stalled) from error
    _check_here(message)
    return message


def _check_length(length: bytes, limit: int) -> None:
    if not length.isdigit():
        raise BadRequest("The Content-Length header is not a number.")
    if int(length) > limit:
        raise _too_large(limit)


def _check_here(message: Message) -> None:
    if message["type"] == "http.disconnect":
        raise ClientLeft


def _within(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request body is larger than {limit / 1_000_000:g} MB (MAX_BODY_MB).")
