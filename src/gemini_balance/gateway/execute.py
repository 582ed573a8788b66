"""Serving one call: lease a key, send, judge, relay, settle, and try again while the rule says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.attempts import STOP, Attempt, RetryPolicy, TryAgain, decide
from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.errors import NoKeyAvailable, PoolBusy
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.gemini.verdict import Tally
from gemini_balance.core.outcome import CLIENT_GONE, Cause, Outcome
from gemini_balance.core.pool import KeyPool, Lease, Never, NotYet
from gemini_balance.core.wire.json_array import ArrayFramer
from gemini_balance.core.wire.sse import SseFramer
from gemini_balance.gateway.delivery import further
from gemini_balance.gateway.failures import ASK_THE_OPERATOR, CallFailed
from gemini_balance.gateway.ports import TransportFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.pool import Demand
    from gemini_balance.gateway.ports import Clock, Reply, Transport, Upstream, UpstreamReply
    from gemini_balance.gateway.story import Story

MOST_HOPS = 15  # of one answer after its first reply: with 65,536 tokens each, a million
GENERATES = frozenset({Operation.GENERATE, Operation.STREAM})


@dataclass(slots=True)
class Gateway:
    """One per process. `policy` is replaced when an option changes."""

    pool: KeyPool
    upstreams: Mapping[str, Upstream]
    transport: Transport
    clock: Clock
    policy: RetryPolicy

    async def execute(self, route: Route, reply: Reply, story: Story) -> None:
        """Answer into `reply`. Raises GatewayError when no key may be asked, CallFailed when asking failed."""
        if route.patience is None:
            return await self._drive(route, reply, story)
        try:
            async with asyncio.timeout(route.patience):
                return await self._drive(route, reply, story)
        except TimeoutError:
            raise CallFailed(Outcome(Cause.DEADLINE, 504), route.model) from None

    async def _drive(self, route: Route, reply: Reply, story: Story) -> None:
        demand = route.demand
        while True:
            lease = self._acquire(demand, story)
            outcome = await self._attempt(lease, route, reply, story)
            if outcome.continuation:
                outcome = await self._go_on(outcome, route, reply, story)
            if outcome.good:
                return
            decision = STOP if route.single_attempt else decide(self.policy, story.attempts)
            if not isinstance(decision, TryAgain):
                raise CallFailed(outcome, route.model)
            demand = replace(demand, exclude=decision.exclude)

    async def _go_on(self, outcome: Outcome, route: Route, reply: Reply, story: Story) -> Outcome:
        """A long answer comes in several replies, all from the key that began it. The caller sees one."""
        hop = 0
        while outcome.good and outcome.continuation:
            hop += 1
            going_on = further(route, outcome.continuation, story.attempts[-1].key)
            lease = self.pool.acquire(self.clock.now(), going_on.demand)
            if not isinstance(lease, Lease):
                return Outcome(Cause.CUT, 502, "The key that began this answer rests.")
            outcome = await self._attempt(lease, going_on, reply, story, hop)
        return outcome

    def _acquire(self, demand: Demand, story: Story) -> Lease:
        got = self.pool.acquire(self.clock.now(), demand)
        if not isinstance(got, Lease) and demand.exclude:  # none is left untried: one that failed by chance may serve
            got = self.pool.acquire(self.clock.now(), replace(demand, exclude=frozenset()))
        if isinstance(got, Lease):
            return got
        if isinstance(got, NotYet):
            raise PoolBusy(_busy(demand), got.at - self.clock.now())
        raise self._never(got, demand, story)

    def _never(self, got: Never, demand: Demand, story: Story) -> Exception:
        if got.cause is not None:
            return CallFailed(story.last or Outcome(got.cause, 404), demand.model)
        if not got.dead and story.last is not None:
            return CallFailed(story.last, demand.model)
        return NoKeyAvailable(ASK_THE_OPERATOR)

    async def _attempt(self, lease: Lease, route: Route, reply: Reply, story: Story, hop: int = 0) -> Outcome:
        """One try with one key; settled exactly once, also when the client leaves in the middle."""
        began, outcome = self.clock.now(), CLIENT_GONE
        if not hop:
            reply.restart()
        story.asked += 1
        try:
            outcome = await self._ask(lease, route, reply, hop)
        finally:
            now = self.clock.now()
            self.pool.settle(now, lease, outcome)
            story.attempts.append(Attempt(lease.key.id, outcome, reply.committed, now - began))
        return outcome

    async def _ask(self, lease: Lease, route: Route, reply: Reply, hop: int) -> Outcome:
        upstream: UpstreamReply | None = None
        try:
            upstream = await self.transport.send(self.upstreams[route.upstream].request(route, lease.key.spec))
            if upstream.status >= 400:
                # Google repeats a suspended key in its error message.
                body = (await upstream.whole()).replace(lease.key.spec.secret.encode(), b"REDACTED")
                return classify(upstream.status, body, upstream.content_type)
            if route.framing is Framing.WHOLE:
                return await _whole(upstream, route, reply, hop)
            return await _stream(upstream, route, reply, hop)
        except TransportFailed as failed:
            return Outcome(failed.cause, 504 if failed.cause is Cause.UPSTREAM_SLOW else 502, failed.message)
        finally:
            if upstream is not None:
                upstream.close()


async def _whole(upstream: UpstreamReply, route: Route, reply: Reply, hop: int) -> Outcome:
    body = await upstream.whole()
    event = Event(body, body)
    if route.operation in GENERATES:
        tally = Tally()
        tally.feed([event])
        outcome = _following(tally.verdict(closed=True), route, hop)
    else:
        outcome = Outcome(Cause.ANSWERED)
    if not outcome.good:
        return replace(outcome, body=body, content_type=upstream.content_type)
    await (reply.feed([event]) if outcome.continuation else reply.whole(event))
    return outcome


async def _stream(upstream: UpstreamReply, route: Route, reply: Reply, hop: int) -> Outcome:
    framer, tally = SseFramer() if route.framing is Framing.SSE else ArrayFramer(), Tally()
    ended = False
    while not ended:
        ended = not (read := await upstream.read())
        events = events_of(framer.last() if ended else framer.feed(read))
        tally.feed(events)
        if tally.fault is None:
            await reply.feed(events)
            continue
        if reply.committed:
            await reply.feed([event for event in events if event.reply.error is None])
        return tally.fault
    outcome = _following(tally.verdict(closed=framer.closed()), route, hop)
    if outcome.good and not outcome.continuation:
        await reply.finish(framer.rest())
    return outcome if outcome.cause is Cause.CUT else replace(outcome, body=framer.rest())


def _following(outcome: Outcome, route: Route, hop: int) -> Outcome:
    """Is what is left of the answer to be asked for? A verbatim caller does that itself."""
    if outcome.continuation and (route.verbatim or hop == MOST_HOPS):
        return replace(outcome, continuation="")
    return outcome


def _busy(demand: Demand) -> str:
    return (
        f"Every key that may use {demand.model or 'this method'} rests for its quota. Try again after the time named."
    )
