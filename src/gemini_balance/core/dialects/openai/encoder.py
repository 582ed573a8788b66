"""Gemini's reply as an OpenAI chat completion, whole or as a stream of chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.dialects.openai.answer import Answer
from gemini_balance.core.dialects.openai.errors import error_body
from gemini_balance.core.dialects.openai.reply_schema import Completion
from gemini_balance.core.dialects.openai.stream import ChunkStream
from gemini_balance.core.dialects.openai.teller import CallIds, Manner
from gemini_balance.core.dialects.openai.whole import WholeChoice
from gemini_balance.core.gemini.verdict import has_content, is_thought, parts_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import COMMENT, event

if TYPE_CHECKING:
    from gemini_balance.core.dialects.protocol import Moment
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.signatures import SignatureStore


class ChatEncoder:
    """Implements `Encoder`; one per call."""

    heartbeat = COMMENT
    __slots__ = ("_chunks", "_created", "_id", "_ids", "_manner", "_model", "_raw_audio", "content_type")

    def __init__(
        self,
        model: str,
        moment: Moment,
        manner: Manner,
        signatures: SignatureStore | None,
        *,
        stream: bool,
        include_usage: bool = False,
        raw_audio: bool = False,
    ) -> None:
        self.content_type = b"text/event-stream; charset=utf-8" if stream else b"application/json"
        self._id = f"chatcmpl-{moment.id}"
        self._created = moment.unix
        self._model = model
        self._manner = manner
        self._ids = CallIds(moment.id, signatures)
        self._raw_audio = raw_audio
        self._chunks = (
            ChunkStream(self._id, self._created, model, manner, self._ids, include_usage=include_usage)
            if stream
            else None
        )

    def visible(self, events: list[Event]) -> bool:
        return any(
            has_content(part) or (self._manner.thoughts and is_thought(part))
            for event in events
            for part in parts_of(event.reply)
        )

    def feed(self, events: list[Event]) -> bytes:
        assert self._chunks is not None, "only a stream is fed"
        return self._chunks.feed(events)

    def finish(self, rest: bytes) -> bytes:
        assert self._chunks is not None, "only a stream is finished"
        return self._chunks.finish()

    def whole(self, *events: Event) -> bytes:
        answer, plain = Answer(self._manner, self._ids), not self._manner.think_tags
        choices: dict[int, WholeChoice] = {}
        for one in events:
            answer.note(one.reply)
            for candidate in one.reply.candidates or ():
                if (choice := choices.get(candidate.index)) is None:
                    choice = choices[candidate.index] = WholeChoice(answer.teller(candidate.index), plain=plain)
                choice.add(candidate)
        blocked = not choices
        if blocked:
            choices[0] = WholeChoice(answer.teller(0), plain=plain)
        told = [
            choice.choice(self._id, self._created, raw_audio=self._raw_audio, blocked=blocked)
            for _, choice in sorted(choices.items())
        ]
        return encode(
            Completion(
                self._id,
                "chat.completion",
                self._created,
                self._model,
                told,
                answer.usage(),
                answer.tier,
                answer.fingerprint,
            )
        )

    def failure(self, error: GatewayError) -> bytes:
        return event(encode(error_body(error)))
