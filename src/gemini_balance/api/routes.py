"""The client door's route table, and finding a request's place in it."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.api.paths import meant
from gemini_balance.core.call import Operation
from gemini_balance.core.dialects import DIALECTS
from gemini_balance.core.errors import MethodNotAllowed, NotFound
from gemini_balance.core.gemini.surface import COLLECTIONS, VERBS, Door, Resource, model_method, of_models, resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.dialects import Dialect

OPENAI, NATIVE = DIALECTS["openai"], DIALECTS["native"]


class Place(NamedTuple):
    """A path in two: a prefix of the table (empty: none), and what follows it. `forgiven`: the path so put right."""

    prefix: str
    tail: str
    forgiven: str = ""


class Match(NamedTuple):
    """Where a request leads. `target` is the model named in the path, if any, with its method if that is a rare one."""

    dialect: Dialect
    operation: Operation
    target: str = ""
    resource: Resource | None = None
    made: bool = False  # vectors, pictures, sound: api/studio answers


NATIVE_VERSIONS = ("v1", "v1beta", "v1alpha")
# Below each prefix these tails exist. `/v1` is shared: see `dialect_of`.
PREFIXES: dict[str, tuple[Dialect, ...]] = {
    "/hf/v1": (OPENAI,),
    "/openai/v1": (OPENAI,),
    "/v1": (OPENAI, NATIVE),
    "/v1beta": (NATIVE,),
    "/v1alpha": (NATIVE,),
    "/gemini/v1": (NATIVE,),
    "/gemini/v1beta": (NATIVE,),
    "/gemini/v1alpha": (NATIVE,),
    "/vertex-express/v1beta": (NATIVE,),
}
# Where bytes of files go in and come out.
DOORS: dict[str, Door] = {
    f"{house}/{door}/{version}": door
    for house in ("", "/gemini")
    for door in (Door.UPLOAD, Door.DOWNLOAD)
    for version in NATIVE_VERSIONS
}
OPENAI_TAILS = {"chat/completions": {"POST": Operation.GENERATE}, "models": {"GET": Operation.LIST_MODELS}}
MADE_TAILS: dict[str, Operation] = {
    op.value: op
    for op in (
        *(Operation.EMBEDDINGS, Operation.IMAGES, Operation.IMAGE_EDITS),
        *(Operation.SPEECH, Operation.TRANSCRIPTIONS, Operation.TRANSLATIONS),
    )
}
NATIVE_TAILS = {"models": {"GET": Operation.LIST_MODELS}}
TAILS = {OPENAI.name: OPENAI_TAILS, NATIVE.name: NATIVE_TAILS}
METHODS: dict[str, Operation] = {op: op for op in (Operation.GENERATE, Operation.STREAM, Operation.COUNT_TOKENS)}
ONE_MODEL = {"GET": Operation.GET_MODEL}
OPENAI_ONLY = (OPENAI_TAILS.keys() | MADE_TAILS.keys()) - NATIVE_TAILS.keys()
SHARED = frozenset({"models", "files", "batches"})
"""Collections that OpenAI's API has, too."""
EXAMPLES = tuple(
    f"{prefix}/{tail}"
    for prefix, dialects in PREFIXES.items()
    for dialect in dialects
    for tail in [*TAILS[dialect.name], *([f"models/MODEL:{m}" for m in METHODS] if dialect is NATIVE else MADE_TAILS)]
)
GENERATES_ONLY = frozenset({"/vertex-express/v1beta"})
"""Vertex's express mode has three methods of models. Other calls would be held against the key."""
REMEMBERED = 200  # characters of a path that is worth keeping what it means
ALIKE = 0.8  # how much a word must resemble one of Google's to be taken for a slip of the pen


def find(method: str, path: str, place: Place, dialect: Dialect) -> Match:
    """Raises NotFound with the path that was likely meant, or MethodNotAllowed."""
    operations, target = _operations(dialect, place.tail) if place.prefix else ({}, "")
    narrow = place.prefix in GENERATES_ONLY
    if narrow and ("/" in target or Operation.METHOD in operations.values()):
        raise nothing_at(path, dialect)
    if not operations:
        if dialect is NATIVE and place.prefix and not narrow and (found := _resource(method, place)) is not None:
            return found
        if dialect is OPENAI and place.prefix and (made := MADE_TAILS.get(place.tail)):
            return _made(method, path, made)
        raise nothing_at(path, dialect)
    if method not in operations:
        if dialect is NATIVE and not narrow and (found := _unforeseen(method, place, operations)) is not None:
            return found
        allowed = tuple(operations)
        raise MethodNotAllowed(f"{path[:200]} takes {' or '.join(allowed)}, not {method}.", allowed)
    return Match(dialect, operations[method], target)


