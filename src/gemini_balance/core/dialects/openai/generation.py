"""Sampling, output format and thinking: only what the caller sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.families import EFFORTS
from gemini_balance.core.gemini.json_schema import scrub
from gemini_balance.core.gemini.request_schema import GenerationConfig, SafetySetting, ThinkingConfig
from gemini_balance.core.gemini.voices import voice

if TYPE_CHECKING:
    from msgspec import UnsetType

    from gemini_balance.core.dialects.openai.request_schema import (
        AudioOutput,
        ChatRequest,
        GoogleOptions,
        ResponseFormat,
        ThinkingOptions,
    )

MOST_STOPS = 5  # Google refuses more
MOST_LOGPROBS = 20
LARGEST_SEED = 0x7FFF_FFFF  # 32 bits at Google, 64 at OpenAI
MODALITIES = {"text": "TEXT", "image": "IMAGE", "audio": "AUDIO"}
IMAGE_KEYS = {"aspect_ratio": "aspectRatio", "image_size": "imageSize"}
TIERS = frozenset({"flex", "priority"})
NOTHING = GenerationConfig()


def generation_config(chat: ChatRequest, google: GoogleOptions | None, dropped: list[str]) -> GenerationConfig | None:
    mime_type, schema = _format(chat.response_format, dropped) if chat.response_format else (None, UNSET)
    config = GenerationConfig(
        temperature=chat.temperature,
        top_p=chat.top_p,
        top_k=int(chat.top_k) if chat.top_k is not None and chat.top_k.is_integer() else chat.top_k,
        candidate_count=chat.n,
        max_output_tokens=_most_tokens(chat),
        stop_sequences=_stops(chat.stop, dropped) if chat.stop else None,
        seed=None if chat.seed is None else _seed(chat.seed),
        presence_penalty=chat.presence_penalty,
        frequency_penalty=chat.frequency_penalty,
        response_logprobs=True if chat.logprobs else None,
        logprobs=_logprobs(chat.top_logprobs) if chat.logprobs and chat.top_logprobs else None,
        response_mime_type=mime_type,
        response_json_schema=schema,
        response_modalities=_modalities(chat.modalities) if chat.modalities else None,
        speech_config=_speech(chat.audio) if chat.audio else None,
    )
    if google is not None:
        _add_googles_own(config, google)
    if chat.logit_bias:
        dropped.append("logit_bias")
    return config if config != NOTHING else None


def _add_googles_own(config: GenerationConfig, google: GoogleOptions) -> None:
    if google.image_config:
        config.image_config = {IMAGE_KEYS.get(key, key): value for key, value in google.image_config.items()}
    config.media_resolution = google.media_resolution


def _most_tokens(chat: ChatRequest) -> int | None:
    if chat.max_completion_tokens is not None:
        return chat.max_completion_tokens
    return chat.max_tokens if chat.max_tokens != -1 else None  # some clients write "no limit" so


def _stops(asked: str | list[str], dropped: list[str]) -> list[str] | None:
    stops = [stop for stop in ([asked] if isinstance(asked, str) else asked) if stop]
    if len(stops) > MOST_STOPS:
        dropped.append(f"stop[{MOST_STOPS}:]")
    return stops[:MOST_STOPS] or None


def _seed(seed: int) -> int:
    """The same seed always gives the same, whatever its size."""
    return seed if 0 <= seed <= LARGEST_SEED else seed & LARGEST_SEED


def _logprobs(asked: int) -> int:
    if not 0 <= asked <= MOST_LOGPROBS:
        raise BadRequest(f"`top_logprobs` must be between 0 and {MOST_LOGPROBS}.", param="top_logprobs")
    return asked


def _format(wanted: ResponseFormat, dropped: list[str]) -> tuple[str | None, msgspec.Raw | UnsetType]:
    if wanted.type == "text":
        return None, UNSET
    if wanted.type == "json_object":
        return "application/json", UNSET
    if wanted.type != "json_schema":
        raise BadRequest(
            f"response_format must be text, json_object or json_schema, not {wanted.type[:40]!r}.",
            param="response_format.type",
        )
    given = wanted.json_schema
    if given is None or given.schema is UNSET or bytes(given.schema) == b"null":
        raise BadRequest("A response_format of json_schema needs a schema.", param="response_format.json_schema.schema")
    return "application/json", _schema(bytes(given.schema), dropped)


def _schema(raw: bytes, dropped: list[str]) -> msgspec.Raw | UnsetType:
    try:
        scrubbed = scrub(raw)
    except BadRequest as error:
        raise BadRequest(error.message, param="response_format.json_schema.schema") from error
    dropped += [f"response_format/json_schema/schema/{lost}" for lost in scrubbed.dropped]
    return scrubbed.raw if scrubbed.schema else UNSET


def _modalities(asked: list[str]) -> list[str] | None:
    if asked == ["text"]:
        return None
    unknown = [one for one in asked if one.lower() not in MODALITIES]
    if unknown:
        raise BadRequest(f"`modalities` may hold text, image and audio, not {unknown[0][:40]!r}.", param="modalities")
    return [MODALITIES[one.lower()] for one in asked]


def _speech(audio: AudioOutput) -> dict[str, object] | None:
    asked = audio.voice if isinstance(audio.voice, str) else audio.voice.id
    return {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice(asked)}}} if asked else None


def google_options(chat: ChatRequest) -> GoogleOptions | None:
    """Python's library puts `extra_body` into the body itself; in others callers write it there."""
    return chat.google or (chat.extra_body.google if chat.extra_body else None)


def safety_settings(chat: ChatRequest, google: GoogleOptions | None) -> list[SafetySetting] | None:
    asked = chat.safety_settings or (google.safety_settings if google else None)
    return [SafetySetting(one.category, one.threshold) for one in asked] if asked else None


def service_tier(chat: ChatRequest) -> str | None:
    return chat.service_tier if chat.service_tier in TIERS else None


def effort(chat: ChatRequest, thinking: ThinkingConfig | None) -> str:
    """Raises BadRequest where the caller says how much to think in two ways, as Google does."""
    asked = (chat.reasoning_effort or "").lower()
    if not asked:
        return ""
    if asked not in EFFORTS:
        raise BadRequest(
            f"reasoning_effort must be one of {', '.join(EFFORTS)}, not {asked[:40]!r}.", param="reasoning_effort"
        )
    if thinking is not None and (thinking.thinking_level is not None or thinking.thinking_budget is not None):
        raise BadRequest(
            "Send either reasoning_effort or google.thinking_config with a level or budget, not both.",
            param="reasoning_effort",
        )
    return asked


def thinking_config(google: GoogleOptions | None) -> ThinkingConfig | None:
    options = google.thinking_config if google else None
    if options is None:
        return None
    config = _spelled(options)
    if config.thinking_level is not None and config.thinking_budget is not None:
        raise BadRequest(
            "Send either thinking_level or thinking_budget, not both.", param="google.thinking_config.thinking_budget"
        )
    if config.thinking_budget is not None and config.thinking_budget < -1:
        raise BadRequest(
            "thinking_budget must be -1 (the model decides), 0 or more.", param="google.thinking_config.thinking_budget"
        )
    return config


def _spelled(options: ThinkingOptions) -> ThinkingConfig:
    level = options.thinking_level if options.thinking_level is not None else options.level
    return ThinkingConfig(
        include_thoughts=options.include_thoughts if options.include_thoughts is not None else options.include,
        thinking_budget=options.thinking_budget if options.thinking_budget is not None else options.budget,
        thinking_level=level.upper() if level else None,
    )
