"""When a call that must wait would be granted, if nobody came after it.

The queue is played through what is to come. Of each room that appears it is noted who takes it, so that one forecast
answers for any caller with any call: whoever would come now is granted the first room that is big enough and falls to
its line after those who wait there, or to nobody.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.pool.fresh import MOST_CREWS
from gemini_balance.core.pool.key import NO_TAGS
from gemini_balance.core.pool.played import PlayedLines
from gemini_balance.core.pool.promise import STEP_LASTS, Forecast
from gemini_balance.core.pool.queue import Ticket, line_of, size_of
from gemini_balance.core.pool.walk import Walk

if TYPE_CHECKING:
    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.lane import Lane

FEW = 50  # calls that wait, and no more than there are projects, up to which all is played for the sake of one


def expected(lane: Lane, now: float, demand: Demand) -> Forecast:
    """For one more call like this. Under overload one forecast serves all that come within a moment."""
    known, tokens = lane.forecasts.get(demand.tags), lane.estimates.enough(demand.tokens)
    enough = known is not None and known.tokens >= tokens and known.units >= demand.units
    if known is not None and enough and known.believed(now, lane.changes + lane.queue.changes):
        return known
    lane.advance(now)
    if len(lane.forecasts) > MOST_CREWS:
        lane.forecasts.clear()
    lane.forecasts[demand.tags] = made = forecast(lane, now, tokens, demand.units, demand.tags)
    return made


def when(lane: Lane, now: float, made: Forecast, demand: Demand) -> float:
    """That this call would be granted."""
    if (own := _played(lane, now, demand)) < inf:
        return own
    line = line_of(demand)
    joined = max(0, lane.queue.line(demand) - made.waiting.get(line, 0))
    tokens, behind = lane.estimates.enough(demand.tokens), 0 if demand.again else joined
    return max(now, made.of(line, tokens, behind, demand.units, ahead=demand.again))


def forecast(lane: Lane, now: float, tokens: int, units: int = 1, tags: frozenset[str] = NO_TAGS) -> Forecast:
    """Walk through what is to come, and hand each room that appears to whoever is next."""
    made = Forecast(now, lane.changes + lane.queue.changes, tokens, units=units, tags=tags)
    walk = Walk(lane, now, made, PlayedLines(lane.queue.lines()), None, dict(lane.kept), lane.looked)
    made.waiting = walk.lines.waiting()
    made.turns = list(made.waiting)
    walk.play()
    return made


def _played(lane: Lane, now: float, demand: Demand) -> float:
    """Where tokens are scarce and few wait: all is played with this call at its place; infinity: not now."""
    if now < lane.played or not lane.ranks.by_tokens or len(lane.queue) > min(FEW, len(lane.ledgers)):
        return inf
    mine = Ticket(demand, now, tokens=lane.estimates.enough(demand.tokens))
    mine.size = size_of(mine)
    made = Forecast(now, 0, mine.tokens, units=demand.units, tags=demand.tags)
    walk = Walk(lane, now, made, PlayedLines(lane.queue.lines()), mine, dict(lane.kept), lane.looked)
    made.waiting = walk.lines.waiting()
    walk.lines.add(mine)
    walk.play()
    lane.played = now + made.events * STEP_LASTS
    return max(made.own, now)
