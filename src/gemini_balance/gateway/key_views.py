"""Keys as an operator sees them: what is told of each, and how it fares, without a secret."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import masked
from gemini_balance.core.keys.export import hidden_password
from gemini_balance.core.pool import Health
from gemini_balance.core.pool.key import Source
from gemini_balance.gateway.stores import KeptKey, Origin, Tier  # noqa: TC001  (msgspec asks for the types of fields)

if TYPE_CHECKING:
    from gemini_balance.core.pool import Key, KeyId


class KeyState(StrEnum):
    """How a key fares."""

    READY = "ready"
    COOLING = "cooling"  # until a moment
    PROBING = "probing"
    INVALID = "invalid"
    DISABLED = "disabled"


_STATES = {health: KeyState(health.name.lower()) for health in Health}


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """`project` is told by the operator or by Google, `inferred` names a group that is only believed to be one.

    `reason` is a `Cause`, or an `Off` of a disabled one. Times are seconds since 1970.
    """

    id: str
    shown: str  # its last four characters
    upstream: str
    label: str
    project: str
    inferred: str
    tags: list[str]
    notes: str
    weight: int
    models: list[str]
    proxy: str  # without its password
    tier: Tier
    origin: Origin
    state: KeyState
    reason: str
    since: float | None
    until: float | None
    failures: int
    in_flight: int
    created: float
    used: float | None = None  # last, since this process began


class KeyFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What is None, or empty, is not asked for. `text` stands in an id, a label, a project, a tag or the notes."""

    ids: frozenset[str] | None = None
    state: KeyState | None = None
    reason: str = ""
    project: str | None = None  # "": those of no known project
    tag: str | None = None  # "": those without a tag
    tier: Tier | None = None
    upstream: str = ""
    origin: Origin | None = None
    model: str = ""  # that it may serve
    text: str = ""

    def takes(self, view: KeyView) -> bool:
        return (
            (self.ids is None or view.id in self.ids)
            and self.state in (None, view.state)
            and self.reason in ("", view.reason)
            and self.project in (None, view.project, view.inferred or view.project)
            and (self.tag is None or (self.tag in view.tags if self.tag else not view.tags))
            and self.tier in (None, view.tier)
            and self.upstream in ("", view.upstream)
            and self.origin in (None, view.origin)
            and (not self.model or not view.models or self.model in view.models)
            and (not self.text or self.text.casefold() in _words(view))
        )


ALL = KeyFilter()


def only(*ids: str) -> KeyFilter:
    return KeyFilter(ids=frozenset(ids))


def no_key(key_id: str) -> NotFound:
    return NotFound(f"There is no key {key_id}.")


def age_of(kept: KeptKey) -> tuple[float, str]:
    """To sort by."""
    return kept.created, kept.id


def view_of(kept: KeptKey, key: Key | None, now: float) -> KeyView:
    """`key`: as the pool has it. A rest that is over is none, though the pool notes that only at the next call."""
    group = key.project if key is not None else None
    inferred = group is not None and group.source is Source.INFERRED
    state = _state(key, now) if key is not None and not kept.off else KeyState.DISABLED
    return KeyView(
        id=kept.id,
        shown=masked(kept.secret),
        upstream=kept.upstream,
        label=kept.label,
        project=group.name if group is not None and not inferred else kept.project,
        inferred=group.name if group is not None and inferred else "",
        tags=sorted(kept.tags),
        notes=kept.notes,
        weight=kept.weight,
        models=sorted(kept.models),
        proxy=hidden_password(kept.proxy),
        tier=kept.tier,
        origin=kept.origin,
        state=state,
        reason=_reason(kept, key) if state is not KeyState.READY else "",
        since=_since(kept, key, state),
        until=key.until if key is not None and state is KeyState.COOLING else None,
        failures=key.failures if key is not None else 0,
        in_flight=key.in_flight if key is not None else 0,
        created=kept.created,
        used=key.used or None if key is not None else None,
    )


def _state(key: Key, now: float) -> KeyState:
    over = key.health is Health.COOLING and key.until <= now
    return KeyState.READY if over else _STATES[key.health]


def _reason(kept: KeptKey, key: Key | None) -> str:
    return kept.off or (str(key.reason) if key is not None and key.reason is not None else "")


def _since(kept: KeptKey, key: Key | None, state: KeyState) -> float | None:
    if kept.off:
        return kept.off_since
    return key.since if key is not None and state is not KeyState.READY else None


def _words(view: KeyView) -> str:
    words = (view.id, view.shown, view.label, view.project, view.inferred, *view.tags, view.notes)
    return "\n".join(words).casefold()


def id_of(view: KeyView) -> KeyId:
    return view.id  # type: ignore[return-value]  # a KeyId, told as a plain string outside
