"""Pictures and speech: the smallest files that are what they claim to be."""

import base64
import struct
import zlib
from functools import lru_cache

from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import GenerationConfig

IMAGE_TOKENS = 1_290
SPEECH_TOKENS = 25
SAMPLE_RATE = 24_000
SPEECH_TYPE = f"audio/L16;codec=pcm;rate={SAMPLE_RATE}"


def media_parts(config: GenerationConfig, model: Model, prompt: str) -> list[tuple[Object, int]]:
    """The parts of a media answer with their tokens; empty when the answer is text."""
    wanted = config.response_modalities or model.outputs
    if "AUDIO" in wanted:
        return [({"inlineData": {"mimeType": SPEECH_TYPE, "data": _speech()}}, SPEECH_TOKENS)]
    if "IMAGE" not in wanted:
        return []
    picture: Object = {"inlineData": {"mimeType": "image/png", "data": _png(zlib.crc32(prompt.encode()) & 0xFFFFFF)}}
    said: Object = {"text": f"Here is the picture: {prompt}"}
    return [(said, 8), (picture, IMAGE_TOKENS)] if "TEXT" in wanted else [(picture, IMAGE_TOKENS)]


@lru_cache(maxsize=256)
def _png(colour: int) -> str:
    """One pixel of a colour that tells the prompt."""
    pixel = zlib.compress(b"\0" + colour.to_bytes(3))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)), (b"IDAT", pixel), (b"IEND", b""))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)).decode()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@lru_cache(maxsize=1)
def _speech() -> str:
    """A tenth of a second of silence."""
    return base64.b64encode(bytes(SAMPLE_RATE // 10 * 2)).decode()
