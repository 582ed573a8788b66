"""What of Google's a request names: files, caches, stores, interactions. Each lives with the key that made it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.wire.lean import LONG, long_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

# A body without any of these names nothing of the kind. JSON may spell each letter and slash in another way.
SIGNS = (b"files/", b"cachedContents/", b"fileSearchStores/", b"tunedModels/")
CONTINUES = (b"ontinuation",)
INTERACTS = (*CONTINUES, b"nteraction")
ESCAPES = (b"\\/", b"\\u00")
# The fields that Google follows, in both spellings that it takes.
ADDRESSES = frozenset({"fileUri", "file_uri", "uri"})
NAMES = frozenset({"cachedContent", "cached_content", "fileName", "file_name", "model"})
LISTS = frozenset({"fileSearchStoreNames", "file_search_store_names"})
INTERACTIONS = frozenset({"previousInteractionId", "previous_interaction_id"})
CONTINUATIONS = frozenset({"continuationToken", "continuation_token"})
# The caller's own data and descriptions of it: what a field is called there means nothing to Google.
OPAQUE = frozenset(
    {"args", "response", "parameters", "parametersJsonSchema", "parameters_json_schema", "responseSchema"}
    | {"response_schema", "responseJsonSchema", "response_json_schema", "_responseJsonSchema", "labels", "metadata"}
)
_FILE = re.compile(
    r"(?:(https?)://([^/?#]+)(?:/gemini)?/(?:download/)?v\d[a-z\d]*/)?(files/[A-Za-z0-9_-]{1,64})(?:[:?].*)?"
)
_ANYWHERE = re.compile(r"files/[A-Za-z0-9_-]{1,64}")
UNSURE = "?"
"""In the place of a host: the address is not one that Google gives."""
_OWNED = re.compile(r"(?:cachedContents|fileSearchStores|tunedModels|files)/[^/]+")


class Reference(NamedTuple):
    """`name` as Google has it. A file is named by an address, too: `said` is that, `host` the host in it."""

    name: str
    said: str = ""
    host: str = ""


def may_refer(body: bytes, more: tuple[bytes, ...] = ()) -> bool:
    """Is it worth looking into? Costs little, also where the body is an image of 20 MB.

    `more` are signs that mean something in some calls only: CONTINUES, INTERACTS.
    """
    if len(body) <= LONG:
        return _signs_in(body, more)
    done = 0
    for start, end in long_runs(body):
        if _signs_in(body[done:start], more):
            return True
        done = end
    return _signs_in(body[done:], more)


def references_in(body: bytes) -> list[Reference]:
    """All that a JSON body names, each once, in the order of their first mention.

    Raises BadRequest for what is no JSON: Google reads more than JSON, and may see a name where we see none.
    """
    try:
        return list(dict.fromkeys(_walk(msgspec.json.decode(body))))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("Invalid JSON payload received: it can't be read, or it is nested too deeply.") from error


def file_in(address: str) -> Reference | None:
    """The file that an address or a name means, or could mean: how much Google forgives in an address is not known."""
    if found := _FILE.fullmatch(address):
        return Reference(found[3], address, (found[2] or "").lower())
    found = _ANYWHERE.search(address)
    return None if found is None else Reference(found[0], address, UNSURE)


def _signs_in(text: bytes, more: tuple[bytes, ...]) -> bool:
    """One byte is found 20 times as fast as a word, and most texts have no slash."""
    find = text.find  # `in` raises and catches an error of its own each time before it looks
    return (
        (find(b"/") >= 0 and _any(text, SIGNS))
        or (find(b"\\") >= 0 and _any(text, ESCAPES))
        or (bool(more) and _any(text, more))
    )


def _any(text: bytes, words: tuple[bytes, ...]) -> bool:
    return any(text.find(word) >= 0 for word in words)


def _walk(value: object) -> Iterator[Reference]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in OPAQUE:
                yield from _field(name, item)
                yield from _walk(item)


def _field(name: str, value: object) -> Iterator[Reference]:
    if name in LISTS and isinstance(value, list):
        yield from (Reference(item) for item in value if isinstance(item, str))
    if not isinstance(value, str) or not value:
        return
    if name in ADDRESSES:
        if found := file_in(value):
            yield found
    elif name in NAMES and _OWNED.match(value):
        yield Reference(value)
    elif name in INTERACTIONS:
        yield Reference(f"interactions/{value}")
    elif name in CONTINUATIONS:
        yield Reference(continuation(value))


def continuation(token: str) -> str:
    """The name under which it is remembered whose answer a token continues; tokens themselves may be long."""
    return f"continuations/{sha256(token.encode()).hexdigest()}"


def address_at(reference: Reference, google: str) -> str:
    """The file's address at Google's host, which is `google`."""
    if reference.host in ("", UNSURE):
        return f"{google}/v1beta/{reference.name}"
    path = reference.said.partition("://")[2].partition("/")[2].removeprefix("gemini/")
    return f"{google}/{path}"


def sent_on(body: bytes, reference: Reference, google: str) -> bytes:
    """The body with a file's address at Google's host, where it was told at another; no other byte changes."""
    right = address_at(reference, google).encode()
    said = reference.said.encode()
    for slash in (b"/", b"\\/"):
        body = body.replace(b'"%b"' % said.replace(b"/", slash), b'"%b"' % right)
    return body
