"""When an operator should be told something, and when not again: pure rules over what is read off the gateway.

A condition has to hold for a while before it is told, and to be gone for a while before that is told. What happens
again and again (keys die) is gathered, and told together once its quiet time is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.outcome import Cause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gemini_balance.core.readings import PoolReading, Readings

CALM = 60.0  # seconds that a condition must be gone
QUIET = 300.0  # seconds between two alerts of what is gathered
MARGIN = 5.0  # percent above the limit that a pool must have again
MOST_NAMED = 5  # keys in one sentence


HOLDS_FOR = {
    Kind.POOL_LOW: 30.0,
    Kind.POOL_DEAD: 0.0,
    Kind.QUOTA_EXHAUSTED: 60.0,
    Kind.MODEL_OVERLOADED: 120.0,
    Kind.DATABASE_AWAY: 30.0,
}
"""Seconds that each condition must hold."""


Facts: TypeAlias = dict[str, str | int | dict[str, str]]
"""Of keys that died: `keys`, their ids with the word of the cause, the first few."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is told. `holds`: False where it is over. `at`: seconds since 1970. No secret is in it."""

    at: float
    kind: Kind
    subject: str  # an upstream, a model; empty for the gateway itself
    message: str
    holds: bool = True
    facts: Facts = {}  # what the sentence names, for whoever writes one of their own


class Terms(NamedTuple):
    """What the operator wants. `repeat`: seconds after which what still holds is told again; 0: never."""

    low_percent: float = 20.0
    repeat: float = 0.0
    kinds: frozenset[str] = frozenset()  # empty: all


class Place(NamedTuple):
    """What a condition is of."""

    kind: Kind
    subject: str


@dataclass(slots=True)
class _Standing:
    since: float
    seen: float  # when it held last
    facts: Facts = field(default_factory=dict)
    told: float | None = None  # when it was told last


@dataclass(slots=True)
class _Gathered:
    quiet_until: float = 0.0
    news: dict[str, str] = field(default_factory=dict)


class Watch:
    """Looks again and again, and remembers what it told."""

    def __init__(self) -> None:
        self._standing: dict[Place, _Standing] = {}
        self._gathered: dict[Kind, _Gathered] = {}
        self._before: Readings | None = None

    def look(self, now: Readings, terms: Terms) -> list[Alert]:
        """What is to be told now."""
        told = [*self._conditions(now, terms), *self._events(now)]
        self._before = now
        return [alert for alert in told if not terms.kinds or alert.kind in terms.kinds]

    def holding(self) -> Iterator[tuple[str, bool]]:
        """Of each kind of condition whether any of it was told and holds."""
        active = {place.kind for place, standing in self._standing.items() if standing.told is not None}
        return ((kind.value, kind in active) for kind in HOLDS_FOR)

    def _conditions(self, now: Readings, terms: Terms) -> Iterator[Alert]:
        for place, facts in _holding(now, terms, self._is_told):
            standing = self._standing.setdefault(place, _Standing(now.at, now.at))
            standing.seen, standing.facts = now.at, facts
        for place, standing in list(self._standing.items()):
            yield from self._told(now.at, place, standing, terms.repeat)

    def _told(self, at: float, place: Place, standing: _Standing, repeat: float) -> Iterator[Alert]:
        gone = at - standing.seen
        if gone >= CALM or (gone > 0 and standing.told is None):
            del self._standing[place]
            if standing.told is not None:
                yield _alert(at, place, standing.facts, holds=False)
        elif not gone and at - standing.since >= HOLDS_FOR[place.kind]:
            again = standing.told is not None and repeat > 0 and at - standing.told >= repeat
            if standing.told is None or again:
                standing.told = at
                yield _alert(at, place, standing.facts)

    def _is_told(self, place: Place) -> bool:
        return place in self._standing and self._standing[place].told is not None

    def _events(self, now: Readings) -> Iterator[Alert]:
        if self._before is not None:
            for kind, news in _happened(self._before, now):
                self._gathered.setdefault(kind, _Gathered()).news.update(news)
        for kind, gathered in self._gathered.items():
            if gathered.news and now.at >= gathered.quiet_until:
                yield _alert(now.at, Place(kind, ""), _facts(kind, gathered.news))
                gathered.news, gathered.quiet_until = {}, now.at + QUIET


