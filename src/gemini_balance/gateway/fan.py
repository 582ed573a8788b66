"""One call as several routes, side by side: all of their answers in order, or the first failure."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gemini_balance.gateway.collected import Collected
from gemini_balance.gateway.story import Story

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.catalog.route import Route
    from gemini_balance.gateway.execute import Gateway

AT_ONCE = 8  # of one call, so that one with two thousand texts leaves keys for others


async def fan(gateway: Gateway, routes: Sequence[Route], story: Story) -> list[bytes]:
    """The whole answer to each route, in their order; each has its own attempts, waits and keys.

    Raises GatewayError or CallFailed as soon as one route fails for good, and ends the others; cancelling ends all.
    What was tried is in `story` whatever the ending.
    """
    if len(routes) == 1:
        return [await _ask(gateway, routes[0], story)]
    stories = [Story(story.model) for _ in routes]
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(route: Route, own: Story) -> bytes:
        async with slots:
            return await _ask(gateway, route, own)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(*pair)) for pair in zip(routes, stories, strict=True)]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    finally:
        story.join(stories)
    return [task.result() for task in tasks]


async def _ask(gateway: Gateway, route: Route, story: Story) -> bytes:
    reply = Collected()
    await gateway.execute(route, reply, story)
    return reply.body
