"""audio/transcriptions and audio/translations: a form with a recording, in Gemini's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.dialects.openai.audio.captions import SCHEMA
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini import mime
from gemini_balance.core.gemini.request_schema import GenerateContentRequest, GenerationConfig
from gemini_balance.core.gemini.schema import Blob, Content, Part
from gemini_balance.core.wire import multipart
from gemini_balance.core.wire.base64_slices import base64_of
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

TIMED = frozenset({"srt", "vtt", "verbose_json"})
FORMATS = ("json", "text", *sorted(TIMED))
SPEECH = ("audio/", "video/")
TRUTHS = ("true", "1")
TRANSCRIBE = (
    "Transcribe the speech in this recording word for word, in the language that is spoken. Answer with the transcript "
    "alone."
)
TRANSLATE = "Translate the speech in this recording into English. Answer with the translation alone."
CUT = "Cut it into segments of a sentence or a few seconds, each with its start and end."
IGNORED = ("include", "chunking_strategy", "known_speaker_names", "known_speaker_references")


class TranscriptionRequest(msgspec.Struct, frozen=True):
    """What is to be written down, and how."""

    recording: Blob
    model: str
    form: str = "json"
    translate: bool = False
    language: str = ""
    prompt: str = ""
    keywords: tuple[str, ...] = ()
    temperature: float | None = None
    stream: bool = False
    dropped: tuple[str, ...] = ()

    @property
    def timed(self) -> bool:
        """Does the answer tell when what was said?"""
        return self.form in TIMED


def decode(content_type: str, body: bytes, *, translate: bool = False) -> TranscriptionRequest:
    """Raises BadRequest."""
    found = multipart.fields(content_type, body)
    files = [one for one in found if one.name == "file"]
    if len(files) != 1:
        raise BadRequest("Send one recording in the form field `file`.", param="file")
    told = {one.name: one.text for one in found if one.name != "file"}
    if not told.get("model"):
        raise BadRequest("The form has no `model`.", param="model")
    form = told.get("response_format") or "json"
    if form not in FORMATS:
        listed = ", ".join(FORMATS)
        raise BadRequest(f"`response_format` must be one of {listed}, not {form[:40]!r}.", param="response_format")
    return TranscriptionRequest(
        _recording(files[0]),
        told["model"],
        form,
        translate,
        told.get("language", ""),
        told.get("prompt", ""),
        tuple(one.text for one in found if one.name in ("keywords", "keywords[]")),
        _temperature(told.get("temperature", "")),
        told.get("stream", "").lower() in TRUTHS and form not in TIMED,
        tuple(_dropped(told, found)),
    )


def _recording(file: multipart.Field) -> Blob:
    kind = mime.best(file.content_type, file.data[: mime.HEAD], file.filename)
    if not file.data or not kind.startswith(SPEECH):
        raise BadRequest(f"`file` is not a recording but {kind if file.data else 'empty'}.", param="file")
    return Blob(kind, base64_of(file.data))


def _temperature(text: str) -> float | None:
    """OpenAI's 0 means "as you like it, beginning with 0"; it is what its libraries' examples send."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise BadRequest("`temperature` must be a number between 0 and 1.", param="temperature")
    return number


def _dropped(told: dict[str, str], found: Iterable[multipart.Field]) -> list[str]:
    """Words have no times of their own here, only segments."""
    names = [name for name in IGNORED if told.get(name) or told.get(f"{name}[]")]
    grained = any(one.name.startswith("timestamp_granularities") and one.data == b"word" for one in found)
    return [*names, "timestamp_granularities[word]"] if grained else names


def request(asked: TranscriptionRequest) -> GenerateContentRequest:
    """The recording first, then what to do with it."""
    config = GenerationConfig(temperature=asked.temperature)
    if asked.timed:
        config.response_mime_type = "application/json"
        config.response_json_schema = msgspec.Raw(encode(SCHEMA))
    parts = [Part(inline_data=asked.recording), Part(text=_told(asked))]
    return GenerateContentRequest([Content("user", parts)], generation_config=config if asked.timed else _set(config))


def _set(config: GenerationConfig) -> GenerationConfig | None:
    return config if config.temperature is not None else None


def _told(asked: TranscriptionRequest) -> str:
    sentences = [TRANSLATE if asked.translate else TRANSCRIBE]
    if asked.timed:
        sentences.append(CUT)
    if asked.language:
        sentences.append(f"The language that is spoken is {asked.language}.")
    if asked.keywords:
        sentences.append(f"These words may occur: {', '.join(asked.keywords)}.")
    if asked.prompt:
        sentences.append(f"For spelling, style and context only, never to be repeated:\n{asked.prompt}")
    return "\n".join(sentences)
