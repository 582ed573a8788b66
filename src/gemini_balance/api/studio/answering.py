"""What every maker does the same way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from gemini_balance.api.turns import HUGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.api.exchange import Exchange
    from gemini_balance.gateway.ports import Clock

Given = ParamSpec("Given")
Made = TypeVar("Made")


async def worked(size: int, work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made:
    """What `work` makes of so many bytes: in a thread where they are many, so that other calls have their turns."""
    return await asyncio.to_thread(work, *args, **kwargs) if size > HUGE else work(*args, **kwargs)


async def answer_with(exchange: Exchange, content_type: bytes, body: bytes, clock: Clock) -> None:
    """The whole good answer."""
    exchange.story.first_byte = clock.now() - exchange.began
    await exchange.answer(200, content_type, body)
