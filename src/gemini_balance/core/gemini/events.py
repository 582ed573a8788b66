"""Reply events with a decoded view that is made at most once, and only when somebody looks."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.gemini.schema import GenerateContentResponse, decode_reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.wire.frames import Frame

UNREADABLE = GenerateContentResponse()


class Event(msgspec.Struct, gc=False, eq=False):
    """`raw` is what the upstream sent, framing included; `data` the JSON in it."""

    raw: bytes
    data: bytes
    _reply: GenerateContentResponse | None = None

    @property
    def reply(self) -> GenerateContentResponse:
        """The decoded event; an empty one when it is a blank, a comment or not JSON of the kind we know."""
        if self._reply is None:
            self._reply = decoded(self.data)
        return self._reply


def events_of(frames: Iterable[Frame]) -> list[Event]:
    return list(starmap(Event, frames))


def decoded(data: bytes) -> GenerateContentResponse:
    """A reply, or an empty one where `data` is none; the error in a one-element array is found too."""
    if not data:
        return UNREADABLE
    try:
        return decode_reply(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _first_of(data)


def _first_of(data: bytes) -> GenerateContentResponse:
    """Google's JSON-array streams wrap even their errors in a list."""
    try:
        replies = _ARRAY.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return UNREADABLE
    return replies[0] if replies else UNREADABLE


_ARRAY = msgspec.json.Decoder(list[GenerateContentResponse], strict=False)
