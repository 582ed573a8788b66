"""A key as a row of the list: why it is in its state, what is left of its quota, what it did today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.pages.keys.asked import SHOWN
from gemini_balance.console.shapes import Meter, meter
from gemini_balance.console.states import reason
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.report import Standing, key_lanes
from gemini_balance.gateway.key_views import KeyState, id_of
from gemini_balance.gateway.stores import Off

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gemini_balance.console.sources import Sources
    from gemini_balance.console.states import State
    from gemini_balance.core.pool.report import KeyLane
    from gemini_balance.gateway.calls import Sums
    from gemini_balance.gateway.key_views import KeyView

OFF = {Off.OPERATOR.value: "keys.why_operator", Off.UNLISTED.value: "keys.why_unlisted"}
_CAUSES = {cause.value: cause for cause in Cause}


@dataclass(frozen=True, slots=True)
class Why:
    """A message, with a model that rests until then and how many more do."""

    message: str
    model: str = ""
    until: float = 0.0
    more: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a model's day. Where the limit is not known, what was used."""

    model: str
    left: int | None
    limit: int | None
    used: int
    meter: Meter | None
    tone: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """`until`: 0 unless it rests; `calls` and `errors`: attempts of today."""

    key: KeyView
    state: State
    until: float
    why: Why | None
    left: Left | None
    calls: int
    errors: int


def lanes_of(sources: Sources, view: KeyView) -> list[KeyLane]:
    """What is known of each model with this key."""
    pool = sources.pools.get(view.upstream)
    key = pool.keys.get(id_of(view)) if pool is not None else None
    return key_lanes(pool, key, sources.clock.now()) if pool is not None and key is not None else []


def row(view: KeyView, lanes: Iterable[KeyLane], today: Mapping[str, Sums], model: str = "") -> KeyRow:
    """`model`: the one whose quota is shown; else the scarcest."""
    known, sums = list(lanes), today.get(view.id)
    return KeyRow(
        view,
        SHOWN[view.state],
        view.until or 0.0,
        why(view, known),
        scarcest([lane for lane in known if not model or lane.model == model]),
        sums.count if sums else 0,
        sums.errors if sums else 0,
    )


def why(view: KeyView, lanes: Iterable[KeyLane]) -> Why | None:
    """None for a key that serves whatever it was asked for."""
    match view.state:
        case KeyState.DISABLED:
            return Why(OFF.get(view.reason, "keys.why_operator"))
        case KeyState.PROBING:
            return Why("keys.why_probing")
        case KeyState.READY:
            return _rests(lanes)
        case _:
            return Why(reason(_CAUSES.get(view.reason)))


def scarcest(lanes: Iterable[KeyLane]) -> Left | None:
    """The model of whose day the smallest share is left; where no limit is known, the one that was used most."""
    found = [_left(lane) for lane in lanes if lane.standing is not Standing.BARRED]
    return min(found, key=_scarcity, default=None)


def _left(lane: KeyLane) -> Left:
    day = lane.day_requests
    if day.left is None or not day.limit:
        return Left(lane.model, None, None, day.used, None, "")
    return Left(lane.model, day.left, day.limit, day.used, meter(day.left, day.limit), "" if day.left else "wait")


def _scarcity(left: Left) -> tuple[float, int]:
    return left.left / left.limit if left.left is not None and left.limit else 2.0, -left.used


def _rests(lanes: Iterable[KeyLane]) -> Why | None:
    resting = sorted(
        (lane for lane in lanes if lane.standing is Standing.RESTING), key=lambda lane: (lane.until, lane.model)
    )
    if not resting:
        return None
    message = "keys.why_rests" if len(resting) == 1 else "keys.why_rest"
    return Why(message, resting[0].model, resting[0].until, len(resting) - 1)
