"""The Gemini API's own surface: what each path is, which resource in it decides the key, what its reply names.

From Google's discovery document, the protos and the paths that the official SDKs call (google-genai 3.4.0).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

PARENTS = frozenset({"models", "tunedModels", "dynamic"})
"""What a method such as `:generateContent` may be asked of."""
COLLECTIONS = frozenset(
    {"files", "cachedContents", "batches", "fileSearchStores", "ragStores", "operations", "interactions", "tunedModels"}
    | {"corpora", "generatedFiles", "auth_tokens", "agents", "environments", "triggers", "webhooks", "credentials"}
    | {"voices", "decisions"}
)
"""Where resources live that belong to whoever made them."""
OF_THE_RESOURCE = frozenset({"transferOwnership"})
"""Methods of a tuned model that are about it, not asked of it."""
ANSWERS_ONLY = frozenset(
    {"generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents", "predict"}
    | {"generateAnswer", "generateText", "generateMessage", "countTextTokens", "countMessageTokens", "embedText"}
    | {"batchEmbedText", "computeTokens"}
)
"""Methods whose replies name nothing that stays at Google."""
ADDRESSED = frozenset({"files", "operations", "generatedFiles"})
"""Collections whose replies tell addresses at Google's own host."""
VERBS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
SLUGGED = frozenset({"fileSearchStores", "corpora"})
"""Collections whose names are small letters, digits and dashes, says Google: https://ai.google.dev/api/file-search."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_COLLECTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_OF_MODELS = re.compile(r"(models|dynamic)(?:/[A-Za-z0-9][A-Za-z0-9._-]*(?::[A-Za-z][A-Za-z0-9_]*)?)?")
# Other letters might be small ones, and what is escaped anything, to who reads more kindly than Google says it does.
_NO_SLUG = re.compile(r"[a-z0-9-]*_[a-z0-9_-]*")


class Door(StrEnum):
    """What stands before the version in a path."""

    PLAIN = ""
    UPLOAD = "upload"
    DOWNLOAD = "download"


class ModelMethod(NamedTuple):
    """Something asked of a model; any key may answer. `model` has its parent in front where that is not `models`."""

    model: str
    method: str

    @property
    def names(self) -> bool:
        """May the answer name something that stays with the key?"""
        return self.method not in ANSWERS_ONLY


class Resource(NamedTuple):
    """A collection, or something in it. `name` is what was made once and stays with its key; empty: the collection."""

    collection: str
    name: str = ""
    creates: bool = False
    lists: bool = False
    removes: bool = False
    door: Door = Door.PLAIN

    @property
    def addressed(self) -> bool:
        """Does the reply tell addresses at Google's host?"""
        return self.door is Door.UPLOAD or self.collection in ADDRESSED or self.collection.endswith("/operations")


def model_method(tail: str) -> ModelMethod | None:
    """`models/x:method`, `tunedModels/x:method`, `dynamic/x:method`; methods we don't know are Google's to judge."""
    parent, _, rest = tail.partition("/")
    model, colon, method = rest.rpartition(":")
    if parent not in PARENTS or not colon or not model or method in OF_THE_RESOURCE or not _WORD.fullmatch(method):
        return None
    return ModelMethod(model if parent == "models" else f"{parent}/{model}", method)


def of_models(tail: str) -> Resource | None:
    """All models, one, or a method of one: everybody's, so any key may be asked. None where it is nothing of these."""
    found = _OF_MODELS.fullmatch(tail)
    return None if found is None else Resource(found[1])


def is_impossible(name: str) -> bool:
    """Is it a name that Google gives to nothing, in whosever project?"""
    collection, _, rest = name.partition("/")
    return collection in SLUGGED and _NO_SLUG.fullmatch(rest) is not None


def resource(method: str, tail: str, door: Door = Door.PLAIN) -> Resource | None:
    """What a path of resources is about; None where it can't be one. Asked after `model_method`."""
    pieces = tail.split("/")
    if "" in pieces or ".." in pieces or "." in pieces:
        return None
    if pieces[0] in ("models", "dynamic"):
        return _of_a_model(method, pieces)
    collection, _, verb = pieces[0].partition(":")
    if not _COLLECTION.fullmatch(collection):
        return None
    if len(pieces) == 1:
        lists = method == "GET" and not verb
        return Resource(collection, creates=method == "POST", lists=lists and door is Door.PLAIN, door=door)
    name = f"{collection}/{pieces[1].partition(':')[0]}"
    return Resource(collection, name, removes=method == "DELETE" and len(pieces) == 2, door=door)


def _of_a_model(method: str, pieces: list[str]) -> Resource | None:
    """`models/x/operations/y`: a model is everybody's, what it works on for long is not."""
    if len(pieces) < 3:
        return None
    collection = "/".join(pieces[:3])
    if len(pieces) == 3:
        return Resource(collection, creates=method == "POST", lists=method == "GET")
    name = f"{collection}/{pieces[3].partition(':')[0]}"
    return Resource(collection, name, removes=method == "DELETE" and len(pieces) == 4)