SENTENCES = {
    Kind.POOL_DEAD: "None of {total} keys of {upstream} is usable.",
    Kind.POOL_LOW: "{usable} of {total} keys of {upstream} are usable ({percent} %).",
    Kind.MODEL_OVERLOADED: "Google has had no capacity for {model} for a while.",
    Kind.QUOTA_EXHAUSTED: "The day's quota of {model} is used up in {minutes} minutes.",
    Kind.DATABASE_AWAY: "The database does not answer. Calls are served; changes are refused.",
    Kind.KEY_DEAD: "{count} key(s) died: {names}. They serve again when a check finds them well, or after a reset.",
    Kind.JOURNAL_LOSING: "The journal loses records of calls ({names} so far): its database is slow or away.",
    Kind.UNKNOWN_ANSWERS: "Google gave errors that no rule names, with status {names}. Please report them.",
    Kind.TEST: "A test of this webhook, asked for by the operator.",
}


WHY: dict[str, str] = {
    Cause.KEY_DEAD: "not valid",
    Cause.KEY_REFUSED: "refused by Google",
    Cause.PROJECT_BLOCKED: "its project is blocked",
    Cause.PROJECT_UNPAID: "its project has not paid",
}
OTHERWISE = "too many failures"
"""Why a key died."""


def _alert(at: float, place: Place, facts: Facts, *, holds: bool = True) -> Alert:
    said = SENTENCES[place.kind].format(**facts)
    message = said if holds else f"It is over: {said}"
    return Alert(at=at, kind=place.kind, subject=place.subject, message=message, holds=holds, facts=facts)


def _holding(now: Readings, terms: Terms, is_told: Callable[[Place], bool]) -> Iterator[tuple[Place, Facts]]:
    for pool in now.pools:
        if pool.total and not pool.usable:
            yield Place(Kind.POOL_DEAD, pool.upstream), {"total": pool.total, "upstream": pool.upstream}
        elif pool.total and _share(pool) < _limit(pool, terms, is_told):
            facts: Facts = {"usable": pool.usable, "total": pool.total, "upstream": pool.upstream}
            yield Place(Kind.POOL_LOW, pool.upstream), {**facts, "percent": round(_share(pool))}
        for model in sorted(pool.paused):
            yield Place(Kind.MODEL_OVERLOADED, model), {"model": model}
    for model, at in now.exhausted.items():
        left = max(at - now.at, 0.0) / 60
        yield Place(Kind.QUOTA_EXHAUSTED, model), {"model": model, "minutes": round(left)}
    if now.database_away:
        yield Place(Kind.DATABASE_AWAY, ""), {}


def _limit(pool: PoolReading, terms: Terms, is_told: Callable[[Place], bool]) -> float:
    """Once told, it takes more than one key that comes and goes to be over."""
    return terms.low_percent + (MARGIN if is_told(Place(Kind.POOL_LOW, pool.upstream)) else 0.0)


def _share(pool: PoolReading) -> float:
    return 100 * pool.usable / pool.total


def _happened(before: Readings, now: Readings) -> Iterator[tuple[Kind, dict[str, str]]]:
    known = {key for pool in before.pools for key in pool.dead}
    yield Kind.KEY_DEAD, {key: why for pool in now.pools for key, why in pool.dead.items() if key not in known}
    if now.lost > before.lost:
        yield Kind.JOURNAL_LOSING, {str(now.lost): ""}
    seen = {(pool.upstream, status): count for pool in before.pools for status, count in pool.unknown.items()}
    for pool in now.pools:
        more = [status for status, count in pool.unknown.items() if count > seen.get((pool.upstream, status), 0)]
        yield Kind.UNKNOWN_ANSWERS, {str(status): "" for status in more}


def _facts(kind: Kind, news: dict[str, str]) -> Facts:
    first, more = dict(list(news.items())[:MOST_NAMED]), len(news) - MOST_NAMED
    if kind is not Kind.KEY_DEAD:
        return {"count": len(news), "names": _listed(first, more)}
    named = (f"{name} ({WHY.get(why, OTHERWISE)})" for name, why in first.items())
    return {"count": len(news), "names": _listed(named, more), "keys": first}


def _listed(names: Iterable[str], more: int) -> str:
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def told_as(alert: Alert, form: str) -> bytes:
    """The body of a webhook, as each of FORMATS has it."""
    if form == "json":
        return msgspec.json.encode(alert)
    return msgspec.json.encode(FORMATS[form](f"Gemini Balance: {alert.message}"))


FORMATS: dict[str, Callable[[str], object]] = {
    "slack": lambda text: {"text": text},
    "discord": lambda text: {"content": text},
    "feishu": lambda text: {"msg_type": "text", "content": {"text": text}},
    "dingtalk": lambda text: {"msgtype": "text", "text": {"content": text}},
}
