"""Cutting long events of a stream into small ones, so that text appears evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.gemini.events import Event
from gemini_balance.core.gemini.schema import Content
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from gemini_balance.core.gemini.schema import GenerateContentResponse, Part


def smoothed(events: list[Event], size: int) -> list[Event]:
    """The same words in the same order, no text longer than `size` characters."""
    return [piece for event in events for piece in _cut(event, size)]


def _cut(event: Event, size: int) -> list[Event]:
    """Only plain text and thoughts of a single candidate; what ends an answer, or more than text, is left whole."""
    part = _text_of(event.reply)
    if part is None or part.text is None or len(part.text) <= size:
        return [event]
    texts = [part.text[at : at + size] for at in range(0, len(part.text), size)]
    return [_with(event.reply, replace(part, text=text)) for text in texts]


def _text_of(reply: GenerateContentResponse) -> Part | None:
    if not reply.candidates or len(reply.candidates) > 1:
        return None
    (candidate,) = reply.candidates
    if candidate.finish_reason is not None or candidate.logprobs_result is not None or candidate.content is None:
        return None
    parts = candidate.content.parts
    return parts[0] if len(parts) == 1 and parts[0].text and not parts[0].thought_signature else None


def _with(reply: GenerateContentResponse, part: Part) -> Event:
    assert reply.candidates
    candidate = replace(reply.candidates[0], content=Content("model", [part]))
    data = encode(replace(reply, candidates=[candidate]))
    return Event(data, data)
