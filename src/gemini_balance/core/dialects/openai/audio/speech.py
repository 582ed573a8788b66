"""audio/speech: OpenAI's request in Gemini's terms."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.dialects.openai.body import read
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.request_schema import GenerateContentRequest, GenerationConfig
from gemini_balance.core.gemini.schema import Content, Part
from gemini_balance.core.gemini.voices import voice

if TYPE_CHECKING:
    from collections.abc import Set

CONTENT_TYPES = {
    "wav": b"audio/wav",
    "pcm": b"audio/pcm",
    "mp3": b"audio/mpeg",
    "opus": b"audio/ogg",
    "aac": b"audio/aac",
    "flac": b"audio/flac",
}
OWN_FORMATS = frozenset({"wav", "pcm"})
"""What is written here; the others need an encoder."""
SPEEDS = (0.25, 4.0)
# Up to which speed a reader is told what: Google's models have no number for it.
PACES = ((0.6, "Speak very slowly."), (0.95, "Speak slowly."), (1.05, ""), (1.5, "Speak quickly."))
FASTEST = "Speak very quickly."
STREAM_FORMATS = ("audio", "sse")


class Voice(msgspec.Struct, frozen=True):
    """A voice of the caller's own at OpenAI; its id may be a name of Google's here."""

    id: str = ""


class SpeechBody(msgspec.Struct, frozen=True):
    """The request body."""

    model: str
    input: str
    voice: str | Voice | None = None
    instructions: str | None = None
    speed: float | None = None
    response_format: str | None = None
    stream_format: str | None = None


class SpeechRequest(msgspec.Struct, frozen=True):
    """What is to be said. `form` is a key of CONTENT_TYPES; `events`: the sound comes as server-sent events."""

    model: str
    text: str
    voice: str = ""
    instructions: str = ""
    speed: float = 1.0
    form: str = "wav"
    events: bool = False


_decode = msgspec.json.Decoder(SpeechBody).decode


def decode(body: bytes, default: str = "wav", formats: Set[str] = OWN_FORMATS) -> SpeechRequest:
    """`default` is the form where none is asked for, `formats` those that can be written. Raises BadRequest."""
    told = read(_decode, body, "a speech request")
    form, speed = told.response_format or default, 1.0 if told.speed is None else told.speed
    if not told.input.strip():
        raise BadRequest("`input` is empty.", param="input")
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise BadRequest(f"`speed` must be between {SPEEDS[0]:g} and {SPEEDS[1]:g}.", param="speed")
    _check_forms(form, told.stream_format or "audio", formats)
    return SpeechRequest(
        told.model,
        told.input,
        voice(told.voice.id if isinstance(told.voice, Voice) else told.voice or ""),
        told.instructions or "",
        speed,
        form,
        told.stream_format == "sse",
    )


def _check_forms(form: str, stream_format: str, formats: Set[str]) -> None:
    if form not in CONTENT_TYPES:
        listed = ", ".join(CONTENT_TYPES)
        raise BadRequest(f"`response_format` must be one of {listed}, not {form[:40]!r}.", param="response_format")
    if form not in formats:
        known = " or ".join(sorted(formats))
        raise BadRequest(f"This gateway can't write {form}; ask for {known}.", param="response_format")
    if stream_format not in STREAM_FORMATS:
        raise BadRequest(f"`stream_format` must be audio or sse, not {stream_format[:40]!r}.", param="stream_format")


def request(asked: SpeechRequest) -> GenerateContentRequest:
    """Speech models take no system instruction, so whatever is not to be read stands above the transcript."""
    speech = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": asked.voice}}} if asked.voice else None
    config = GenerationConfig(response_modalities=["AUDIO"], speech_config=speech)
    return GenerateContentRequest([Content("user", [Part(text=_told(asked))])], generation_config=config)


def _told(asked: SpeechRequest) -> str:
    pace = next((words for limit, words in (*PACES, (math.inf, FASTEST)) if asked.speed <= limit), "")
    notes = " ".join(filter(None, (asked.instructions.strip(), pace)))
    # Headings of Google's own guide to prompts for speech.
    return f"### DIRECTOR'S NOTES\n{notes}\n\n#### TRANSCRIPT\n{asked.text}" if notes else asked.text
