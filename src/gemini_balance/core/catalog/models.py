"""Google's list of models, each entry in Google's own bytes: what is read of it, and a page of it for a caller."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import IMAGE, NON_THINKING, SEARCH
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.families import family_of
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

PREFIX = "models/"


class _Page(msgspec.Struct, rename="camel"):
    models: list[msgspec.Raw] = []
    next_page_token: str = ""


class _Model(msgspec.Struct, rename="camel"):
    name: str = ""
    supported_generation_methods: list[str] = []


class Listed(msgspec.Struct, frozen=True):
    """One model: `raw` is its entry, byte for byte, and `methods` what it says that it can do."""

    raw: msgspec.Raw
    methods: frozenset[str] = frozenset()


def suffixed(name: str, search_models: Container[str], image_models: Container[str]) -> tuple[str, ...]:
    """The names with a suffix that lead to this model, too."""
    able = ((SEARCH, name in search_models), (IMAGE, name in image_models), (NON_THINKING, family_of(name).thinks))
    return tuple(f"{name}{suffix}" for suffix, has in able if has)


_page = msgspec.json.Decoder(_Page)
_model = msgspec.json.Decoder(_Model)


def read_page(body: bytes) -> tuple[dict[str, Listed], str]:
    """The models of one of Google's pages by their bare names, and the token of the next page.

    Raises msgspec.DecodeError for what is no such page.
    """
    page = _page.decode(body)
    read = [(_model.decode(raw), msgspec.Raw(bytes(raw))) for raw in page.models]  # a copy: not the whole page is kept
    found = {
        one.name.removeprefix(PREFIX): Listed(raw, frozenset(one.supported_generation_methods)) for one, raw in read
    }
    return found, page.next_page_token


def page_of(models: Mapping[str, Listed], size: int, token: str) -> bytes:
    """A page of Google's form, by name. A token names the last model seen, so it outlives changes of the list.

    Raises BadRequest for a token not ours.
    """
    after = _name_in(token)
    names = sorted(name for name in models if name > after)
    reply: dict[str, object] = {"models": [models[name].raw for name in names[:size]]}
    if len(names) > size:
        reply["nextPageToken"] = urlsafe_b64encode(names[size - 1].encode()).decode()
    return encode(reply)


def _name_in(token: str) -> str:
    try:
        return b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise BadRequest("The pageToken is not one that this gateway gave.") from error
