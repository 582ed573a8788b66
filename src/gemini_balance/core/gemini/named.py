"""What a reply names that its caller may come back to, and the addresses in it that are to be ours.

Only fields that Google itself fills are read: a caller's own words in a reply must never make a name its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.core.gemini.references import file_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Paths of fields; `*` is each item of a list.
NAMES = (
    ("name",),
    ("file", "name"),
    ("files", "*", "name"),
    ("metadata", "name"),
    ("metadata", "tunedModel"),
    ("metadata", "output", "responsesFile"),
    ("response", "responsesFile"),
    ("dest", "fileName"),
)
ADDRESSES = (
    ("uri",),
    ("downloadUri",),
    ("file", "uri"),
    ("file", "downloadUri"),
    ("files", "*", "uri"),
    ("files", "*", "downloadUri"),
    ("generatedFiles", "*", "uri"),
    ("generatedFiles", "*", "downloadUri"),
    ("response", "generateVideoResponse", "generatedSamples", "*", "video", "uri"),
    ("response", "generatedVideos", "*", "video", "uri"),
    ("response", "generatedSamples", "*", "video", "uri"),
)
# The Interactions API and what came with it name their resources by a bare id.
BY_ID = frozenset({"interactions", "agents", "environments", "triggers", "webhooks", "credentials", "voices"})
# Google's own JSON often has `=` and `&` in addresses escaped.
SPELLINGS: tuple[Callable[[bytes], bytes], ...] = (
    lambda text: text,
    lambda text: text.replace(b"&", b"\\u0026").replace(b"=", b"\\u003d"),
)
_NAME = re.compile(r"[A-Za-z_]+/[^/\s]+(?:/[^/\s]+)*")


def named_in(reply: bytes, collection: str) -> list[str]:
    """The names of what a reply tells of, each once. `collection` is where the call was made."""
    document = _decoded(reply)
    if document is None:
        return []
    names = [*_texts(document, NAMES), *_ids(document, collection)]
    files = (found.name for text in _texts(document, ADDRESSES) if (found := file_in(text)) is not None)
    return list(dict.fromkeys([*(name for name in names if _NAME.fullmatch(name)), *files]))


def readdressed(reply: bytes, hosts: frozenset[str], ours: str) -> bytes:
    """The reply with Google's host and scheme in its addresses replaced by ours; no other byte changes."""
    document = _decoded(reply)
    for text in dict.fromkeys(_texts(document, ADDRESSES)) if document is not None else ():
        if (mine := address_of_ours(text, hosts, ours)) != text:
            for spell in SPELLINGS:
                reply = reply.replace(b'"%b"' % spell(text.encode()), b'"%b"' % spell(mine.encode()))
    return reply


def address_of_ours(address: str, hosts: frozenset[str], ours: str) -> str:
    """`address` at our host if it is at one of `hosts`, each with or without a path, of which the longest counts.

    `ours` is scheme and host, without a slash at the end.
    """
    scheme, _, rest = address.partition("://")
    found = [host for host in hosts if rest == host or rest.startswith(f"{host}/")]
    if scheme not in ("http", "https") or not found:
        return address
    return f"{ours}{rest[len(max(found, key=len)) :]}"


def interaction_in(event: bytes) -> str:
    """The name of the interaction that an event of a stream tells of; empty where it names none."""
    document = _decoded(event) or {}
    inner = document.get("interaction")
    found = inner.get("id") if isinstance(inner, dict) else document.get("interaction_id")
    return f"interactions/{found}" if isinstance(found, str) and found else ""


def _ids(document: dict[str, Any], collection: str) -> Iterator[str]:
    if collection in BY_ID and isinstance(found := document.get("id"), str) and found:
        yield f"{collection}/{found}"


def _texts(document: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for path in paths:
        yield from (value for value in _at(document, path) if isinstance(value, str) and value)


def _at(value: object, path: tuple[str, ...]) -> Iterator[object]:
    if not path:
        yield value
    elif path[0] == "*":
        for item in value if isinstance(value, list) else ():
            yield from _at(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _decoded(reply: bytes) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
