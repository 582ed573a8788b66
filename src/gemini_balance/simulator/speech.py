"""Speech: raw samples, as long as the words would take, in a tone that tells the voice."""

import struct
import zlib
from collections.abc import Iterator

from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import (
    GenerateContentRequest,
    GenerationConfig,
    MultiSpeakerVoiceConfig,
    SpeechConfig,
    VoiceConfig,
)

RATE = 24_000
TYPE = f"audio/L16;codec=pcm;rate={RATE}"
TOKENS_PER_SECOND = 25
SECONDS_PER_WORD = 0.06
LOUD = 8_000
SPEAKERS = 2
VOICES = (
    *("achernar", "achird", "algenib", "algieba", "alnilam", "aoede", "autonoe", "callirrhoe", "charon", "despina"),
    *("enceladus", "erinome", "fenrir", "gacrux", "iapetus", "kore", "laomedeia", "leda", "orus", "puck"),
    *("pulcherrima", "rasalgethi", "sadachbia", "sadaltager", "schedar", "sulafat", "umbriel", "vindemiatrix"),
    *("zephyr", "zubenelgenubi"),
)
DEFAULT_VOICE = "zephyr"


def samples(text: str, config: GenerationConfig) -> bytes:
    """16-bit mono samples, little-endian."""
    told = config.speech_config
    voice = ",".join(_names(told)) if told else DEFAULT_VOICE
    half = 20 + zlib.crc32((voice or DEFAULT_VOICE).lower().encode()) % 80
    wave = struct.pack("<h", LOUD) * half + struct.pack("<h", -LOUD) * half
    count = max(1, len(text.split())) * int(RATE * SECONDS_PER_WORD)
    return (wave * (count // (2 * half) + 1))[: count * 2]


def tokens(data: bytes) -> int:
    """What so much speech costs."""
    return max(1, len(data) * TOKENS_PER_SECOND // (RATE * 2))


def wrong_voice(request: GenerateContentRequest, model: Model) -> str | None:
    """A voice that nobody knows, speakers that aren't two, or instructions to a model that only reads aloud."""
    if model.outputs == ("AUDIO",) and request.system_instruction is not None and "generateContent" in model.methods:
        return f"Developer instruction is not enabled for {model.resource}"
    told = request.generation_config.speech_config if request.generation_config else None
    if told is None:
        return None
    if "AUDIO" not in model.outputs:
        return "Cannot extract voices from a non-audio request."
    return _wrong_speakers(told) or _unknown_voice(told)


def _wrong_speakers(told: SpeechConfig) -> str | None:
    speakers = told.multi_speaker_voice_config
    if speakers is None:
        return None
    if told.voice_config is not None:
        return "Only one of voice_config and multi_speaker_voice_config may be set."
    if len(speakers.speaker_voice_configs) != SPEAKERS:
        return (
            "* GenerateContentRequest.generation_config.speech_config.multi_speaker_voice_config: The number of "
            f"enabled_voices must equal {SPEAKERS}.\n"
        )
    return None


def _unknown_voice(told: SpeechConfig) -> str | None:
    strange = (name for name in _names(told) if name.lower() not in VOICES)
    said = "Voice name {} is not supported. Allowed voice names are: {}"
    return next((said.format(name, ", ".join(VOICES)) for name in strange), None)


def _names(told: SpeechConfig) -> Iterator[str]:
    speakers = told.multi_speaker_voice_config or MultiSpeakerVoiceConfig()
    for voice in (told.voice_config, *(one.voice_config for one in speakers.speaker_voice_configs)):
        name = _name(voice) if voice is not None else ""
        if name:
            yield name


def _name(voice: VoiceConfig) -> str:
    return voice.prebuilt_voice_config.voice_name if voice.prebuilt_voice_config else voice.voice
