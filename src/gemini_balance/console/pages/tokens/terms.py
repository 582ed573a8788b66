"""The form of what a client token may do: as text, and back. What was typed stays, whatever is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import UNSET

from gemini_balance.core.options import names_in
from gemini_balance.gateway.token_rows import MOST_RPM, MOST_TOKENS, Terms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from gemini_balance.console.forms import Form
    from gemini_balance.gateway.stores import KeptToken

MINUTES = "%Y-%m-%dT%H:%M"  # as browsers write a moment without its zone


@dataclass(frozen=True, slots=True)
class Typed:
    """Each field as it stands in the form."""

    name: str = ""
    models: str = ""
    tags: str = ""
    rpm: str = ""
    tokens_per_day: str = ""
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is right in that field: a message, with the most that a number may be."""

    message: str
    most: int = 0


FAULTS = {
    "name": Fault("tokens.wrong_name"),
    "models": Fault("tokens.wrong_models"),
    "tags": Fault("tokens.wrong_tags"),
    "rpm": Fault("tokens.wrong_number", MOST_RPM),
    "tokens_per_day": Fault("tokens.wrong_number", MOST_TOKENS),
    "expires": Fault("tokens.wrong_expires"),
    "secret": Fault("tokens.wrong_secret"),
}
ELSEWHERE = Fault("tokens.wrong_terms")


def fault_in(param: str | None) -> dict[str, Fault]:
    """By the field, of what the use case refuses."""
    return {param: FAULTS[param]} if param in FAULTS else {"name": ELSEWHERE}


def typed_in(form: Form) -> Typed:
    return Typed(**{one.name: form.one(one.name).strip() for one in fields(Typed)})


def typed_of(token: KeptToken, zone: tzinfo) -> Typed:
    """A token's terms; `zone` is the reader's."""
    return Typed(
        name=token.name,
        models="\n".join(sorted(token.models)),
        tags="\n".join(sorted(token.tags)),
        rpm=str(token.rpm or ""),
        tokens_per_day=str(token.tokens_per_day or ""),
        expires="" if token.expires is None else datetime.fromtimestamp(token.expires, zone).strftime(MINUTES),
    )


def terms_of(typed: Typed, zone: tzinfo, before: Typed | None = None) -> tuple[Terms, dict[str, Fault]]:
    """What differs from `before`, and what can't be read of it. A moment is one of the reader's zone."""
    read: dict[str, object] = {}
    faults: dict[str, Fault] = {}
    for one in fields(Typed):
        text = getattr(typed, one.name)
        if before is not None and _plain(text) == getattr(before, one.name):
            continue
        try:
            read[one.name] = _value(one.name, _plain(text), zone)
        except (ValueError, OverflowError, OSError):
            faults[one.name] = FAULTS[one.name]
    return _terms(read), faults


def _value(name: str, text: str, zone: tzinfo) -> object:
    match name:
        case "models" | "tags":
            return frozenset(names_in(text))
        case "rpm" | "tokens_per_day":
            return int("".join(text.replace(",", "").split()) or 0)
        case "expires":
            return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() if text else None
        case _:
            return text


def _terms(read: Mapping[str, object]) -> Terms:
    return Terms(**{name: read.get(name, UNSET) for name in Terms.__struct_fields__})  # type: ignore[arg-type]  # each is of its field's type


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
