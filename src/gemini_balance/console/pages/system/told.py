"""What a change changed, in words: its fields before and after, and what was found or brought in. What we have no words
for stands as it was written down."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from gemini_balance.console.pages.keys.past import FIELDS as KEY_FIELDS
from gemini_balance.console.pages.options.fields import FIELDS as OPTION_FIELDS
from gemini_balance.console.pages.options.fields import Kind, plain
from gemini_balance.console.pages.system.alerts import NOBODY, said
from gemini_balance.console.pages.tokens.one import FIELDS as TOKEN_FIELDS
from gemini_balance.console.states import reason
from gemini_balance.core.alerts import Alert
from gemini_balance.gateway.key_findings import Verdicts
from gemini_balance.gateway.stores import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gemini_balance.console.pages.system.alerts import Keys
    from gemini_balance.console.words import Words
    from gemini_balance.core.options import Json
    from gemini_balance.gateway.stores import Change

LONGEST = 160  # characters of a value
MOST = 8  # differences of one change
MOMENTS = frozenset({"expires"})
LIMITS = frozenset({"rpm", "tokens_per_day"})
"""Of which 0 is none."""
WORDS = {"free": "key.free", "paid": "key.paid"}
"""Of values that are one of a few."""
BROUGHT = {
    "new": "change.brought_new",
    "back": "change.brought_back",
    "unlisted": "change.brought_unlisted",
    "paid": "change.brought_paid",
}
"""What an import from the environment did to how many keys."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`name` is what was changed, in the reader's words; empty where the thing is one value."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class What:
    """Sentences, and differences."""

    said: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


Reader: TypeAlias = "Callable[[Words, Change, Keys], What | None]"


def what_of(t: Words, change: Change, keys: Keys = NOBODY) -> What:
    """`keys`: what keys are called, by their ids."""
    with suppress(msgspec.DecodeError, msgspec.ValidationError):
        reader = READERS.get(change.subject)
        if reader is not None and (what := reader(t, change, keys)) is not None:
            return what
    if change.before is None and change.after is None:
        return What()
    return What(differences=(Difference("", short(change.before or ""), short(change.after or "")),))


def short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _key(t: Words, change: Change, _: Keys) -> What | None:
    match change.action:
        case "import":
            return _brought(t, change.after)
        case "check" | "reset" | "reject" if change.after:
            return _found(t, msgspec.json.decode(change.after, type=Verdicts))
        case _:
            return _fields(t, change, KEY_FIELDS)


def _token(t: Words, change: Change, _: Keys) -> What | None:
    return _fields(t, change, TOKEN_FIELDS)


def _option(t: Words, change: Change, _: Keys) -> What | None:
    field = OPTION_FIELDS.get(change.target)
    if field is None:
        return None
    if field.secret:
        return What((t("change.not_shown"),))
    before, after = _decoded(change.before), _decoded(change.after)
    if field.kind is not Kind.JSON:
        return What(differences=(Difference("", *_both(t, "", before, after)),))
    both = _flat(before), _flat(after)
    return _limited(t, _differing(t, {name: name for one in both for name in one}, *both))


def _alert(t: Words, change: Change, keys: Keys) -> What | None:
    alert = alert_in(change)
    return None if alert is None else What((said(t, alert, keys),))


def alert_in(change: Change) -> Alert | None:
    """None where there is none that could be read."""
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(change.after or "", type=Alert)
    return None


READERS: Mapping[Subject, Reader] = {
    Subject.KEY: _key,
    Subject.TOKEN: _token,
    Subject.OPTION: _option,
    Subject.ALERT: _alert,
}


def _brought(t: Words, after: str | None) -> What | None:
    counts = _decoded(after)
    if not isinstance(counts, dict) or not counts.keys() & BROUGHT.keys():
        return None
    return What(tuple(t(message, count=counts[name]) for name, message in BROUGHT.items() if name in counts))


def _found(t: Words, verdicts: Verdicts) -> What:
    """That keys are well again is what a reset says by itself."""
    causes = Counter(verdicts.dead.values())
    well = [t("change.found_well", count=len(verdicts.well))] if verdicts.well else []
    return What((*well, *(t("change.found_dead", count=count, why=t(reason(why))) for why, count in causes.items())))


def _fields(t: Words, change: Change, names: Mapping[str, str]) -> What | None:
    before, after = _decoded(change.before), _decoded(change.after)
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        return None
    words = {name: t(message) for name, message in names.items()}
    return _limited(t, _differing(t, words, before or {}, after or {}))


def _differing(
    t: Words, names: Mapping[str, str], before: Mapping[str, Json], after: Mapping[str, Json]
) -> Iterable[Difference]:
    for name, words in names.items():
        both = _both(t, name, before.get(name), after.get(name))
        if both[0] != both[1]:
            yield Difference(words, *both)


def _limited(t: Words, differences: Iterable[Difference]) -> What:
    found = tuple(differences)
    more = (t("change.more", count=len(found) - MOST),) if len(found) > MOST else ()
    return What(more, found[:MOST])


def _both(t: Words, name: str, before: Json, after: Json) -> tuple[str, str]:
    """What was, and what is: of two lists only what differs."""
    if name in LIMITS:
        before, after = before or None, after or None
    if isinstance(before, list) and isinstance(after, list):
        gone, new = [one for one in before if one not in after], [one for one in after if one not in before]
        return _value(t, name, gone), _value(t, name, new)
    return _value(t, name, before), _value(t, name, after)


def _value(t: Words, name: str, value: Json) -> str:
    """What is not there, or holds nothing, is empty."""
    match value:
        case _ if value in (None, "", [], {}):
            return ""
        case bool():
            return t("options.on") if value else t("options.off")
        case int() | float():
            return t.plain_moment(value) if name in MOMENTS else plain(value)
        case str():
            return t(WORDS[value]) if name == "tier" and value in WORDS else short(value)
        case list():
            return short(", ".join(map(str, value)))
        case _:
            return short(msgspec.json.encode(value).decode())


def _flat(value: Json, path: str = "") -> dict[str, Json]:
    """What an object holds at any depth, by the names that lead there."""
    match value:
        case dict():
            found = [_flat(one, f"{path} {name}".strip()) for name, one in value.items()]
            return {name: one for part in found for name, one in part.items()}
        case [{"category": str(), "threshold": str()}, *_]:
            return {str(one["category"]): one["threshold"] for one in value if isinstance(one, dict)}
        case None | []:
            return {}
        case _:
            return {path: value}


def _decoded(text: str | None) -> Json:
    """Raises DecodeError."""
    return None if text is None else msgspec.json.decode(text)
