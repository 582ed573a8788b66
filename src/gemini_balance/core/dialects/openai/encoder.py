"""Gemini's reply as an OpenAI chat completion, whole or as a stream of chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from gemini_balance.core.dialects.openai import reply as answers
from gemini_balance.core.dialects.openai.errors import error_body
from gemini_balance.core.dialects.openai.schema import (
    AnswerMessage,
    Choice,
    Chunk,
    ChunkChoice,
    Completion,
    Delta,
    Usage,
)
from gemini_balance.core.gemini.verdict import has_content, is_thought, parts_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import COMMENT, DONE, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.dialects.protocol import Moment
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import (
        Candidate,
        GenerateContentResponse,
        GroundingMetadata,
        Part,
        UsageMetadata,
    )


class ChatEncoder:
    """One per call. A stream opens with the role, ends with the finish reason, usage where asked for, and [DONE]."""

    heartbeat = COMMENT

    def __init__(
        self, model: str, moment: Moment, *, stream: bool, include_usage: bool, show_thoughts: bool, searched: bool
    ) -> None:
        self.content_type = "text/event-stream; charset=utf-8" if stream else "application/json"
        self._id = f"chatcmpl-{moment.id}"
        self._created = moment.unix
        self._model = model
        self._include_usage = include_usage
        self._show_thoughts = show_thoughts
        self._searched = searched
        self._choices: dict[int, _StreamedChoice] = {}
        self._fingerprint: str | None = None
        self._usage: UsageMetadata | None = None

    def visible(self, events: list[Event]) -> bool:
        return any(
            has_content(part) or (self._show_thoughts and is_thought(part))
            for event in events
            for part in parts_of(event.reply)
        )

    def feed(self, events: list[Event]) -> bytes:
        return b"".join([chunk for event in events if event.data for chunk in self._chunks(event.reply)])

    def finish(self, rest: bytes) -> bytes:
        chunks = [self._chunk(choice.ending()) for _, choice in sorted(self._choices.items())]
        if self._include_usage:
            chunks.append(event(encode(self._frame([], answers.usage(self._usage)))))
        return b"".join([*chunks, DONE])

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

    def _chunks(self, reply: GenerateContentResponse) -> Iterator[bytes]:
        self._usage = reply.usage_metadata or self._usage
        self._fingerprint = reply.model_version or self._fingerprint
        if reply.prompt_feedback is not None and reply.prompt_feedback.block_reason:
            yield from self._begin(0)
            self._choices[0].block(answers.prompt_refusal(reply.prompt_feedback))
        for candidate in reply.candidates or ():
            yield from self._begin(candidate.index)
            for delta in self._choices[candidate.index].deltas(candidate, show_thoughts=self._show_thoughts):
                yield self._chunk(ChunkChoice(candidate.index, delta))

    def _begin(self, index: int) -> Iterator[bytes]:
        if index not in self._choices:
            self._choices[index] = _StreamedChoice(index, searched=self._searched)
            yield self._chunk(ChunkChoice(index, Delta("assistant", "", None)))

    def _chunk(self, choice: ChunkChoice) -> bytes:
        return event(encode(self._frame([choice], None if self._include_usage else UNSET)))

    def _frame(self, choices: list[ChunkChoice], usage: Usage | UnsetType | None) -> Chunk:
        return Chunk(
            self._id,
            "chat.completion.chunk",
            self._created,
            self._model,
            choices,
            system_fingerprint=self._fingerprint,
            usage=usage,
        )

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


class _StreamedChoice:
    """What one choice of a stream has said so far."""

    __slots__ = ("_finish", "_grounding", "_index", "_refusal", "_searched", "_text")

    def __init__(self, index: int, *, searched: bool) -> None:
        self._index = index
        self._finish = ""
        self._refusal: str | None = None
        self._grounding: GroundingMetadata | None = None
        self._searched = searched
        self._text: list[str] = []  # kept only where sources will point into it

    def deltas(self, candidate: Candidate, *, show_thoughts: bool) -> Iterator[Delta]:
        self._finish = candidate.finish_reason or self._finish
        self._refusal = answers.refusal(candidate) or self._refusal
        self._grounding = candidate.grounding_metadata or self._grounding
        for part in candidate.content.parts if candidate.content else ():
            if part.text and not part.thought:
                if self._searched:
                    self._text.append(part.text)
                yield Delta(content=part.text)
            elif part.text and show_thoughts:
                yield Delta(reasoning_content=part.text)

    def block(self, sentence: str) -> None:
        self._finish, self._refusal = "PROHIBITED_CONTENT", sentence

    def ending(self) -> ChunkChoice:
        cited = answers.sources(self._grounding, "".join(self._text)) if self._grounding else []
        delta = Delta(refusal=self._refusal or UNSET, annotations=cited or UNSET)
        return ChunkChoice(self._index, delta, finish_reason=answers.finish_reason(self._finish))


def _blocked(reply: GenerateContentResponse) -> Choice:
    feedback = reply.prompt_feedback
    sentence = answers.prompt_refusal(feedback) if feedback and feedback.block_reason else None
    return Choice(0, AnswerMessage("assistant", None, sentence), None, "content_filter" if sentence else "stop")
