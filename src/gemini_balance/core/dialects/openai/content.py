"""The content of one message as Gemini's parts: text, and media inline, by a name of Google's, or by an address."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from gemini_balance.core.call import Media
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini import mime
from gemini_balance.core.gemini.schema import Blob, FileData, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.core.dialects.openai.request_schema import ContentPart, Message, Url

GOOGLE_FILES = ("https://generativelanguage.googleapis.com/", "gs://")
VIDEOS = (
    *("https://www.youtube.com/watch", "https://youtube.com/watch", "https://m.youtube.com/watch"),
    *("https://www.youtube.com/shorts/", "https://youtube.com/shorts/", "https://youtu.be/"),
)
LINE = 200  # characters
HELD_BY_GOOGLE = (*GOOGLE_FILES, *VIDEOS)
"""Addresses that Google reads itself."""


def parts_of(message: Message, at: int, media: list[Media]) -> list[Part]:
    """What the message says; `media` gathers what must be fetched first."""
    content = message.content
    if isinstance(content, str):
        return [Part(text=content)]
    if content is None:
        return [Part(text=message.refusal)] if message.refusal else []
    return [
        part for number, one in enumerate(content) if (part := _part(one, f"messages[{at}].content[{number}]", media))
    ]


def _part(one: ContentPart, place: str, media: list[Media]) -> Part | None:
    if one.type == "text":  # nearly always
        return _text(one, place)
    if one.type in UNSAID:
        return None
    read = READERS.get(one.type)
    if read is None:
        raise BadRequest(f"Content of type {one.type[:40]!r} can't be carried to Gemini.", param=place)
    return read(one, place, media)


def _text(one: ContentPart, place: str) -> Part:
    if one.text is None:
        raise _lacking("text", place)
    signature = one.extra_content and one.extra_content.google and one.extra_content.google.thought_signature
    return Part(text=one.text, thought_signature=signature) if signature else Part(text=one.text)


def _audio(one: ContentPart, place: str, media: list[Media]) -> Part:
    audio = one.input_audio
    if audio is None or not audio.data:
        raise _lacking("input_audio.data", place)
    if audio.data.startswith("data:"):
        return _by_url(audio.data, f"x.{audio.format}", place, media)
    return Part(inline_data=Blob(mime.best_of_base64("", audio.data, audio.format or "wav"), audio.data))


def _file(one: ContentPart, place: str, media: list[Media]) -> Part:
    file = one.file
    if file is None or not (file.file_data or file.file_id or file.file_url):
        raise _lacking("file.file_data", place)
    if file.file_data or file.file_url:
        return _by_url(file.file_data or file.file_url or "", file.filename, place, media)
    if file.file_id and file.file_id.startswith("files/"):  # Google's own name of it
        return _by_url(f"{GOOGLE_FILES[0]}v1beta/{file.file_id}", file.filename, place, media)
    raise BadRequest(
        "A file can't be named by its id here: send it in `file_data`, or Google's own file URI as an `image_url`.",
        param=f"{place}.file.file_id",
    )


def _addressed(field: str) -> Callable[[ContentPart, str, list[Media]], Part]:
    def read(one: ContentPart, place: str, media: list[Media]) -> Part:
        url: str | Url | None = getattr(one, field)
        address = url if isinstance(url, str) or url is None else url.url
        if not address:
            raise _lacking(f"{field}.url", place)
        return _by_url(address, "", f"{place}.{field}", media)

    return read


def _by_url(url: str, name: str, place: str, media: list[Media]) -> Part:
    scheme = url[:8].lower()
    if scheme.startswith("data:"):
        return Part(inline_data=_inline(url, name, place))
    if url.startswith(HELD_BY_GOOGLE):
        part = Part(file_data=FileData(url, mime.by_name(name or url.partition("?")[0])))
        if url.startswith(GOOGLE_FILES[0]):
            media.append(Media(url, part, held=True))
        return part
    if scheme.startswith(("https://", "http://")):
        part = Part(inline_data=Blob())
        media.append(Media(url, part))
        return part
    if "://" in url[:20]:
        raise BadRequest("Media must be named by an https: or http: address, or sent as a data: URL.", param=place)
    return Part(inline_data=Blob(mime.best_of_base64("", url, name), url))  # bare Base64, as several clients send it


def _inline(url: str, name: str, place: str) -> Blob:
    comma = url.find(",")
    if comma < 0:
        raise BadRequest("A data: URL has a comma before its data; this one has none.", param=place)
    declared, *parameters = url[5:comma].split(";")
    data = url[comma + 1 :]
    if "base64" not in (parameter.strip().lower() for parameter in parameters):
        data = base64.b64encode(unquote_to_bytes(data)).decode()
    if "\n" in data[:LINE]:  # written in lines, as mail does it
        data = "".join(data.split())
    if not data:
        raise BadRequest("This data: URL holds no data.", param=place)
    return Blob(mime.best_of_base64(declared, data, name), data)


def _lacking(field: str, place: str) -> BadRequest:
    return BadRequest(f"This part of the content has no `{field}`.", param=place)


UNSAID = frozenset({"thinking", "redacted_thinking", "reasoning", "reasoning_content", "tool_use", "tool_call"})
"""What clients leave in a history for themselves; the calls stand in `tool_calls` as well."""
READERS: dict[str, Callable[[ContentPart, str, list[Media]], Part]] = {
    "input_text": lambda one, place, media: _text(one, place),
    "output_text": lambda one, place, media: _text(one, place),
    "refusal": lambda one, place, media: Part(text=one.refusal or ""),
    "image_url": _addressed("image_url"),
    "input_image": _addressed("image_url"),
    "video_url": _addressed("video_url"),
    "audio_url": _addressed("audio_url"),
    "input_audio": _audio,
    "file": _file,
    "input_file": _file,
}
