"""A stream of chunks: the role first, then what comes, the finish reason, usage where asked for, and [DONE]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from gemini_balance.core.dialects.openai import reply as answers
from gemini_balance.core.dialects.openai.reply_schema import Chunk, ChunkChoice, Delta
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import DONE, event

if TYPE_CHECKING:
    from gemini_balance.core.dialects.openai.reply_schema import Usage
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import (
        Candidate,
        GenerateContentResponse,
        GroundingMetadata,
        Part,
        UsageMetadata,
    )

NO_CHOICES = b'"choices":[]'


class ChunkStream:
    """One per streamed call."""

    def __init__(
        self, chat_id: str, created: int, model: str, *, include_usage: bool, show_thoughts: bool, searched: bool
    ) -> None:
        self._id = chat_id
        self._created = created
        self._model = model
        self._include_usage = include_usage
        self._show_thoughts = show_thoughts
        self._searched = searched
        self._choices: dict[int, _Choice] = {}
        self._usage: UsageMetadata | None = None
        self._fingerprint: str | None = None
        self._around: tuple[bytes, bytes] | None = None

    def feed(self, events: list[Event]) -> bytes:
        chunks: list[bytes] = []
        for one in events:
            if one.data:
                self._add(one.reply, chunks)
        return b"".join(chunks)

    def finish(self) -> bytes:
        chunks: list[bytes] = []
        for _, choice in sorted(self._choices.items()):
            self._say(choice.ending(), chunks)
        if self._include_usage:
            chunks.append(event(encode(self._chunk(answers.usage(self._usage)))))
        chunks.append(DONE)
        return b"".join(chunks)

    def _add(self, reply: GenerateContentResponse, chunks: list[bytes]) -> None:
        self._usage = reply.usage_metadata or self._usage
        if reply.model_version and reply.model_version != self._fingerprint:
            self._fingerprint = reply.model_version
            self._around = None
        if reply.prompt_feedback is not None and reply.prompt_feedback.block_reason:
            self._begun(0, chunks).block(answers.prompt_refusal(reply.prompt_feedback))
        for candidate in reply.candidates or ():
            choice = self._begun(candidate.index, chunks)
            choice.note(candidate)
            for part in candidate.content.parts if candidate.content else ():
                if part.text and (delta := self._delta(choice, part)):
                    self._say(ChunkChoice(candidate.index, delta), chunks)

    def _delta(self, choice: _Choice, part: Part) -> Delta | None:
        if part.thought:
            return Delta(reasoning_content=part.text or "") if self._show_thoughts else None
        if self._searched:
            choice.text.append(part.text or "")
        return Delta(content=part.text or "")

    def _begun(self, index: int, chunks: list[bytes]) -> _Choice:
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice(index)
            self._say(ChunkChoice(index, Delta("assistant", "", None)), chunks)
        return choice

    def _say(self, choice: ChunkChoice, chunks: list[bytes]) -> None:
        """What stands around the choice is the same in every chunk, so it is encoded once."""
        if self._around is None:
            before, after = event(encode(self._chunk())).split(NO_CHOICES, 1)
            self._around = before + NO_CHOICES[:-1], NO_CHOICES[-1:] + after
        chunks.append(encode(choice).join(self._around))

    def _chunk(self, usage: Usage | None = None) -> Chunk:
        return Chunk(
            self._id,
            "chat.completion.chunk",
            self._created,
            self._model,
            [],
            system_fingerprint=self._fingerprint,
            usage=usage if self._include_usage else UNSET,
        )


class _Choice:
    """What one choice of a stream has said so far."""

    __slots__ = ("_finish", "_grounding", "_index", "_refusal", "text")

    def __init__(self, index: int) -> None:
        self.text: list[str] = []  # kept only where sources will point into it
        self._index = index
        self._finish = ""
        self._refusal: str | None = None
        self._grounding: GroundingMetadata | None = None

    def note(self, candidate: Candidate) -> None:
        if candidate.finish_reason is not None:
            self._finish = candidate.finish_reason
            self._refusal = answers.refusal(candidate) or self._refusal
        if candidate.grounding_metadata is not None:
            self._grounding = candidate.grounding_metadata

    def block(self, sentence: str) -> None:
        self._finish, self._refusal = "PROHIBITED_CONTENT", sentence

    def ending(self) -> ChunkChoice:
        cited = answers.sources(self._grounding, "".join(self.text)) if self._grounding else []
        delta = Delta(refusal=self._refusal or UNSET, annotations=cited or UNSET)
        return ChunkChoice(self._index, delta, finish_reason=answers.finish_reason(self._finish))
