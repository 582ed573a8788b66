"""What a client token may use: requests a minute, tokens a day, and until when.

The minute slides. The day begins at 00:00 UTC. Tokens are counted when a call ends, so one that begins below the limit
may finish above it. What was used today outlives the process; a minute is too short for that.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import DaySpent, MinuteSpent, NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Container

MINUTE = 60.0
DAY = 86_400
EXPIRED = "This token expired on {date} UTC. The operator can extend it or make another."
PER_MINUTE = "This token may make {rpm} requests a minute, and has made them. Try again in {wait:.0f} s."
PER_DAY = (
    "This token may use {most} tokens a day, and has used {used} since 00:00 UTC. It may go on at the next 00:00 UTC, "
    "or when the operator allows it more."
)


class Allowance(msgspec.Struct, frozen=True, gc=False):
    """Of one token. `expires` is in seconds since 1970; numbers of 0 are no limits."""

    rpm: int = 0
    tokens_per_day: int = 0
    expires: float = inf


@dataclass(slots=True)
class Used:
    """By one token."""

    requests: deque[float] = field(default_factory=deque)  # when, within the last minute
    day: int = 0  # since 1970
    tokens: int = 0  # on that day


class Allowances:
    """What tokens with limits used, by their ids. `now` is in seconds since 1970."""

    def __init__(self) -> None:
        self._used: dict[str, Used] = {}

    def admit(self, now: float, token: str, allowed: Allowance, *, counts: bool = True) -> None:
        """One more request; `counts` unless it only goes on with an earlier one.

        Raises NotSignedIn for a token that expired, MinuteSpent, DaySpent.
        """
        if now >= allowed.expires:
            raise NotSignedIn(
                EXPIRED.format(date=datetime.fromtimestamp(allowed.expires, UTC).strftime("%Y-%m-%d %H:%M"))
            )
        if not counts:
            return
        used = self._used.setdefault(token, Used())
        if allowed.tokens_per_day and (today := self.today(now, token)) >= allowed.tokens_per_day:
            raise DaySpent(PER_DAY.format(most=allowed.tokens_per_day, used=today), DAY - now % DAY)
        if allowed.rpm:
            _count(now, used.requests, allowed.rpm)

    def spend(self, now: float, token: str, tokens: int) -> None:
        """A call ended that used so many."""
        used = self._used.setdefault(token, Used())
        used.tokens = self.today(now, token) + tokens
        used.day = int(now // DAY)

    def today(self, now: float, token: str) -> int:
        """Tokens used since 00:00 UTC."""
        used = self._used.get(token)
        return used.tokens if used is not None and used.day == int(now // DAY) else 0

    def keep(self, tokens: Container[str]) -> None:
        """Forget all others."""
        self._used = {token: used for token, used in self._used.items() if token in tokens}

    def snapshot(self, now: float) -> bytes:
        """For the next start: the day, and each token's number."""
        spent = {token: today for token in self._used if (today := self.today(now, token))}
        return msgspec.msgpack.encode((int(now // DAY), spent))

    def restore(self, now: float, state: bytes) -> None:
        """Raises msgspec.DecodeError for what is no snapshot."""
        day, spent = msgspec.msgpack.decode(state, type=tuple[int, dict[str, int]])
        if day == int(now // DAY):
            for token, tokens in spent.items():
                self._used[token] = Used(day=day, tokens=tokens + self.today(now, token))


def _count(now: float, requests: deque[float], rpm: int) -> None:
    while requests and requests[0] <= now - MINUTE:
        requests.popleft()
    if len(requests) >= rpm:
        wait = requests[-rpm] + MINUTE - now
        raise MinuteSpent(PER_MINUTE.format(rpm=rpm, wait=max(wait, 1.0)), wait)
    requests.append(now)
