"""Long answers that a caller asks for piece by piece itself: each piece but the last names a token for the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.gemini.references import continuation

if TYPE_CHECKING:
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import Reply
    from gemini_balance.gateway.story import Story

SIGN = b"ontinuationToken"


@dataclass(slots=True)
class Continuing:
    """Implements `Reply`: writes down which key a token belongs to before the token leaves."""

    reply: Reply
    owners: Owners
    client: str
    story: Story

    @property
    def committed(self) -> bool:
        return self.reply.committed

    def restart(self) -> None:
        self.reply.restart()

    async def feed(self, events: list[Event]) -> None:
        for event in events:
            await self._note(event)
        await self.reply.feed(events)

    async def finish(self, rest: bytes) -> None:
        await self.reply.finish(rest)

    async def whole(self, event: Event) -> None:
        await self._note(event)
        await self.reply.whole(event)

    async def _note(self, event: Event) -> None:
        if SIGN not in event.data or self.story.asking is None:
            return
        for candidate in event.reply.candidates or ():
            if candidate.continuation_token:
                await self.owners.note(self.client, continuation(candidate.continuation_token), self.story.asking)
