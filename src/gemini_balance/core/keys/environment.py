"""Lines of an environment, and the names under which it holds keys."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS

if TYPE_CHECKING:
    from collections.abc import Sequence


class Kind(Enum):
    """What a name stands for. An empty upstream is left to who imports."""

    KEYS = ""
    VERTEX = VERTEX_EXPRESS
    PAID = GEMINI_API
    TOKENS = "tokens"

    @property
    def upstream(self) -> str:
        return self.value


KEYS, VERTEX_KEYS = "API_KEYS", "VERTEX_API_KEYS"
_KINDS = {
    KEYS: Kind.KEYS,
    "API_KEY": Kind.KEYS,
    "GEMINI_API_KEY": Kind.KEYS,
    "GEMINI_API_KEYS": Kind.KEYS,
    "GEMINI_KEY": Kind.KEYS,
    "GEMINI_KEYS": Kind.KEYS,
    "GOOGLE_API_KEY": Kind.KEYS,
    "GOOGLE_API_KEYS": Kind.KEYS,
    "GOOGLE_GENERATIVE_AI_API_KEY": Kind.KEYS,
    VERTEX_KEYS: Kind.VERTEX,
    "VERTEX_API_KEY": Kind.VERTEX,
    "PAID_KEY": Kind.PAID,
    "ALLOWED_TOKENS": Kind.TOKENS,
}
_ASSIGNED = re.compile(r"^[ \t-]*(?:export[ \t]+)?[\"']?([A-Za-z_][A-Za-z0-9_]*)[\"']?[ \t]*[=:][ \t]*", re.MULTILINE)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_ESCAPED = {"'": re.compile(r"\\([\\'])"), '"': re.compile(r"\\([\\\"$])")}
_COMMENT = re.compile(r"\s#.*")
_SEPARATORS = re.compile(r"[\s,;]+")
_decoder = json.JSONDecoder()


def kind_of(name: str) -> Kind | None:
    """None for a name that no keys stand under."""
    return _KINDS.get(name.upper())


def assignments(text: str) -> tuple[list[tuple[str, str]], str]:
    """The names that stand for keys or tokens with their values, and the text without them."""
    found: list[tuple[str, str]] = []
    rest, at = "", 0
    for match in _ASSIGNED.finditer(text):
        if match.start() >= at and kind_of(match[1]) is not None:
            value, end = _value(text, match.end())
            found.append((match[1].upper(), value))
            rest, at = rest + text[at : match.start()] + "\n", end
    return found, rest + text[at:]


def listed(value: str) -> Sequence[object]:
    """A JSON list, or what separators part."""
    value = value.strip()
    if value.startswith(("[", "{")):
        try:
            decoded = msgspec.json.decode(value)
            return decoded if isinstance(decoded, list) else [decoded]
        except (msgspec.DecodeError, RecursionError):
            value = value.strip("[]{}")
    return [word for piece in _SEPARATORS.split(value) if (word := piece.strip("\"'"))]


def _value(text: str, at: int) -> tuple[str, int]:
    """What stands there, and where it ends: a quoted text or a list may go over several lines."""
    if (quoted := _QUOTED.match(text, at)) is not None:
        quote, inner = text[at], quoted[1] if quoted[1] is not None else quoted[2]
        return _ESCAPED[quote].sub(r"\1", inner), quoted.end()
    if text.startswith("[", at):
        try:
            _, end = _decoder.raw_decode(text, at)
            return text[at:end], end
        except (ValueError, RecursionError):
            pass
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return _COMMENT.sub("", text[at:end]).strip(), end
