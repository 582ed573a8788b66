"""What a caller asks for, before it is known which model, key or upstream will serve it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import ModelNotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.allowance import Allowance
    from gemini_balance.core.gemini.request_schema import GenerateContentRequest, ThinkingConfig
    from gemini_balance.core.gemini.schema import Part
    from gemini_balance.core.pool import KeyId


SEARCH = "-search"
"""The suffix of a model's name by which a caller asks for a web search."""
IMAGE = "-image"
"""The suffix by which a caller asks for images."""
NON_THINKING = "-non-thinking"
"""The suffix by which a caller asks for as little thinking as the model can do."""


GEMINI_API = "gemini_api"
VERTEX_EXPRESS = "vertex_express"
"""The upstreams: each has keys of its own, and models under names of its own."""


NOT_FOR_IT = "The model {model} does not exist, or this token may not use it. GET /v1/models lists those that it may."


class Operation(StrEnum):
    """What is asked; the value is the upstream's own name of the method, of what only OpenAI has its path."""

    GENERATE = "generateContent"
    STREAM = "streamGenerateContent"
    COUNT_TOKENS = "countTokens"
    LIST_MODELS = "listModels"
    GET_MODEL = "getModel"
    METHOD = "anyMethod"  # another one of a model's; `Call.method` names it
    LIVE = "bidiGenerateContent"  # a conversation over a WebSocket
    RESOURCE = "resource"  # a file, a cache, a batch…; see core/gemini/surface.py
    EMBEDDINGS = "embeddings"
    IMAGES = "images/generations"
    IMAGE_EDITS = "images/edits"
    SPEECH = "audio/speech"
    TRANSCRIPTIONS = "audio/transcriptions"
    TRANSLATIONS = "audio/translations"


class Framing(StrEnum):
    """How the parts of an upstream reply are separated."""

    WHOLE = "one JSON document"
    SSE = "server-sent events"
    ARRAY = "a JSON array, element by element"
    RAW = "bytes, as they come"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a client token, known by its name; the secret itself is not kept."""

    name: str
    id: str = ""  # tells tokens apart whose names are alike, and stays the same over restarts
    models: frozenset[str] = frozenset()  # names of those it may ask for; empty: all
    tags: frozenset[str] = frozenset()  # of the keys that may serve it; empty: all
    allowance: Allowance | None = None  # None: nothing is counted, and it never expires

    def check_model(self, *names: str) -> None:
        """`names` are all that the model asked for goes by, the caller's own and Google's. Raises ModelNotFound."""
        if self.models and self.models.isdisjoint(name.removeprefix("models/") for name in names):
            raise ModelNotFound(
                NOT_FOR_IT.format(model=names[0][:100] or "that the request leaves open"), param="model"
            )


NOBODY = Principal("")
"""Before it is known who calls."""


class Inbound(msgspec.Struct, frozen=True):
    """One HTTP request as the door hands it to a dialect: names in headers are lower case, the query is raw."""

    method: str
    path: str
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    target: str = ""  # what the route's pattern caught: a model name


class Media(msgspec.Struct, frozen=True):
    """Something a request names by its address. Once fetched it becomes the part's inline data."""

    url: str
    part: Part
    held: bool = False  # at Google: it stays there, and only the key that has it can use it


class Unsigned(msgspec.Struct, frozen=True):
    """A function call in the history that came back without its signature, and where it stands."""

    content: int
    part: int
    call_id: str
    embedded: str = ""  # what the id itself brought along


class Wishes(msgspec.Struct, frozen=True):
    """What can't be put into the request before the model is known, and what only the answer can fulfil."""

    effort: str = ""
    thinking: ThinkingConfig | None = None
    strict: bool = False  # functions shall be called exactly as declared
    unsigned: tuple[Unsigned, ...] = ()
    parallel: bool = True  # False: the caller takes one function call per answer
    legacy: bool = False  # functions were named in `functions`, so one call is told in `function_call`
    audio_format: str = ""  # pcm16 is told as it comes; anything else becomes a WAV file
    renamed: Mapping[str, str] = {}  # function names that Google was told, to the caller's own


NO_WISHES = Wishes()


class Call(msgspec.Struct, frozen=True):
    """One request in Gemini's own terms.

    `request` is the translated body; a native call has none and carries its bytes untouched in `raw`.
    `verbatim` callers get Google's own answer, errors included; a `single_attempt` is never replaced.
    """

    operation: Operation
    model: str
    framing: Framing = Framing.WHOLE
    method: str = ""  # Google's name of it, where `operation` doesn't say
    request: GenerateContentRequest | None = None
    raw: bytes = b""
    version: str = "v1beta"
    query: str = ""  # forwarded as it came, without credentials
    headers: tuple[tuple[str, str], ...] = ()  # forwarded ones
    verbatim: bool = False
    single_attempt: bool = False
    patience: float | None = None  # the caller's own deadline, seconds from now
    include_usage: bool = False
    wishes: Wishes = NO_WISHES
    media: tuple[Media, ...] = ()  # to be fetched before the request can be sent
    files: tuple[Media, ...] = ()  # what Google holds already
    dropped: tuple[str, ...] = ()  # what could not be carried, for the caller to see
    upstream: str = GEMINI_API
    pinned: KeyId | None = None  # the key that made what the request names
