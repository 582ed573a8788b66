"""A request for pictures, as JSON or, for edits, as a form."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.dialects.openai.body import read
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini import mime
from gemini_balance.core.gemini.schema import Blob
from gemini_balance.core.wire import multipart
from gemini_balance.core.wire.base64_slices import base64_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PICTURES = 10  # OpenAI's limit
MOST_SOURCES = 16
QUALITIES = {"hd": 2_048, "high": 2_048}
"""The longer side in pixels that a quality stands for, where no size asks for more."""
FORMATS = ("", "url", "b64_json")
OUTPUT_FORMATS = ("", "png", "jpeg", "webp")
UNSAID = ("", "auto")
ALWAYS_BASE64 = ("gpt-image", "chatgpt-image")
"""Whoever names one of these models of OpenAI's expects no address."""
SOURCES = ("image", "image[]")
NUMBERS = ("n", "output_compression", "partial_images")
TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_PIXELS = re.compile(r"(\d{1,5})x(\d{1,5})").fullmatch
_RATIO = re.compile(r"(\d{1,2}):(\d{1,2})").fullmatch


class ImageBody(msgspec.Struct, frozen=True):
    """The fields of either form; `aspect_ratio` is ours."""

    prompt: str
    model: str | None = None
    n: int | None = None
    size: str | None = None
    aspect_ratio: str | None = None
    quality: str | None = None
    response_format: str | None = None
    output_format: str | None = None
    output_compression: int | None = None
    background: str | None = None
    style: str | None = None
    input_fidelity: str | None = None
    moderation: str | None = None
    stream: bool | None = None


class ImageRequest(msgspec.Struct, frozen=True):
    """What is asked for, in numbers. Nothing that the caller left open is set: 0 or empty."""

    prompt: str
    model: str = ""
    n: int = 1
    width: int = 0
    height: int = 0
    longer_side: int = 0
    size: str = ""
    quality: str = ""
    as_url: bool = True
    output_format: str = ""
    sources: tuple[Blob, ...] = ()
    mask: Blob | None = None
    dropped: tuple[str, ...] = ()


_decode = msgspec.json.Decoder(ImageBody).decode


def decode(body: bytes) -> ImageRequest:
    """Of images/generations. Raises BadRequest."""
    return _asked(read(_decode, body, "a request for images"))


def decode_edit(content_type: str, body: bytes) -> ImageRequest:
    """Of images/edits: a form with pictures. Raises BadRequest."""
    found = multipart.fields(content_type, body)
    sources = tuple(_picture(one) for one in found if one.name in SOURCES)
    masks = [_picture(one) for one in found if one.name == "mask"]
    if not 0 < len(sources) <= MOST_SOURCES:
        raise BadRequest(f"Send between 1 and {MOST_SOURCES} pictures in the form field `image`.", param="image")
    plain = _plain(one for one in found if one.name not in (*SOURCES, "mask"))
    try:
        told = msgspec.convert(plain, ImageBody)
    except msgspec.ValidationError as error:
        raise BadRequest(f"The form is not a request for an edited image: {error}") from error
    return msgspec.structs.replace(_asked(told), sources=sources, mask=masks[0] if masks else None)


def _picture(field: multipart.Field) -> Blob:
    kind = mime.best(field.content_type, field.data[: mime.HEAD], field.filename)
    if not kind.startswith("image/"):
        raise BadRequest(f"`{field.name}` is not a picture but {kind}.", param=field.name.removesuffix("[]"))
    return Blob(kind, base64_of(field.data))


def _plain(found: Iterable[multipart.Field]) -> dict[str, str | int | bool]:
    """A form knows only texts."""
    plain: dict[str, str | int | bool] = {}
    for field in found:
        text = field.text
        if field.name in NUMBERS and text.strip().lstrip("-").isdigit():
            plain[field.name] = int(text)
        else:
            plain[field.name] = TRUTHS.get(text.lower(), text) if field.name == "stream" else text
    return plain


def _asked(told: ImageBody) -> ImageRequest:
    _check(told)
    width, height = _proportions(told)
    pixels = _PIXELS(told.size or "")
    longer = max(map(int, pixels.groups())) if pixels else 0
    model, quality = told.model or "", told.quality or ""
    return ImageRequest(
        told.prompt,
        model,
        1 if told.n is None else told.n,
        width,
        height,
        max(longer, QUALITIES.get(quality, 0)),
        "" if (told.size or "") in UNSAID else told.size or "",
        "" if quality in UNSAID else quality,
        (told.response_format or ("b64_json" if model.startswith(ALWAYS_BASE64) else "url")) == "url",
        told.output_format or "",
        dropped=tuple(_dropped(told)),
    )


def _check(told: ImageBody) -> None:
    if not told.prompt.strip():
        raise BadRequest("`prompt` is empty.", param="prompt")
    if told.n is not None and not 1 <= told.n <= MOST_PICTURES:
        raise BadRequest(f"`n` must be between 1 and {MOST_PICTURES}.", param="n")
    if told.stream:
        raise BadRequest("Pictures are not streamed; leave `stream` out.", param="stream")
    for name, value, known in (
        ("response_format", told.response_format, FORMATS),
        ("output_format", told.output_format, OUTPUT_FORMATS),
    ):
        if (value or "") not in known:
            raise BadRequest(f"`{name}` must be {' or '.join(known[1:])}, not {(value or '')[:40]!r}.", param=name)


def _proportions(told: ImageBody) -> tuple[int, int]:
    """Width and height, in pixels or parts of each other; (0, 0) leaves them to the model."""
    for name, value in (("aspect_ratio", told.aspect_ratio or ""), ("size", told.size or "")):
        if value in UNSAID:
            continue
        found = _RATIO(value) or _PIXELS(value)
        if found is None or not int(found[1]) or not int(found[2]):
            raise BadRequest(f"`{name}` must be like 1024x1024, 16:9 or auto, not {value[:40]!r}.", param=name)
        part = math.gcd(int(found[1]), int(found[2]))
        return int(found[1]) // part, int(found[2]) // part
    return 0, 0


def _dropped(told: ImageBody) -> list[str]:
    """What Google's models have no word for."""
    names = ("background", "style", "moderation", "output_compression", "input_fidelity")
    return [name for name in names if getattr(told, name) not in (None, *UNSAID)]
