"""From an upstream's good beginning to what the caller sees, and to the verdict on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.gemini.events import Event, events_of
from gemini_balance.core.gemini.verdict import Tally, usage_of
from gemini_balance.core.outcome import NO_USAGE, Cause, Outcome
from gemini_balance.core.wire.json_array import ArrayFramer
from gemini_balance.core.wire.sse import SseFramer

if TYPE_CHECKING:
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.outcome import Usage
    from gemini_balance.gateway.ports import Reply, UpstreamReply

MOST_HOPS = 15  # of one answer after its first reply: with 65,536 tokens each, a million
GENERATES = frozenset({Operation.GENERATE, Operation.STREAM})


async def whole(upstream: UpstreamReply, route: Route, reply: Reply, hop: int) -> Outcome:
    """An answer in one piece."""
    body = await upstream.whole()
    event = Event(body, body)
    if route.operation in GENERATES:
        tally = Tally()
        tally.feed([event])
        outcome = _following(tally.verdict(closed=True), route, hop)
    else:
        outcome = Outcome(Cause.ANSWERED, usage=_counted(event) if route.operation is Operation.METHOD else NO_USAGE)
    if not outcome.good:
        return replace(outcome, body=body, content_type=upstream.content_type)
    await (reply.feed([event]) if outcome.continuation else reply.whole(event))
    return outcome


async def stream(upstream: UpstreamReply, route: Route, reply: Reply, hop: int) -> Outcome:
    """An answer that comes event by event, each shown as soon as it may be."""
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


def _counted(event: Event) -> Usage:
    """Embeddings have nothing but a prompt, and no total."""
    usage = usage_of(event.reply.usage_metadata)
    return usage if usage.total else replace(usage, total=usage.prompt)


def _following(outcome: Outcome, route: Route, hop: int) -> Outcome:
    """Is what is left of the answer to be asked for? A verbatim caller does that itself."""
    if outcome.continuation and (route.verbatim or hop == MOST_HOPS):
        return replace(outcome, continuation="")
    return outcome
