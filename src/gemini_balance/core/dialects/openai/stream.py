"""A stream of chunks: the role first, then what comes, the finish reason, usage where asked for, and [DONE]."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from gemini_balance.core.dialects.openai.answer import Answer
from gemini_balance.core.dialects.openai.reply_schema import Audio, Chunk, ChunkChoice, Delta, FunctionSaid, ToolCall
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import DONE, event

if TYPE_CHECKING:
    from gemini_balance.core.dialects.openai.reply_schema import Logprobs, Usage
    from gemini_balance.core.dialects.openai.teller import CallIds, Manner, Teller
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import GenerateContentResponse

NO_CHOICES = b'"choices":[]'
NO_TEXT = b'"content":""'


class ChunkStream:
    """One per streamed call."""

    __slots__ = ("_answer", "_around", "_around_text", "_audio", "_created", "_id", "_include_usage", "_model")

    def __init__(
        self, chat_id: str, created: int, model: str, manner: Manner, ids: CallIds, *, include_usage: bool
    ) -> None:
        self._id = chat_id
        self._created = created
        self._model = model
        self._include_usage = include_usage
        self._answer = Answer(manner, ids)
        self._around: tuple[bytes, bytes] | None = None
        self._around_text = (b"", b"")  # of the first choice, where there is nothing else
        self._audio = False

    def feed(self, events: list[Event]) -> bytes:
        chunks: list[bytes] = []
        for one in events:
            if one.data:
                self._add(one.reply, chunks)
        return b"".join(chunks)

    def finish(self) -> bytes:
        chunks: list[bytes] = []
        for index, teller in sorted(self._answer.tellers.items()):
            if (words := teller.last_words()) is not None:
                self._tell(teller, words, chunks)
            if not teller.begun:
                self._begin(teller, chunks)
            last = ChunkChoice(index, teller.ending(), teller.take_logprobs(), teller.finish_reason)
            self._say(last, chunks)
        if self._include_usage:
            chunks.append(event(encode(self._chunk(self._answer.usage()))))
        chunks.append(DONE)
        return b"".join(chunks)

    def _add(self, reply: GenerateContentResponse, chunks: list[bytes]) -> None:
        if self._answer.note(reply):
            self._around = None
        if self._around is None:
            self._surround()
        for candidate in reply.candidates or ():
            teller = self._answer.tellers.get(candidate.index) or self._answer.teller(candidate.index)
            teller.note(candidate)
            for part in candidate.content.parts if candidate.content is not None else ():
                if teller.plain and part.text and not part.thought and not part.thought_signature:
                    self._pass_on(teller, part.text, chunks)
                elif (delta := teller.tell(part)) is not None:
                    self._tell(teller, delta, chunks)

    def _pass_on(self, teller: Teller, text: str, chunks: list[bytes]) -> None:
        """Nearly every chunk of a stream."""
        if teller.index:
            self._say(ChunkChoice(teller.index, Delta(content=text)), chunks)
        else:
            chunks.append(encode(text).join(self._around_text))

    def _tell(self, teller: Teller, delta: Delta, chunks: list[bytes]) -> None:
        if delta.tool_calls or delta.function_call:
            return self._tell_call(teller, delta, chunks)
        if not teller.begun:
            self._begin(teller, chunks)
        if delta.audio:
            self._head_audio(delta.audio)
        self._say(ChunkChoice(teller.index, delta, teller.take_logprobs()), chunks)
        teller.plain = teller.opens_plainly()
        return None

    def _tell_call(self, teller: Teller, delta: Delta, chunks: list[bytes]) -> None:
        """As OpenAI does: what is called in one chunk, with what in the next; the very first one has the role."""
        arguments = _without_arguments(delta)
        if not teller.begun:
            teller.begun = True
            delta.role, delta.content, delta.refusal = "assistant", delta.content or None, None
        logprobs: Logprobs | None = teller.take_logprobs()
        self._say(ChunkChoice(teller.index, delta, logprobs), chunks)
        self._say(ChunkChoice(teller.index, arguments), chunks)

    def _begin(self, teller: Teller, chunks: list[bytes]) -> None:
        teller.begun = True
        self._say(ChunkChoice(teller.index, Delta("assistant", "", refusal=None)), chunks)

    def _head_audio(self, audio: Audio) -> None:
        """Only the first: openai's library adds up what comes twice, ids and times included."""
        if not self._audio:
            self._audio = True
            audio.id, audio.expires_at, audio.transcript = f"audio_{self._id}", self._created, ""

    def _say(self, choice: ChunkChoice, chunks: list[bytes]) -> None:
        chunks.append(encode(choice).join(self._around or self._surround()))

    def _surround(self) -> tuple[bytes, bytes]:
        """What stands around the choice is the same in every chunk, so it is encoded once."""
        before, after = event(encode(self._chunk())).split(NO_CHOICES, 1)
        around = self._around = before + NO_CHOICES[:-1], NO_CHOICES[-1:] + after
        head, tail = encode(ChunkChoice(0, Delta(content=""))).join(around).split(NO_TEXT, 1)
        self._around_text = head + NO_TEXT[:-2], tail
        return around

    def _chunk(self, usage: Usage | None = None) -> Chunk:
        return Chunk(
            self._id,
            "chat.completion.chunk",
            self._created,
            self._model,
            [],
            service_tier=self._answer.tier,
            system_fingerprint=self._answer.fingerprint,
            usage=usage if self._include_usage else UNSET,
        )


def _without_arguments(delta: Delta) -> Delta:
    """Take the arguments of the one call in `delta` out of it, into a delta of their own."""
    if delta.function_call:
        function, delta.function_call = delta.function_call, FunctionSaid(delta.function_call.name)
        return Delta(function_call=FunctionSaid(arguments=function.arguments))
    assert delta.tool_calls, "who asks has seen a call"
    (call,) = delta.tool_calls
    assert call.function, "the teller tells calls whole"
    function, call.function = call.function, FunctionSaid(call.function.name)
    return Delta(tool_calls=[ToolCall(call.index, function=FunctionSaid(arguments=function.arguments))])
