"""Pictures and speech as parts of an answer."""

import base64

from msgspec import Struct

from gemini_balance.simulator import speech
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.pictures import picture
from gemini_balance.simulator.schema import GenerationConfig

# By imageSize; what the smaller ones cost is a guess.
IMAGE_TOKENS = {"512": 747, "1K": 1_290, "2K": 1_680, "4K": 2_520}


class Medium(Struct, frozen=True):
    """A part with its tokens. `sound` are the samples behind a part that a stream cuts into events."""

    part: Object
    tokens: int
    sound: bytes = b""


def media_parts(config: GenerationConfig, model: Model, prompt: str) -> list[Medium]:
    """The parts of a media answer; empty when the answer is text."""
    wanted = config.response_modalities or model.outputs
    if "AUDIO" in wanted:
        data = speech.samples(prompt, config)
        return [Medium(sound_part(data), speech.tokens(data), data)]
    if "IMAGE" not in wanted:
        return []
    image = config.image_config
    ratio, size = (image.aspect_ratio, image.image_size) if image else ("", "")
    inline: Object = {"mimeType": "image/png", "data": picture(prompt, ratio or "1:1")}
    shown = Medium({"inlineData": inline}, IMAGE_TOKENS[size or "1K"])
    return [Medium({"text": f"Here is the picture: {prompt}"}, 8), shown] if "TEXT" in wanted else [shown]


def sound_part(data: bytes) -> Object:
    """Samples as a part."""
    return {"inlineData": {"mimeType": speech.TYPE, "data": base64.b64encode(data).decode()}}
