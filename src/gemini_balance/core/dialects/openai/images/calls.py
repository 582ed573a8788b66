"""What Google is asked for pictures: Imagen several at once, a Gemini model one a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.pictures import (
    MOST_SAMPLES,
    Instance,
    OutputOptions,
    Painter,
    Parameters,
    PredictRequest,
    painter_of,
)
from gemini_balance.core.gemini.request_schema import GenerateContentRequest, GenerationConfig
from gemini_balance.core.gemini.schema import Blob, Content, Part

if TYPE_CHECKING:
    from gemini_balance.core.dialects.openai.images.request import ImageRequest

MASK = (
    "The last picture is a mask for the first one: change the first picture only where the mask is transparent, and "
    "leave all else as it is."
)
TYPES = {"png": "image/png", "jpeg": "image/jpeg"}


class ImageCalls(msgspec.Struct, frozen=True):
    """The calls that make all pictures; they may run side by side. One of the two is empty.

    `predicts` are bodies of `:predict`, `generates` are generateContent's.
    """

    predicts: tuple[PredictRequest, ...] = ()
    generates: tuple[GenerateContentRequest, ...] = ()
    dropped: tuple[str, ...] = ()


def calls(asked: ImageRequest, model: str) -> ImageCalls:
    """`model` is the one that serves the call. Raises BadRequest for what it can't do."""
    painter = painter_of(model)
    if not painter.predicts:
        request = _generate(asked, painter)
        told = ("output_format",) if asked.output_format else ()
        return ImageCalls(generates=(request,) * asked.n, dropped=(*asked.dropped, *told))
    if asked.sources:
        raise BadRequest(f"{model} can't edit pictures; name a Gemini model that makes images.", param="model")
    told = ("output_format",) if asked.output_format and asked.output_format not in TYPES else ()
    return ImageCalls(tuple(_predicts(asked, painter)), dropped=(*asked.dropped, *told))


def _predicts(asked: ImageRequest, painter: Painter) -> list[PredictRequest]:
    kind = TYPES.get(asked.output_format)
    parameters = Parameters(
        MOST_SAMPLES,
        _ratio(asked, painter),
        _size(asked, painter),
        include_rai_reason=True,
        output_options=OutputOptions(kind) if kind else None,
    )
    counts = [min(MOST_SAMPLES, asked.n - done) for done in range(0, asked.n, MOST_SAMPLES)]
    instances = [Instance(asked.prompt)]
    return [PredictRequest(instances, msgspec.structs.replace(parameters, sample_count=count)) for count in counts]


def _generate(asked: ImageRequest, painter: Painter) -> GenerateContentRequest:
    wanted = {"aspectRatio": _ratio(asked, painter), "imageSize": _size(asked, painter)}
    image_config = {name: value for name, value in wanted.items() if value}
    config = GenerationConfig(response_modalities=["IMAGE"], image_config=image_config or None)
    return GenerateContentRequest([Content("user", _parts(asked))], generation_config=config)


def _parts(asked: ImageRequest) -> list[Part]:
    pictures = [*asked.sources, asked.mask] if asked.mask is not None else [*asked.sources]
    told = [MASK, asked.prompt] if asked.mask is not None else [asked.prompt]
    return [*map(_shown, pictures), *(Part(text=text) for text in told)]


def _shown(picture: Blob) -> Part:
    return Part(inline_data=picture)


def _ratio(asked: ImageRequest, painter: Painter) -> str | None:
    return painter.ratio(asked.width, asked.height) if asked.width else None


def _size(asked: ImageRequest, painter: Painter) -> str | None:
    """Only where one was asked for: each model has its own default."""
    return (painter.size(asked.longer_side) or None) if asked.longer_side else None
