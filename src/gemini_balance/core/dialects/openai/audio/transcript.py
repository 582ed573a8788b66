"""What a model wrote down, in the form that was asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import UNSET

from gemini_balance.core.dialects.openai.audio import captions
from gemini_balance.core.dialects.openai.errors import error_body
from gemini_balance.core.dialects.openai.reply import cut, prompt_refusal, refusal
from gemini_balance.core.errors import BadRequest, ContentRefused
from gemini_balance.core.gemini.schema import decode_details
from gemini_balance.core.gemini.verdict import FILTERED, parts_of
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.sse import COMMENT, event

if TYPE_CHECKING:
    from gemini_balance.core.dialects.openai.audio.transcription import TranscriptionRequest
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import UsageMetadata

PLAIN = b"text/plain; charset=utf-8"
CONTENT_TYPES = {"text": PLAIN, "srt": PLAIN, "vtt": PLAIN}


class InputDetails(msgspec.Struct):
    text_tokens: int = 0
    audio_tokens: int = 0


class TokenUsage(msgspec.Struct):
    type: Literal["tokens"] = "tokens"
    input_tokens: int = 0
    input_token_details: InputDetails = msgspec.field(default_factory=InputDetails)
    output_tokens: int = 0
    total_tokens: int = 0


class DurationUsage(msgspec.Struct):
    seconds: int
    type: Literal["duration"] = "duration"


class Transcript(msgspec.Struct):
    text: str
    usage: TokenUsage


class SegmentTold(msgspec.Struct):
    """Whisper's; what a language model can't know is 0."""

    id: int
    start: float
    end: float
    text: str
    seek: int = 0
    tokens: list[int] = msgspec.field(default_factory=list)
    temperature: float = 0.0
    avg_logprob: float = 0.0
    compression_ratio: float = 0.0
    no_speech_prob: float = 0.0


class VerboseTranscript(msgspec.Struct):
    task: Literal["transcribe", "translate"]
    language: str
    duration: float
    text: str
    segments: list[SegmentTold]
    usage: DurationUsage


class TextDelta(msgspec.Struct, tag_field="type", tag="transcript.text.delta"):
    delta: str


class TextDone(msgspec.Struct, tag_field="type", tag="transcript.text.done"):
    text: str
    usage: TokenUsage


class TranscriptEncoder:
    """Implements `Encoder`; one per call.

    `whole` and `feed` raise ContentRefused for what a filter took and BadRequest for what the model had no room for,
    `whole` UpstreamFailed, too.
    """

    heartbeat = COMMENT

    def __init__(self, asked: TranscriptionRequest) -> None:
        self._asked = asked
        streamed = b"text/event-stream; charset=utf-8"
        self.content_type = streamed if asked.stream else CONTENT_TYPES.get(asked.form, b"application/json")
        self._text: list[str] = []
        self._counted: UsageMetadata | None = None

    def visible(self, events: list[Event]) -> bool:
        return any(_text(one) for one in events)

    def feed(self, events: list[Event]) -> bytes:
        return b"".join(self._delta(one) for one in events)

    def finish(self, rest: bytes) -> bytes:
        return event(encode(TextDone("".join(self._text), _usage(self._counted))))

    def whole(self, *events: Event) -> bytes:
        for one in events:
            self._take(one)
        if self._asked.stream:
            return event(encode(TextDelta("".join(self._text)))) + self.finish(b"")
        return told(self._asked, "".join(self._text), _usage(self._counted))

    def failure(self, error: GatewayError) -> bytes:
        return event(encode(error_body(error)))

    def _delta(self, one: Event) -> bytes:
        text = self._take(one)
        return event(encode(TextDelta(text))) if text else b""

    def _take(self, one: Event) -> str:
        _check(one)
        text = _text(one)
        self._text.append(text)
        self._counted = one.reply.usage_metadata or self._counted
        return text


def told(asked: TranscriptionRequest, text: str, usage: TokenUsage) -> bytes:
    """The whole body. Raises UpstreamFailed where times were asked for and the model told none."""
    match asked.form:
        case "json":
            return encode(Transcript(text.strip(), usage))
        case "text":
            return f"{text.strip()}\n".encode()
        case "srt":
            return captions.srt(captions.timed(text)[1]).encode()
        case "vtt":
            return captions.vtt(captions.timed(text)[1]).encode()
        case _:
            return encode(_verbose(asked, text))


def _verbose(asked: TranscriptionRequest, text: str) -> VerboseTranscript:
    language, found = captions.timed(text)
    duration = max((one.end for one in found), default=0.0)
    return VerboseTranscript(
        "translate" if asked.translate else "transcribe",
        "english" if asked.translate else language.lower() or asked.language,
        duration,
        " ".join(one.text for one in found),
        [
            SegmentTold(at, one.start, one.end, one.text, temperature=asked.temperature or 0.0)
            for at, one in enumerate(found)
        ],
        DurationUsage(math.ceil(duration)),
    )


def _text(one: Event) -> str:
    return "".join(part.text or "" for part in parts_of(one.reply) if not part.thought)


def _check(one: Event) -> None:
    """Half a transcript must not pass for a whole one."""
    if cut(one.reply):
        raise BadRequest(
            "The recording holds more than the model writes in one answer; send it in parts.", param="file"
        )
    feedback = one.reply.prompt_feedback
    if feedback is not None and feedback.block_reason:
        raise ContentRefused(prompt_refusal(feedback), param="file")
    for candidate in one.reply.candidates or ():
        if candidate.finish_reason in FILTERED:
            raise ContentRefused(refusal(candidate) or "", param="file")


def _usage(counted: UsageMetadata | None) -> TokenUsage:
    if counted is None:
        return TokenUsage()
    details = decode_details(counted.prompt_tokens_details) if counted.prompt_tokens_details is not UNSET else []
    heard = sum(one.token_count for one in details if one.modality == "AUDIO")
    prompt, written = counted.prompt_token_count, counted.candidates_token_count + counted.thoughts_token_count
    return TokenUsage("tokens", prompt, InputDetails(prompt - heard, heard), written, prompt + written)
