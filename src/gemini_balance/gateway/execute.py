"""Serving one call: lease a key, send, judge, relay, settle, and try again while the rule says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.attempts import STOP, Attempt, RetryPolicy, TryAgain, decide, doubtful_keys
from gemini_balance.core.call import Framing
from gemini_balance.core.errors import OverloadLasts, PoolBusy
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.gemini.unknowns import Unknowns
from gemini_balance.core.outcome import CLIENT_GONE, Cause, Outcome
from gemini_balance.core.pool import KeyPool, Lease, Never, NotYet
from gemini_balance.core.redaction import HIDDEN
from gemini_balance.gateway.attaching import NotAttached
from gemini_balance.gateway.carry import Carriage
from gemini_balance.gateway.delivery import further
from gemini_balance.gateway.failures import OVERLOADED, CallFailed, no_key
from gemini_balance.gateway.live import Conversation, for_token
from gemini_balance.gateway.ports import TransportFailed
from gemini_balance.gateway.relay import stream, whole
from gemini_balance.gateway.waiting import WaitingRoom

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.pool import Demand
    from gemini_balance.gateway.attaching import Attacher
    from gemini_balance.gateway.ports import Clock, Reply, Transport, Upstream, UpstreamReply
    from gemini_balance.gateway.story import Story

Got = Lease | NotYet | Never
MOST_UPLOADS = 3  # keys of one call that large media are uploaded with
PASSED_ON = (Carriage, Conversation)  # what is not understood on its way


@dataclass(slots=True)
class Gateway:
    """One per process. `policy` and `patience` are replaced when an option changes; `dice` gives 0 to 1."""

    pool: KeyPool
    upstreams: Mapping[str, Upstream]
    transport: Transport
    clock: Clock
    policy: RetryPolicy
    dice: Callable[[], float]
    patience: float = 20.0  # seconds that a call may wait for a key, all its waits together
    attacher: Attacher | None = None
    unknowns: Unknowns = field(default_factory=Unknowns)
    room: WaitingRoom = field(init=False)

    def __post_init__(self) -> None:
        self.room = WaitingRoom(self.pool, self.clock)

    async def execute(self, route: Route, reply: Reply | Carriage | Conversation, story: Story) -> None:
        """Answer into `reply`. Raises GatewayError when no key may be asked, CallFailed when asking failed."""
        if route.patience is None:
            return await self._drive(route, reply, story)
        story.deadline = self.clock.now() + route.patience
        try:
            async with asyncio.timeout(route.patience):
                return await self._drive(route, reply, story)
        except TimeoutError:
            raise CallFailed(Outcome(Cause.DEADLINE, 504), route.model) from None

    async def _drive(self, route: Route, reply: Reply | Carriage | Conversation, story: Story) -> None:
        demand = route.demand
        while True:
            lease = await self._lease(demand, story, waits=not route.single_attempt)
            outcome = await self._attempt(lease, route, reply, story)
            if outcome.continuation:
                outcome = await self._go_on(outcome, route, reply, story)
            if outcome.good:
                return self._answered(story)
            decision = STOP if self._stays(route, story) else decide(self.policy, story.attempts, self.dice)
            if not isinstance(decision, TryAgain):
                raise CallFailed(outcome, route.model, paid=demand.paid)
            if decision.delay:
                await asyncio.sleep(decision.delay)
            demand = replace(demand, exclude=decision.exclude, again=True)

    def _stays(self, route: Route, story: Story) -> bool:
        """With the key that failed: another may not be asked, or what has to be uploaded first was often enough."""
        return route.single_attempt or len(story.attached) >= MOST_UPLOADS

    def _answered(self, story: Story) -> None:
        """What others failed at could be done: it may have been their keys."""
        if len(story.attempts) == 1:
            return
        failed = doubtful_keys(story.attempts)
        if failed:
            self.pool.helped(self.clock.now(), failed)
            self.room.look()

    async def _go_on(
        self, outcome: Outcome, route: Route, reply: Reply | Carriage | Conversation, story: Story
    ) -> Outcome:
        """A long answer comes in several replies, all from the key that began it. The caller sees one."""
        hop = 0
        while outcome.good and outcome.continuation:
            hop += 1
            going_on = further(route, outcome.continuation, story.attempts[-1].key)
            lease = await self._next(going_on.demand, story, waits=True)
            if not isinstance(lease, Lease):
                return Outcome(Cause.CUT, 502, "The key that began this answer rests.")
            outcome = await self._attempt(lease, going_on, reply, story, hop)
        return outcome

    async def _lease(self, demand: Demand, story: Story, *, waits: bool) -> Lease:
        got = await self._next(demand, story, waits=waits)
        if isinstance(got, Lease):
            return got
        if isinstance(got, NotYet):
            raise _not_yet(demand, got, max(got.told - self.clock.now(), 0.0))
        raise self._never(got, demand, story)

    async def _next(self, demand: Demand, story: Story, *, waits: bool) -> Got:
        """A key now, or after a wait that is worth it; else when it would be."""
        now = self.clock.now()
        got = self.pool.acquire(now, demand)
        if not isinstance(got, Lease):
            story.skipped = story.skipped or self.pool.skipped(now, demand)
        until = min(now + self.patience - story.waited, story.deadline)
        if waits and isinstance(got, NotYet) and got.at <= until:
            return await self._wait(demand, until, story)
        return got

    async def _wait(self, demand: Demand, until: float, story: Story) -> Got:
        began = self.clock.now()
        try:
            lease = await self.room.wait(demand, until)
        finally:
            story.waited += self.clock.now() - began
        return lease or self.pool.acquire(self.clock.now(), demand)

    def _never(self, got: Never, demand: Demand, story: Story) -> Exception:
        if got.cause is not None:
            return CallFailed(story.last or Outcome(got.cause, 404), demand.model, paid=demand.paid)
        if not got.dead and story.last is not None:
            return CallFailed(story.last, demand.model, paid=demand.paid)
        return no_key(demand.model, paid=demand.paid)

    async def _attempt(
        self, lease: Lease, route: Route, reply: Reply | Carriage | Conversation, story: Story, hop: int = 0
    ) -> Outcome:
        """One try with one key; settled exactly once, also when the client leaves in the middle."""
        began, outcome = self.clock.now(), CLIENT_GONE
        if not hop:
            reply.restart()
        story.asks(lease.key.id)
        try:
            outcome = await self._ask(lease, route, reply, story, hop)
        finally:
            now = self.clock.now()
            self.pool.settle(now, lease, outcome)
            self.unknowns.note(outcome)
            until = _rests_until(now, lease, outcome)
            story.attempts.append(Attempt(lease.key.id, outcome, reply.committed, now - began, lease.why, until, began))
            self.room.look()
        return outcome

    async def _ask(
        self, lease: Lease, route: Route, reply: Reply | Carriage | Conversation, story: Story, hop: int
    ) -> Outcome:
        upstream: UpstreamReply | None = None
        spec = lease.key.spec
        try:
            if route.attachments is not None and self.attacher is not None:
                route = await self.attacher.attached(route, route.attachments, spec, story.attached)
            request = self.upstreams[route.upstream].request(route, spec)
            upstream = await (
                reply.send(request, spec) if isinstance(reply, PASSED_ON) else self.transport.send(request)
            )
            if upstream.status >= 400:
                return await _refusal(upstream, route, spec.secret)
            self.pool.began(self.clock.now(), lease)
            self.room.look()  # a model that was overloaded is not any more: those who wait for it need not wait longer
            if isinstance(reply, PASSED_ON):
                return await reply.answer(spec)
            relay = whole if route.framing is Framing.WHOLE else stream
            outcome = await relay(upstream, route, reply, hop)
            return outcome if outcome.good else outcome.without(spec.secret)
        except NotAttached as failed:
            return failed.outcome
        except TransportFailed as failed:
            return Outcome(failed.cause, 504 if failed.cause is Cause.UPSTREAM_SLOW else 502, failed.message)
        finally:
            if upstream is not None:
                upstream.close()


async def _refusal(upstream: UpstreamReply, route: Route, secret: str) -> Outcome:
    """Google repeats a suspended key in its error message."""
    body = (await upstream.whole()).replace(secret.encode(), HIDDEN.encode())
    refused = classify(upstream.status, body, upstream.content_type)
    return for_token(refused) if route.ephemeral else refused


def _rests_until(now: float, lease: Lease, outcome: Outcome) -> float:
    """When this failure lets its key or its project serve the model again; 0: it may at once."""
    if outcome.good:
        return 0.0
    until = max(lease.key.until, lease.bucket.share.ledger.rest)
    return until if now < until < inf else 0.0


def _not_yet(demand: Demand, got: NotYet, wait: float) -> GatewayError:
    if got.overloaded:
        return OverloadLasts(OVERLOADED.format(model=demand.model), wait)
    return PoolBusy(
        f"Every key that may use {demand.model or 'this method'} rests for its quota. Try again after the time named.",
        wait,
    )
