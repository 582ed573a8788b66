"""Google's pictures as OpenAI's reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from gemini_balance.core.dialects.openai.reply import prompt_refusal, refusal
from gemini_balance.core.errors import ContentRefused, UpstreamFailed
from gemini_balance.core.gemini.pictures import decode_pictures
from gemini_balance.core.gemini.schema import decode_details
from gemini_balance.core.gemini.verdict import FILTERED
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gemini_balance.core.dialects.openai.images.request import ImageRequest
    from gemini_balance.core.gemini.pictures import PictureReply
    from gemini_balance.core.gemini.schema import Candidate, UsageMetadata

FILTER = "Google's filter refused this picture."
SAID = 200  # characters of what a model says instead of painting


class Picture(msgspec.Struct, frozen=True):
    """`data` is base64."""

    mime_type: str
    data: str
    revised_prompt: str = ""


class InputDetails(msgspec.Struct):
    text_tokens: int = 0
    image_tokens: int = 0


class ImageUsage(msgspec.Struct):
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_tokens_details: InputDetails = msgspec.field(default_factory=InputDetails)


class Drawn(msgspec.Struct, frozen=True):
    """All pictures of a request, at least one, and what they cost where Google tells."""

    pictures: tuple[Picture, ...]
    usage: ImageUsage | None = None


class ImageData(msgspec.Struct, omit_defaults=True):
    b64_json: str | None = None
    url: str | None = None
    revised_prompt: str | None = None


class ImageList(msgspec.Struct):
    created: int
    data: list[ImageData]
    output_format: str | UnsetType = UNSET
    size: str | UnsetType = UNSET
    quality: str | UnsetType = UNSET
    usage: ImageUsage | UnsetType = UNSET


def drawn(replies: Iterable[bytes]) -> Drawn:
    """Of Google's replies, in order. A picture that a filter took is missing.

    Raises ContentRefused where a filter took all of them, UpstreamFailed where there are none for another reason.
    """
    read = [_read(reply) for reply in replies]
    pictures = tuple(picture for reply in read for picture in _pictures(reply))
    if not pictures:
        raise _failure(read)
    counted = [reply.usage_metadata for reply in read if reply.usage_metadata is not None]
    return Drawn(pictures, _usage(counted) if counted else None)


def answer(asked: ImageRequest, made: Drawn, created: int, urls: Sequence[str] | None = None) -> bytes:
    """OpenAI's reply. `urls`, one for each picture, stand for the pictures themselves where they are given."""
    data = [
        ImageData(None if urls else one.data, urls[at] if urls else None, one.revised_prompt or None)
        for at, one in enumerate(made.pictures)
    ]
    kind = made.pictures[0].mime_type.rpartition("/")[2]
    size, quality = asked.size or UNSET, asked.quality or UNSET
    return encode(ImageList(created, data, kind or UNSET, size, quality, made.usage or UNSET))


def _read(reply: bytes) -> PictureReply:
    try:
        return decode_pictures(reply)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UpstreamFailed("Google's answer is not one with pictures.") from error


def _pictures(reply: PictureReply) -> Iterator[Picture]:
    """A thinking model shows drafts as thoughts: they are not what was asked for."""
    for one in reply.predictions:
        if one.bytes_base64_encoded:
            yield Picture(one.mime_type, one.bytes_base64_encoded, one.prompt or "")
    for candidate in reply.candidates:
        for part in candidate.content.parts if candidate.content else ():
            if part.inline_data is not None and not part.thought and part.inline_data.mime_type.startswith("image/"):
                yield Picture(part.inline_data.mime_type, part.inline_data.data)


def _failure(replies: list[PictureReply]) -> ContentRefused | UpstreamFailed:
    """The first reason that is told."""
    refusals = [text for reply in replies for text in _refusals(reply)]
    if refusals:
        return ContentRefused(refusals[0], param="prompt")
    said = "".join(_said(reply) for reply in replies).strip()
    finish = next((one.finish_reason for reply in replies for one in reply.candidates if one.finish_reason), "")
    if said:
        return UpstreamFailed(f"The model answered without a picture: {said[:SAID]}")
    return UpstreamFailed(f"The model gave no picture ({finish})." if finish else "The model gave no picture.")


def _refusals(reply: PictureReply) -> Iterator[str]:
    if reply.prompt_feedback is not None and reply.prompt_feedback.block_reason:
        yield prompt_refusal(reply.prompt_feedback)
    for candidate in reply.candidates:
        if candidate.finish_reason in FILTERED:
            yield refusal(candidate) or FILTER
    for one in reply.predictions:
        if one.rai_filtered_reason:
            yield one.rai_filtered_reason
    if not reply.predictions and not reply.candidates and reply.prompt_feedback is None:
        yield FILTER  # Imagen leaves `predictions` away when its filter took all


def _said(reply: PictureReply) -> str:
    return "".join(map(_text, reply.candidates))


def _text(candidate: Candidate) -> str:
    return "".join(
        part.text or "" for part in (candidate.content.parts if candidate.content else ()) if not part.thought
    )


def _usage(counted: list[UsageMetadata]) -> ImageUsage:
    """Every call is paid for, so all of them add up."""
    usage = ImageUsage()
    for one in counted:
        prompt = one.prompt_token_count + one.tool_use_prompt_token_count
        usage.input_tokens += prompt
        usage.output_tokens += one.candidates_token_count + one.thoughts_token_count
        details = decode_details(one.prompt_tokens_details) if one.prompt_tokens_details is not UNSET else []
        pictures = sum(detail.token_count for detail in details if detail.modality == "IMAGE")
        usage.input_tokens_details.image_tokens += pictures
        usage.input_tokens_details.text_tokens += prompt - pictures
    usage.total_tokens = usage.input_tokens + usage.output_tokens
    return usage
