"""Rows of client tokens: made of what an operator says and of what the environment lists. Nothing here waits."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from gemini_balance.core.allowance import Allowance
from gemini_balance.core.call import Principal
from gemini_balance.core.catalog.resolve import check_name
from gemini_balance.core.errors import BadRequest, ModelNotFound
from gemini_balance.gateway.stores import KeptToken, Off, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_NAME = 100
MOST_NAMES = 200  # models, or tags, of one token
MOST_RPM = 100_000
MOST_TOKENS = 10**15
NAME = f"A token's name has 1 to {LONGEST_NAME} printable characters."
MODELS = "{name!r} can't be the name of a model."
TAGS = f"A tag has 1 to {LONGEST_NAME} printable characters."
MANY = f"At most {MOST_NAMES} {{what}} may be listed for one token."
RANGE = "{what} must be between 0 and {most}; 0 is no limit."
PAST = "The moment it expires must lie ahead."


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator says of a token; UNSET stays as it is. `expires` is in seconds since 1970, None for never."""

    name: str | UnsetType = UNSET
    models: frozenset[str] | UnsetType = UNSET  # empty: all
    tags: frozenset[str] | UnsetType = UNSET  # of the keys that may serve it; empty: all
    rpm: int | UnsetType = UNSET  # 0: no limit
    tokens_per_day: int | UnsetType = UNSET
    expires: float | UnsetType | None = UNSET


class FromEnvironment(NamedTuple):
    """What a start changes. The names are those of the actions."""

    added: list[KeptToken]
    returned: list[KeptToken]
    unlisted: list[KeptToken]


def token_id(digest: bytes) -> str:
    """The same on every replica, and of no help to whoever reads it where it is written down."""
    return f"token-{digest.hex()[:16]}"


def principal_of(row: KeptToken) -> Principal:
    limited = row.rpm or row.tokens_per_day or row.expires is not None
    expires = inf if row.expires is None else row.expires
    allowance = Allowance(row.rpm, row.tokens_per_day, expires) if limited else None
    return Principal(row.name, row.id, row.models, row.tags, allowance)


def changed_terms(row: KeptToken, terms: Terms, now: float) -> KeptToken:
    """Raises BadRequest."""
    said = {name: value for name in terms.__struct_fields__ if (value := getattr(terms, name)) is not UNSET}
    row = replace(row, **said)
    if terms.expires is not UNSET and row.expires is not None and row.expires <= now:
        raise BadRequest(PAST, param="expires")
    _check_number("rpm", row.rpm, MOST_RPM)
    _check_number("tokens_per_day", row.tokens_per_day, MOST_TOKENS)
    return replace(row, name=_name(row.name), models=_models(row.models), tags=_tags(row.tags))


def differences(old: KeptToken | None, new: KeptToken) -> tuple[str | None, str]:
    """What changed, before and after, as JSON; of a new token all that was said of it."""
    names = [name for name in Terms.__struct_fields__ if old is None or getattr(old, name) != getattr(new, name)]
    return None if old is None else _json(old, names), _json(new, names)


def from_environment(rows: Iterable[KeptToken], listed: Mapping[bytes, str], now: float) -> FromEnvironment:
    """`listed`: what may be seen of each token, by its digest.

    What was deleted stays so, and what an operator made or turned off is the operator's.
    """
    known = {row.digest: row for row in rows}
    added = [_new(digest, shown, now) for digest, shown in listed.items() if digest not in known]
    theirs = [row for row in known.values() if row.origin is Origin.ENVIRONMENT]
    returned = [row for row in theirs if row.off is Off.UNLISTED and row.digest in listed]
    unlisted = [row for row in theirs if row.off is Off.NO and row.digest not in listed]
    return FromEnvironment(
        added,
        [replace(row, off=Off.NO, off_since=0.0) for row in returned],
        [replace(row, off=Off.UNLISTED, off_since=now) for row in unlisted],
    )


def _new(digest: bytes, shown: str, now: float) -> KeptToken:
    """It has no name of its own; its last characters tell it apart."""
    return KeptToken(
        id=token_id(digest), digest=digest, name=f"…{shown}", shown=shown, origin=Origin.ENVIRONMENT, created=now
    )


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(NAME, param="name")
    return name


def _models(names: frozenset[str]) -> frozenset[str]:
    _check_many(names, "models")
    bare = frozenset(name.strip().removeprefix("models/") for name in names)
    for name in bare:
        try:
            check_name(name.rpartition("/")[2])
        except ModelNotFound:
            raise BadRequest(MODELS.format(name=name[:100]), param="models") from None
    return bare


def _tags(tags: frozenset[str]) -> frozenset[str]:
    _check_many(tags, "tags")
    bare = frozenset(tag.strip() for tag in tags)
    if not all(tag and len(tag) <= LONGEST_NAME and tag.isprintable() for tag in bare):
        raise BadRequest(TAGS, param="tags")
    return bare


def _check_many(names: frozenset[str], what: str) -> None:
    if len(names) > MOST_NAMES:
        raise BadRequest(MANY.format(what=what), param=what)


def _check_number(what: str, number: int, most: int) -> None:
    if not 0 <= number <= most:
        raise BadRequest(RANGE.format(what=what, most=most), param=what)


def _json(row: KeptToken, names: Iterable[str]) -> str:
    return msgspec.json.encode({name: getattr(row, name) for name in names}, order="deterministic").decode()
