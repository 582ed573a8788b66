"""From the name a caller asks for to the model that will be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.call import SEARCH
from gemini_balance.core.catalog.aliases import ALIASES
from gemini_balance.core.errors import BadRequest, ModelNotFound

if TYPE_CHECKING:
    from collections.abc import Set
    from datetime import date

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,199}")


@dataclass(frozen=True, slots=True)
class Resolved:
    """`model` is Google's name; `search` asks for the search tool."""

    model: str
    search: bool = False


def resolve(name: str, listed: Set[str], search_models: Set[str], today: date) -> Resolved:
    """The requested name, with a `models/` in front or not. `listed` is empty while the upstream's list is unknown.

    A name that Google lists is taken as it is, whatever it ends in. A retired one follows the alias table; a name
    we don't know at all is left for Google to judge. Raises BadRequest where `-search` is not switched on.
    """
    name = name.removeprefix("models/")
    if not name:
        raise BadRequest("The request names no model. Set `model` to one of GET /v1/models.", param="model")
    if name in listed:
        return Resolved(name)
    base = name.removesuffix(SEARCH)
    model = successor(base, listed, today)
    if base == name:
        return Resolved(model)
    if not {base, model} & search_models:
        raise BadRequest(
            f"Web search is not switched on for {base}. The operator can add it to SEARCH_MODELS.", param="model"
        )
    return Resolved(model, search=True)


def check_name(name: str) -> None:
    """A model's name becomes part of an upstream path, so only what Google's names are made of may pass."""
    if not _NAME.fullmatch(name):
        raise ModelNotFound(f"There is no model named {name[:100]!r}.", param="model")


def successor(name: str, listed: Set[str], today: date) -> str:
    """What answers for a retired model; with no list known its retirement date decides."""
    check_name(name)
    alias = ALIASES.get(name)
    if alias is None or name in listed:
        return name
    return alias.successor if listed or today >= alias.retired else name
