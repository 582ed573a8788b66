"""What a call can look forward to for which there is no key now."""

from __future__ import annotations

from itertools import islice
from math import inf
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.pool.demand import Never, NotYet
from gemini_balance.core.pool.forecast import expected, when
from gemini_balance.core.pool.holding import holds_back, next_impatient
from gemini_balance.core.pool.keeping import release
from gemini_balance.core.pool.key import able_one_day, domain_of, tagged
from gemini_balance.core.pool.windows import BARS, MINUTE

if TYPE_CHECKING:
    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane

GLANCE = 1_000  # projects that are looked at where nobody is ready
SOON = 1.0  # seconds until another look where an attempt in flight decides


def outlook(now: float, lane: Lane, demand: Demand, pinned: Key | None) -> NotYet | Never:
    """When it would be served if nobody came after it. `pinned`: the only key that can."""
    opens = lane.breaker.opens_at(now, paced=not demand.hurried)
    if opens > now:
        return _held(now, lane, demand, opens)
    if pinned is not None:
        ledger = lane.ledgers.get(domain_of(pinned))
        return NotYet(max(now + SOON, pinned.until, now if ledger is None else ledger.rest))
    return _promise(now, lane, demand)


def look_again(now: float, lane: Lane) -> float:
    """When somebody who waits may be served; infinity where nobody does."""
    if not len(lane.queue):
        return inf
    opens = lane.breaker.opens_at(now)
    return opens if opens > now else max(min(lane.next_event(), next_impatient(lane)), now + 0.001)


def _held(now: float, lane: Lane, demand: Demand, opens: float) -> NotYet | Never:
    """How long an overload lasts is nobody's to know: it is worth waiting, unless the quota is spent as well."""
    at = min(opens, now + 2 * SOON)
    if demand.pinned:
        return NotYet(at, sure=False, overloaded=True)
    room = _promise(now, lane, demand)
    if _ready(lane, demand):
        turn = room.at if isinstance(room, NotYet) and room.sure else 0.0
        return NotYet(at, sure=False, overloaded=True, back=_behind(now, lane, demand, turn))
    return NotYet(max(at, room.at), sure=False, overloaded=at >= room.at) if isinstance(room, NotYet) else room


def _promise(now: float, lane: Lane, demand: Demand) -> NotYet | Never:
    release(now, lane)
    if holds_back(lane, demand.tags):
        return NotYet(now, sure=False)  # worth any patience: who has little of it waits as little
    ahead = expected(lane, now, demand)
    at = when(lane, now, ahead, demand)
    if at > now + SOON and any(tagged(ledger.domain, demand.tags) for ledger in lane.undecided):
        return NotYet(now + SOON, sure=False, back=_behind(now, lane, demand, at))
    if at < inf:
        anew = when(lane, now, ahead, replace(demand, again=False)) if demand.again else 0.0
        return NotYet(at, back=anew if anew < inf else 0.0)
    if _hopeful(lane, demand):
        return NotYet(now + SOON, sure=False)
    return Never(cause=ahead.barred)


def _behind(now: float, lane: Lane, demand: Demand, turn: float) -> float:
    """What is decided soon is for those who wait first: its own turn, as far as can be guessed; 0: nobody waits."""
    return min(turn, now + MINUTE) if turn < inf and lane.queue.stands_before(demand) else 0.0


def _ready(lane: Lane, demand: Demand) -> bool:
    """Is there a project with room?"""
    return bool(lane.fresh.of(demand.tags)) or lane.ranks.of(demand.tags).least_loaded() is not None


def _hopeful(lane: Lane, demand: Demand) -> bool:
    """Is there a project that is not gone, and not known to do without this model?"""
    if lane.fresh.of(demand.tags):
        return True
    ledgers = (ledger for ledger in lane.ledgers.values() if tagged(ledger.domain, demand.tags))
    return any(
        ledger.cause not in BARS and able_one_day(ledger.domain, demand.model, demand.tags)
        for ledger in islice(ledgers, GLANCE)
    )
