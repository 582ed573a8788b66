"""Gemini's reply as an OpenAI chat completion, whole or as a stream of chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from gemini_balance.core.dialects.openai import reply as answers
from gemini_balance.core.dialects.openai.errors import error_body
from gemini_balance.core.dialects.openai.reply_schema import AnswerMessage, Choice, Completion
from gemini_balance.core.dialects.openai.stream import ChunkStream
from gemini_balance.core.gemini.verdict import has_content, is_thought, parts_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import COMMENT, event

if TYPE_CHECKING:
    from gemini_balance.core.dialects.protocol import Moment
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import Candidate, GenerateContentResponse, Part


class ChatEncoder:
    """Implements `Encoder`; one per call."""

    heartbeat = COMMENT

    def __init__(
        self, model: str, moment: Moment, *, stream: bool, include_usage: bool, show_thoughts: bool, searched: bool
    ) -> None:
        self.content_type = b"text/event-stream; charset=utf-8" if stream else b"application/json"
        self._id = f"chatcmpl-{moment.id}"
        self._created = moment.unix
        self._model = model
        self._show_thoughts = show_thoughts
        self._chunks = ChunkStream(
            self._id,
            self._created,
            model,
            include_usage=include_usage,
            show_thoughts=show_thoughts,
            searched=searched,
        )

    def visible(self, events: list[Event]) -> bool:
        return any(
            has_content(part) or (self._show_thoughts and is_thought(part))
            for event in events
            for part in parts_of(event.reply)
        )

    def feed(self, events: list[Event]) -> bytes:
        return self._chunks.feed(events)

    def finish(self, rest: bytes) -> bytes:
        return self._chunks.finish()

    def whole(self, event: Event) -> bytes:
        reply = event.reply
        return encode(
            Completion(
                self._id,
                "chat.completion",
                self._created,
                self._model,
                [self._choice(candidate) for candidate in reply.candidates or ()] or [_blocked(reply)],
                answers.usage(reply.usage_metadata),
                system_fingerprint=reply.model_version,
            )
        )

    def failure(self, error: GatewayError) -> bytes:
        return event(encode(error_body(error)))

    def _choice(self, candidate: Candidate) -> Choice:
        parts = candidate.content.parts if candidate.content else []
        text = _joined(parts, thoughts=False)
        thoughts = _joined(parts, thoughts=True) if self._show_thoughts else ""
        message = AnswerMessage(
            "assistant",
            text,
            answers.refusal(candidate),
            reasoning_content=thoughts or UNSET,
            annotations=answers.sources(candidate.grounding_metadata, text) or UNSET,
        )
        return Choice(candidate.index, message, None, answers.finish_reason(candidate.finish_reason or ""))


def _joined(parts: list[Part], *, thoughts: bool) -> str:
    return "".join([part.text for part in parts if part.text and bool(part.thought) is thoughts])


def _blocked(reply: GenerateContentResponse) -> Choice:
    feedback = reply.prompt_feedback
    sentence = answers.prompt_refusal(feedback) if feedback and feedback.block_reason else None
    return Choice(0, AnswerMessage("assistant", None, sentence), None, "content_filter" if sentence else "stop")
