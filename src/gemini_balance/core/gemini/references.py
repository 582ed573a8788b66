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
SIGNS = (b"files/", b"cachedContents/", b"fileSearchStores/", b"tunedModels/", b"nteraction", b"ontinuation")
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
_OWNED = re.compile(r"(?:cachedContents|fileSearchStores|tunedModels|files)/[^/]+")


class Reference(NamedTuple):
    """`name` as Google has it. A file is named by an address, too: `said` is that, `host` the host in it."""

    name: str
    said: str = ""
    host: str = ""


def may_refer(body: bytes) -> bool:
    """Is it worth looking into? Costs little, also where the body is an image of 20 MB."""
    if len(body) <= LONG:
        return _signs_in(body)
    done = 0
    for start, end in long_runs(body):
        if _signs_in(body[done:start]):
            return True
        done = end
    return _signs_in(body[done:])


def references_in(body: bytes) -> list[Reference]:
    """All that a JSON body names, each once, in the order of their first mention.

    Raises BadRequest for what is no JSON: Google reads more than JSON, and may see a name where we see none.
    """
    try:
        return list(dict.fromkeys(_walk(msgspec.json.decode(body))))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest("Invalid JSON payload received: it can't be read, or it is nested too deeply.") from error


def file_in(address: str) -> Reference | None:
    """The file that an address or a name means. Of hosts not Google's, only paths exactly like Google's are."""
    found = _FILE.fullmatch(address)
    return None if found is None else Reference(found[3], address, found[2] or "")


def _signs_in(text: bytes) -> bool:
    find = text.find  # `in` raises and catches an error of its own each time before it looks
    for sign in SIGNS:
        if find(sign) >= 0:
            return True
    return any(find(escape) >= 0 for escape in ESCAPES) if find(b"\\") >= 0 else False


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


def sent_on(body: bytes, reference: Reference, google: str) -> bytes:
    """The body with a file's address at Google's host, where it was told at another; no other byte changes."""
    path = reference.said.partition("://")[2].partition("/")[2].removeprefix("gemini/")
    right = f"{google}/{path}".encode()
    said = reference.said.encode()
    for slash in (b"/", b"\\/"):
        body = body.replace(b'"%b"' % said.replace(b"/", slash), b'"%b"' % right)
    return body
