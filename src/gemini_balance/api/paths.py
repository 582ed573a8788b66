"""Paths as people write them: doubled, missing and trailing pieces lead to the operation that was meant.

Only what stands around an operation is put right. The operation's own words must be there as they are, so a path
never leads to another one; what can't be told is returned as it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.gemini.surface import COLLECTIONS, Door, model_method

if TYPE_CHECKING:
    from collections.abc import Container

VERSIONS = frozenset({"v1", "v1beta", "v1alpha"})
VERTEX = "vertex-express"
HOUSES = frozenset({"hf", "openai", "gemini", VERTEX})
"""First pieces that stand for a protocol."""
DOORS = frozenset({Door.UPLOAD.value, Door.DOWNLOAD.value})
AROUND = VERSIONS | HOUSES | DOORS
NEWEST = "v1beta"  # has everything that Google's other versions have


def meant(path: str, openai: Container[str]) -> str:
    """The path that `path` stands for; `openai` are the tails of OpenAI's operations that only it has."""
    pieces = [piece for piece in path.split("/") if piece]
    around = _around(pieces)
    tail = pieces[len(around) :]
    if VERTEX not in around and (found := _openai(tail, openai)):  # never to other keys than were meant
        return f"{_openai_prefix(around)}/{found}"
    tail = _native(tail)
    if not tail:
        return path
    if tail[0] == "models" and ":" not in tail[-1] and len(tail) <= 2 and _shared(around):
        return f"{_openai_prefix(around)}/{'/'.join(tail)}"
    return f"{_native_prefix(around)}/{'/'.join(tail)}"


def _around(pieces: list[str]) -> list[str]:
    """The pieces before the operation."""
    count = 0
    while count < len(pieces) and pieces[count] in AROUND:
        count += 1
    return pieces[:count]


def _openai(tail: list[str], known: Container[str]) -> str:
    """One of OpenAI's operations, be it there once or, by a base address that had it already, twice."""
    words = [word for word in tail if word not in AROUND]
    half = len(words) // 2
    for found in ("/".join(tail), "/".join(words[:half]) if words[:half] == words[half:] else ""):
        if found and found in known:
            return found
    return ""


def _native(tail: list[str]) -> list[str]:
    """One of Google's; empty where it isn't."""
    while len(tail) > 1 and tail[0] == tail[1] and tail[0] in COLLECTIONS | {"models"}:
        tail = tail[1:]
    if not tail:
        return []
    first, _, method = tail[0].partition(":")
    if first in COLLECTIONS or first in ("models", "dynamic"):
        return tail
    alone = len(tail) == 1 and method and model_method(f"models/{tail[0]}")
    return ["models", *tail] if alone else []


def _shared(around: list[str]) -> bool:
    """Could these stand before OpenAI's list of models? A version that only Google has, or its house, says no.

    Google's own door for OpenAI's clients is `/v1beta/openai`.
    """
    return "openai" in around or not {"gemini", VERTEX, "v1beta", "v1alpha"} & set(around)


def _openai_prefix(around: list[str]) -> str:
    house = next((piece for piece in around if piece in ("hf", "openai")), "")
    return f"/{house}/v1" if house else "/v1"


def _native_prefix(around: list[str]) -> str:
    """The last version is the one that the client wrote before the operation; those before it are its base address."""
    if VERTEX in around:
        return f"/{VERTEX}/{NEWEST}"
    house = "/gemini" if "gemini" in around else ""
    door = next((f"/{piece}" for piece in around if piece in DOORS), "")
    version = next((piece for piece in reversed(around) if piece in VERSIONS), NEWEST)
    return f"{house}{door}/{version}"
