"""Looking for calls, and forgetting what was said of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.errors import BadRequest, NotFound
from gemini_balance.gateway.failing import failing
from gemini_balance.gateway.stores import MANY_DETAILS, Change, Subject

if TYPE_CHECKING:
    from gemini_balance.gateway.calls import CallFilter, CallLog, Found, KeptCall
    from gemini_balance.gateway.failing import Failing
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import ChangeLog

MOST = 200  # calls of one page
AT_ONCE = 1_000  # details that are forgotten in one go


class Search:
    """What operators do with calls one by one."""

    def __init__(self, calls: CallLog, changes: ChangeLog, clock: Clock) -> None:
        self._calls, self._changes, self._clock = calls, changes, clock

    async def page(
        self, wanted: CallFilter, most: int = 50, before: int | None = None, *, tried: bool = False
    ) -> Found:
        """The newest calls that fit; `tried`: with their attempts. Raises BadRequest."""
        if not 1 <= most <= MOST:
            raise BadRequest(f"A page holds 1 to {MOST} calls, not {most}.", param="limit")
        return await self._calls.search(wanted, most, before, tried=tried)

    async def failures(self, since: float) -> Failing:
        """What failed since then, by what it came to."""
        return failing(await self._calls.failures(since, self._clock.unix()))

    async def one(self, request: str) -> KeptCall:
        """With all that was tried. Raises NotFound."""
        found = await self._calls.one(request)
        if found is None:
            raise NotFound(f"The journal has no call with the request id {request[:40]!r}.")
        return found

    async def forget(self, wanted: CallFilter, who: str) -> int:
        """What callers of these failed calls were told, and had sent; the calls stay. Returns how many there were."""
        wanted, forgotten, before = replace(wanted, failed=True), 0, None
        while True:
            found = await self._calls.search(wanted, AT_ONCE, before)
            forgotten += await self._calls.forget_details([one.number for one in found.calls if one.error])
            before = found.before
            if before is None:
                break
        change = Change(
            at=self._clock.unix(),
            who=who,
            subject=Subject.JOURNAL,
            target=f"{forgotten} {MANY_DETAILS}",
            action="delete",
        )
        await self._changes.add(change)
        return forgotten
