"""What an interaction used, in its own words: as JSON, or in the last events of a stream."""

from __future__ import annotations

import msgspec

from gemini_balance.core.outcome import NO_USAGE, Usage
from gemini_balance.core.wire.sse import BLANK, SseFramer

END = 16 * 1024  # bytes of a stream's end in which its usage stands: recorded events that tell it have below 1 KB


class _Usage(msgspec.Struct):
    total_input_tokens: int = 0
    total_cached_tokens: int = 0
    total_tool_use_tokens: int = 0
    total_output_tokens: int = 0
    total_thought_tokens: int = 0
    total_tokens: int = 0


class _Interaction(msgspec.Struct):
    usage: _Usage | None = None


class _Told(msgspec.Struct):
    usage: _Usage | None = None
    interaction: _Interaction | None = None


_told = msgspec.json.Decoder(_Told)


def usage_of(reply: bytes) -> Usage:
    """Of an interaction, or of an event that tells of one; nothing where it tells none."""
    try:
        told = _told.decode(reply)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NO_USAGE
    usage = told.usage or (told.interaction.usage if told.interaction is not None else None)
    return Usage(*msgspec.structs.astuple(usage)) if usage is not None else NO_USAGE


def usage_at(end: bytes) -> Usage:
    """Of the last event that tells it, in the end of a stream of events."""
    events = SseFramer().feed(end + BLANK)
    return next(
        (found for _, data in reversed(events) if b"usage" in data and (found := usage_of(data)).total), NO_USAGE
    )
