"""Where calls wait for a key: the pool says whose turn it is, one timer a process looks when the pool wants it to."""

from __future__ import annotations

import asyncio
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import CLIENT_GONE

if TYPE_CHECKING:
    from gemini_balance.core.pool import Demand, KeyPool, Lease, Ticket
    from gemini_balance.gateway.ports import Clock

    Turn = asyncio.Future[Lease | None]

SOONEST = 0.001  # seconds until the next look: a timer that rings a little early must not ring at once again


class WaitingRoom:
    """Turns the pool's tickets into something to await."""

    def __init__(self, pool: KeyPool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._turns: dict[Ticket, Turn] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._rings = inf

    async def wait(self, demand: Demand, until: float) -> Lease | None:
        """A lease; None when none came until then, none can come any more, or the queue is full."""
        now = self._clock.now()
        ticket = self._pool.enqueue(now, demand, until)
        if ticket is None:
            return None
        loop = asyncio.get_running_loop()
        turn: Turn = loop.create_future()
        self._turns[ticket] = turn
        patience = loop.call_later(max(until - now, 0.0), self._end, ticket)
        self.look()
        try:
            return await turn
        except asyncio.CancelledError:
            self._give_back(ticket, turn)
            raise
        finally:
            patience.cancel()

    def look(self) -> None:
        """Serve whoever may be served now. To be called whenever something became free."""
        if not self._pool.waiting:
            return
        granted = self._pool.grant(self._clock.now())
        for ticket, lease in granted.leases:
            turn = self._turns.pop(ticket, None)
            if turn is None or turn.done():
                self._pool.settle(self._clock.now(), lease, CLIENT_GONE)
            else:
                turn.set_result(lease)
        for ticket in granted.lost:
            self._go_without(ticket)
        self._ring_at(granted.at)

    def _end(self, ticket: Ticket) -> None:
        """Its patience ran out."""
        self._pool.withdraw(ticket)
        self._go_without(ticket)
        self._look_soon()

    def _go_without(self, ticket: Ticket) -> None:
        turn = self._turns.pop(ticket, None)
        if turn is not None and not turn.done():
            turn.set_result(None)

    def _give_back(self, ticket: Ticket, turn: Turn) -> None:
        """The client left: neither its place nor a lease it was given in the last moment may be lost."""
        if self._turns.pop(ticket, None) is not None:
            self._pool.withdraw(ticket)
        elif not turn.cancelled() and (lease := turn.result()) is not None:
            self._pool.settle(self._clock.now(), lease, CLIENT_GONE)
        self._look_soon()

    def _look_soon(self) -> None:
        """Somebody may stand first in line now. Once for all who leave together, since each look costs a turn."""
        if self._pool.waiting:
            self._ring_at(0.0)

    def _ring_at(self, at: float) -> None:
        if at >= self._rings:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._rings = at
        delay = max(at - self._clock.now(), SOONEST)
        self._timer = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._timer, self._rings = None, inf
        self.look()
