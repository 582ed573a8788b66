"""From the name a caller asks for to the model that will be called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import IMAGE, NON_THINKING, SEARCH
from gemini_balance.core.catalog.aliases import ALIASES
from gemini_balance.core.errors import BadRequest, ModelNotFound

if TYPE_CHECKING:
    from collections.abc import Set
    from datetime import date

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,199}")
SUFFIXES = (SEARCH, NON_THINKING, IMAGE)


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """`model` is Google's name; the rest is what the suffixes ask for."""

    model: str
    search: bool = False
    image: bool = False
    non_thinking: bool = False


def resolve(
    name: str, listed: Set[str], search_models: Set[str], today: date, image_models: Set[str] = frozenset()
) -> Resolved:
    """The requested name, with a `models/` in front or not. `listed` is empty while the upstream's list is unknown.

    A name that Google lists is taken as it is, whatever it ends in; suffixes come off one by one, in any order, until
    such a name is left. A retired one follows the alias table; a name we don't know at all is left for Google to judge.
    Raises BadRequest where `-search` is not switched on.
    """
    name = name.removeprefix("models/")
    if not name:
        raise BadRequest("The request names no model. Set `model` to one of GET /v1/models.", param="model")
    if name in listed:
        return Resolved(name)
    if not name.endswith(SUFFIXES):  # nearly every name
        return Resolved(successor(name, listed, today))
    base, asked = _stripped(name, listed, image_models)
    model = successor(base, listed, today)
    if SEARCH in asked and not {base, model} & search_models:
        raise BadRequest(
            f"Web search is not switched on for {base}. The operator can add it to SEARCH_MODELS.", param="model"
        )
    return Resolved(model, search=SEARCH in asked, image=IMAGE in asked, non_thinking=NON_THINKING in asked)


def _stripped(name: str, listed: Set[str], image_models: Set[str]) -> tuple[str, set[str]]:
    """Many real names end in `-image`, known to us or not: only IMAGE_MODELS have it as a suffix."""
    asked: set[str] = set()
    while name not in listed:
        suffix = next((one for one in SUFFIXES if name.endswith(one) and one not in asked), None)
        if suffix is None:
            break
        base = name.removesuffix(suffix)
        if suffix == IMAGE and not _bare(base) & image_models:
            break
        name = base
        asked.add(suffix)
    return name, asked


def _bare(name: str) -> set[str]:
    """The name, and what is left of it once no suffix is."""
    names = {name}
    while suffix := next((one for one in SUFFIXES if name.endswith(one)), None):
        name = name.removesuffix(suffix)
        names.add(name)
    return names


def check_name(name: str) -> None:
    """A model's name becomes part of an upstream path, so only what Google's names are made of may pass."""
    if not _NAME.fullmatch(name):
        raise ModelNotFound(f"There is no model named {name[:100]!r}.", param="model")


def warning(name: str, model: str) -> str:
    """What the caller of a retired model, or of OpenAI's, shall know; empty for nearly all. `model` is called."""
    name = name.removeprefix("models/")
    names = _bare(name) if name.endswith(SUFFIXES) else (name,)
    alias = next((ALIASES[one] for one in names if one in ALIASES), None)
    if alias is None:
        return ""
    if alias.retired is None:
        return f"{alias.name} is a model of OpenAI's; {model} answers instead." if model == alias.successor else ""
    if model == alias.successor:
        return f"{alias.name} is retired (announced for {alias.retired}); {model} answers instead."
    return f"Google retires {alias.name} (announced for {alias.retired}); its successor is {alias.successor}."


def successor(name: str, listed: Set[str], today: date) -> str:
    """What answers for a retired model, or for OpenAI's; with no list known the retirement date decides."""
    check_name(name)
    alias = ALIASES.get(name)
    if alias is None or name in listed:
        return name
    return alias.successor if listed or alias.retired is None or today >= alias.retired else name


def is_foreign(name: str) -> bool:
    """Is it one of OpenAI's own names?"""
    alias = ALIASES.get(name)
    return alias is not None and alias.retired is None
