"""Google's speech as the file, or the stream, that was asked for."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Protocol

import msgspec

from gemini_balance.core.dialects.openai.audio.speech import CONTENT_TYPES
from gemini_balance.core.dialects.openai.errors import error_body
from gemini_balance.core.dialects.openai.reply import cut, prompt_refusal, refusal
from gemini_balance.core.dialects.openai.sound import RATE, rate_of, wave_file, wave_head
from gemini_balance.core.errors import BadRequest, ContentRefused, UpstreamFailed
from gemini_balance.core.gemini.verdict import FILTERED, parts_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import COMMENT, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gemini_balance.core.dialects.openai.audio.speech import SpeechRequest
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import GenerateContentResponse, UsageMetadata

EVENTS = b"text/event-stream; charset=utf-8"


class AudioSink(Protocol):
    """Writes one file of 16-bit mono samples; they come in pieces of any length."""

    def feed(self, samples: bytes) -> bytes:
        """What can be written by now."""

    def finish(self) -> bytes:
        """The rest."""


class Usage(msgspec.Struct):
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0


class AudioDelta(msgspec.Struct, tag_field="type", tag="speech.audio.delta"):
    audio: str


class AudioDone(msgspec.Struct, tag_field="type", tag="speech.audio.done"):
    usage: Usage


class Bare:
    """Samples as they are."""

    def feed(self, samples: bytes) -> bytes:
        return samples

    def finish(self) -> bytes:
        return b""


class WaveStream(Bare):
    """A WAV file whose length nobody knows yet."""

    def __init__(self, rate: int) -> None:
        self._head = wave_head(rate)

    def feed(self, samples: bytes) -> bytes:
        head, self._head = self._head, b""
        return head + samples


class SpeechEncoder:
    """Implements `Encoder`; one per call.

    `begin` opens a file of the asked form for samples of a rate; wav and pcm need none. `whole`, and `finish` of a
    stream without a sound, raise ContentRefused or UpstreamFailed; `whole` and `feed` raise BadRequest for a speech
    that was cut. A bare stream has no place for an error: where `failure` is empty the connection must be cut, or half
    a sentence would pass for a whole one.
    """

    def __init__(self, asked: SpeechRequest, begin: Callable[[int], AudioSink] | None = None) -> None:
        assert begin is not None or asked.form in ("wav", "pcm"), "this form needs an encoder"
        self.content_type = EVENTS if asked.events else CONTENT_TYPES[asked.form]
        self.heartbeat = COMMENT if asked.events else b""
        self._form = asked.form
        self._events = asked.events
        self._begin = begin
        self._sink: AudioSink | None = None
        self._said: list[GenerateContentResponse] = []  # what came without sound, for the reason of a silence
        self._usage = Usage()

    def visible(self, events: list[Event]) -> bool:
        return any(_blobs(one) for one in events)

    def feed(self, events: list[Event]) -> bytes:
        return b"".join(self._framed(self._written(one)) for one in events)

    def finish(self, rest: bytes) -> bytes:
        if self._sink is None:
            raise silence(self._said)
        ending = self._framed(self._sink.finish())
        return ending + (event(encode(AudioDone(self._usage))) if self._events else b"")

    def whole(self, *events: Event) -> bytes:
        if self._events:
            return self.feed(list(events)) + self.finish(b"")
        pieces = [blob for one in events for blob in _blobs(one)]
        if not pieces:
            raise silence([one.reply for one in events])
        for one in events:
            _check(one.reply)
        samples, rate = b"".join(data for _, data in pieces), rate_of(pieces[0][0])
        if self._form == "wav":
            return wave_file(samples, rate)
        sink = self._opened(rate)
        return sink.feed(samples) + sink.finish()

    def failure(self, error: GatewayError) -> bytes:
        return event(encode(error_body(error))) if self._events else b""

    def _written(self, one: Event) -> bytes:
        if one.reply.usage_metadata is not None:
            self._usage = usage(one.reply.usage_metadata)
        _check(one.reply)
        pieces = _blobs(one)
        if not pieces and self._sink is None:
            self._said.append(one.reply)
        return b"".join(self._fed(kind, data) for kind, data in pieces)

    def _fed(self, mime_type: str, data: bytes) -> bytes:
        if self._sink is None:
            self._sink = self._opened(rate_of(mime_type))
        return self._sink.feed(data)

    def _opened(self, rate: int) -> AudioSink:
        if self._begin is not None:
            return self._begin(rate)
        return WaveStream(rate) if self._form == "wav" else Bare()

    def _framed(self, data: bytes) -> bytes:
        if not self._events or not data:
            return data
        return event(encode(AudioDelta(b64encode(data).decode())))


def _check(reply: GenerateContentResponse) -> None:
    """Half a speech must not pass for a whole one."""
    if cut(reply):
        raise BadRequest("`input` is longer than what the model speaks in one answer; send it in parts.", param="input")


def _blobs(one: Event) -> list[tuple[str, bytes]]:
    """The sounds of an event: type and bytes."""
    blobs = (part.inline_data for part in parts_of(one.reply) if part.inline_data is not None)
    return [(blob.mime_type or f"audio/L16;rate={RATE}", b64decode(blob.data)) for blob in blobs if blob.data]


def usage(counted: UsageMetadata) -> Usage:
    spoken = counted.candidates_token_count + counted.thoughts_token_count
    return Usage(counted.prompt_token_count, spoken, counted.prompt_token_count + spoken)


def silence(replies: Iterable[GenerateContentResponse]) -> ContentRefused | UpstreamFailed:
    """Why nothing was said."""
    for reply in replies:
        if reply.prompt_feedback is not None and reply.prompt_feedback.block_reason:
            return ContentRefused(prompt_refusal(reply.prompt_feedback), param="input")
        for candidate in reply.candidates or ():
            if candidate.finish_reason in FILTERED:
                return ContentRefused(refusal(candidate) or "", param="input")
    return UpstreamFailed("The model gave no sound. Is it one that speaks?")
