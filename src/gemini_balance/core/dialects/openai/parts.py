"""How parts that OpenAI's format has no place for are written into it: code, media, files, arguments."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gemini_balance.core.dialects.openai.sound import is_bare, rate_of, wave_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.gemini.schema import Blob, FunctionCall, Part


def arguments(call: FunctionCall) -> str:
    """As Google wrote them, without its line ends and indents; a call without any has an empty object."""
    if call.args is UNSET:
        return "{}"
    text = msgspec.json.format(bytes(call.args), indent=-1).decode()
    return "{}" if text == "null" else text


def one_line(raw: msgspec.Raw) -> msgspec.Raw:
    """Google prints unary answers over many lines, and an event of a stream can't hold a line end."""
    return msgspec.Raw(msgspec.json.format(bytes(raw), indent=-1))


def written(part: Part) -> str:
    """A part of a kind that becomes text; empty for one that says nothing."""
    if part.executable_code is not None:
        language = part.executable_code.language.lower()
        return _fenced(part.executable_code.code, "" if "unspecified" in language else language)
    if part.code_execution_result is not None:
        result = part.code_execution_result
        return _fenced(result.output, "output" if result.outcome in ("OUTCOME_OK", "") else "error")
    if part.file_data is not None and part.file_data.file_uri:
        return f"[{part.file_data.mime_type or 'file'}]({part.file_data.file_uri})"
    return ""


def _fenced(text: str, info: str) -> str:
    if not text:
        return ""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"\n{fence}{info}\n{text.rstrip()}\n{fence}\n"


def data_url(blob: Blob) -> str:
    return f"data:{blob.mime_type};base64,{blob.data}"


def wave(mime_type: str, pieces: Iterable[str]) -> str:
    """Google's bare samples as a WAV file, in base64; audio of another type stays as it is."""
    data = b"".join(b64decode(piece) for piece in pieces)
    return b64encode(wave_file(data, rate_of(mime_type)) if is_bare(mime_type) else data).decode()
