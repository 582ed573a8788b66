"""The client door's route table, and finding a request's place in it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.call import Operation
from gemini_balance.core.dialects import DIALECTS
from gemini_balance.core.errors import MethodNotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.dialects import Dialect

OPENAI, NATIVE = DIALECTS["openai"], DIALECTS["native"]


class Place(NamedTuple):
    """A path in two: a prefix of the table (empty: none), and what follows it."""

    prefix: str
    tail: str


class Match(NamedTuple):
    """Where a request leads. `target` is the model named in the path, if any."""

    dialect: Dialect
    operation: Operation
    target: str = ""


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
}
OPENAI_TAILS = {"chat/completions": {"POST": Operation.GENERATE}, "models": {"GET": Operation.LIST_MODELS}}
NATIVE_TAILS = {"models": {"GET": Operation.LIST_MODELS}}
TAILS = {OPENAI.name: OPENAI_TAILS, NATIVE.name: NATIVE_TAILS}
METHODS: dict[str, Operation] = {op: op for op in (Operation.GENERATE, Operation.STREAM, Operation.COUNT_TOKENS)}
ONE_MODEL = {"GET": Operation.GET_MODEL}
EXAMPLES = tuple(
    f"{prefix}/{tail}"
    for prefix, dialects in PREFIXES.items()
    for dialect in dialects
    for tail in [*TAILS[dialect.name], *([f"models/MODEL:{m}" for m in METHODS] if dialect is NATIVE else [])]
)


def find(method: str, path: str, place: Place, dialect: Dialect) -> Match:
    """Raises NotFound with the path that was likely meant, or MethodNotAllowed."""
    operations, target = _operations(dialect, place.tail) if place.prefix else ({}, "")
    if not operations:
        raise NotFound(f"There is nothing at {path[:200]}. Did you mean {_likely(path, dialect)}?")
    if method not in operations:
        allowed = tuple(operations)
        raise MethodNotAllowed(f"{path[:200]} takes {' or '.join(allowed)}, not {method}.", allowed)
    return Match(dialect, operations[method], target)


FIXED = {f"{prefix}/{tail}": Place(prefix, tail) for prefix in PREFIXES for tail in (*OPENAI_TAILS, *NATIVE_TAILS)}


def split(path: str) -> Place:
    """A known prefix and what follows it; the prefix is empty where none fits."""
    if fixed := FIXED.get(path):
        return fixed
    first = path.find("/", 1)
    second = path.find("/", first + 1) if first > 0 else -1
    for end in (second, first):
        if end > 0 and path[:end] in PREFIXES:
            return Place(path[:end], path[end + 1 :])
    return Place(path, "") if path in PREFIXES else Place("", path)


def dialect_of(place: Place, headers: Mapping[bytes, bytes], query: bytes) -> Dialect:
    """Whose error format fits, also where no route does.

    Google's own SDKs since 3.x call `/v1` too, so there the method's suffix, then the credential tells.
    """
    dialects = PREFIXES.get(place.prefix, (OPENAI,))
    if len(dialects) == 1:
        return dialects[0]
    if place.tail in OPENAI_TAILS and place.tail not in NATIVE_TAILS:
        return OPENAI  # whatever the token came in
    if ":" in place.tail or b"x-goog-api-key" in headers or b"x-goog-api-client" in headers:
        return NATIVE
    if query.startswith(b"key=") or b"&key=" in query:
        return NATIVE
    return OPENAI


def _operations(dialect: Dialect, tail: str) -> tuple[dict[str, Operation], str]:
    if fixed := TAILS[dialect.name].get(tail):
        return fixed, ""
    kind, _, name = tail.partition("/")
    if kind != "models" or not name:
        return {}, ""
    model, colon, method = name.partition(":")
    if not colon:
        return ONE_MODEL, model
    if dialect is NATIVE and method in METHODS:
        return {"POST": METHODS[method]}, model
    return {}, ""


def _likely(path: str, dialect: Dialect) -> str:
    close = get_close_matches(path[:200], EXAMPLES, n=1, cutoff=0.5)
    return close[0] if close else ("/v1beta/models" if dialect is NATIVE else "/v1/chat/completions")