def nothing_at(path: str, dialect: Dialect) -> NotFound:
    """The error that names the path that was likely meant."""
    return NotFound(f"There is nothing at {path[:200]}. Did you mean {_likely(path, dialect)}?")


def _made(method: str, path: str, operation: Operation) -> Match:
    if method != "POST":
        raise MethodNotAllowed(f"{path[:200]} takes POST, not {method}.", ("POST",))
    return Match(OPENAI, operation, made=True)


FIXED = {
    f"{prefix}/{tail}": Place(prefix, tail)
    for prefix in PREFIXES
    for tail in (*OPENAI_TAILS, *NATIVE_TAILS, *MADE_TAILS)
}


def split(path: str) -> Place:
    """A known prefix and what follows it; the prefix is empty where none fits, also with what can be forgiven."""
    if fixed := FIXED.get(path):
        return fixed
    return _split(path) if len(path) < REMEMBERED else _split.__wrapped__(path)


@lru_cache(maxsize=1024)
def _split(path: str) -> Place:
    place = _cut(path)
    if _is_plain(place):
        return place
    right = meant(path, OPENAI_ONLY)
    return place if right == path else _cut(right)._replace(forgiven=right)


def _cut(path: str) -> Place:
    first = path.find("/", 1)
    second = path.find("/", first + 1) if first > 0 else -1
    for end in (second, first):
        if end > 0 and path[:end] in PREFIXES:
            return Place(path[:end], path[end + 1 :])
    third = path.find("/", second + 1) if second > 0 else -1
    for end in (third, second):
        if end > 0 and path[:end] in DOORS:
            return Place(path[:end], path[end + 1 :])
    return Place(path, "") if path in PREFIXES else Place("", path)


def _is_plain(place: Place) -> bool:
    """A method of a model, as nearly all native calls are: nothing to forgive."""
    kind, _, model = place.tail.partition("/")
    return kind == "models" and ":" in model and "/" not in model and NATIVE in PREFIXES.get(place.prefix, ())


def dialect_of(place: Place, headers: Mapping[bytes, bytes], query: bytes) -> Dialect:
    """Whose error format fits, also where no route does.

    Google's own SDKs since 3.x call `/v1` too, so there the method's suffix, then the credential tells.
    """
    if place.prefix in DOORS:
        return NATIVE
    dialects = PREFIXES.get(place.prefix, (OPENAI,))
    if len(dialects) == 1:
        return dialects[0]
    if place.tail in OPENAI_ONLY:
        return OPENAI  # whatever the token came in
    if ":" in place.tail or b"x-goog-api-key" in headers or b"x-goog-api-client" in headers:
        return NATIVE
    if query.startswith(b"key=") or b"&key=" in query:
        return NATIVE
    first = place.tail.partition("/")[0]
    return NATIVE if first in COLLECTIONS and first not in SHARED else OPENAI


def _operations(dialect: Dialect, tail: str) -> tuple[dict[str, Operation], str]:
    if fixed := TAILS[dialect.name].get(tail):
        return fixed, ""
    kind, _, name = tail.partition("/")
    if dialect is NATIVE and ":" in name:
        model, _, method = name.partition(":")
        if kind == "models" and method in METHODS:  # nearly always
            return {"POST": METHODS[method]}, model
        if (asked := model_method(tail)) is not None:
            known = METHODS.get(asked.method)
            return {"POST": known or Operation.METHOD}, asked.model if known else f"{asked.model}:{asked.method}"
    if kind != "models" or not name or ":" in name or "/" in name:
        return {}, ""
    return ONE_MODEL, name


def _resource(method: str, place: Place) -> Match | None:
    """Of a collection that we don't know Google is asked, unless its name looks like a known one's, miswritten."""
    found = resource(method, place.tail, DOORS.get(place.prefix, Door.PLAIN))
    if found is None or method not in VERBS:
        return None
    first = place.tail.partition("/")[0].partition(":")[0]
    known = (*COLLECTIONS, "models")
    if first not in known and get_close_matches(first, known, n=1, cutoff=ALIKE):
        return None
    return Match(NATIVE, Operation.RESOURCE, "", found)


def _unforeseen(method: str, place: Place, operations: Mapping[str, Operation]) -> Match | None:
    """A verb that is new to us is Google's to judge, save with the methods that we know to take no other."""
    if METHODS.keys() & operations.values() or method not in VERBS:
        return None
    found = of_models(place.tail) or resource(method, place.tail)
    return None if found is None else Match(NATIVE, Operation.RESOURCE, "", found)


def _likely(path: str, dialect: Dialect) -> str:
    close = get_close_matches(path[:200], EXAMPLES, n=1, cutoff=0.5)
    return close[0] if close else ("/v1beta/models" if dialect is NATIVE else "/v1/chat/completions")
