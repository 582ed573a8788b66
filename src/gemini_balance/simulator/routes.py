"""Which resource and method a URL names."""

import re
from urllib.parse import parse_qsl

from msgspec import Struct

VERSIONS = ("v1", "v1beta", "v1alpha")
_EXPRESS = r"(?P<express>v1|v1beta1)/publishers/google"
_MODEL_PATH = re.compile(
    rf"/(?:(?P<version>{'|'.join(VERSIONS)})|{_EXPRESS})/models(?:/(?P<model>[^/:]+))?(?::(?P<action>\w+))?"
)
GET_OPERATIONS = {False: "listModels", True: "getModel"}
ACTIONS = (
    "generateContent",
    "streamGenerateContent",
    "countTokens",
    "embedContent",
    "batchEmbedContents",
    "predict",
)

IN_EXPRESS_MODE = frozenset({"generateContent", "streamGenerateContent", "countTokens"})
"""Methods of Vertex AI's models that keys of its express mode may call."""


class Route(Struct, frozen=True):
    """A call of the API."""

    version: str
    operation: str
    model: str
    query: dict[str, str]

    @property
    def streamed(self) -> bool:
        """Whether the answer comes in events."""
        return self.operation == "streamGenerateContent"

    @property
    def sse(self) -> bool:
        """Whether the events are server-sent events rather than array elements."""
        return self.streamed and self.query.get("alt", self.query.get("$alt")) == "sse"


def find_route(method: str, path: str, query: str) -> Route | None:
    """The call that this request line makes, or None when Google has no such page."""
    found = _MODEL_PATH.fullmatch(path)
    if found is None:
        return None
    model, action = found["model"] or "", found["action"]
    operation = action if method == "POST" and model else None
    if method == "GET" and not action:
        operation = GET_OPERATIONS[bool(model)]
    if found["express"] and operation not in IN_EXPRESS_MODE:
        return None
    if operation is None or (method == "POST" and operation not in ACTIONS):
        return None
    return Route(found["version"] or found["express"], operation, model, dict(parse_qsl(query)) if query else {})
