"""What was used of the quota of one (project, quota model), by which of its keys, and what is left.

Minute windows slide: a request counts from when it is sent until a minute and half a second after, since the upstream
counts it from when it arrives. That is never too little for an upstream whose windows slide or are fixed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import astuple, replace

from gemini_balance.core.outcome import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.outcome import Limit
    from gemini_balance.core.pool.key import Domain, Key

MINUTE = 60.0
GUARD = 0.5  # seconds of travel by which the upstream's window may lag behind ours
BUSY = 60  # requests a minute from which on those of one second are counted as one
NOMINAL = 15  # requests a minute believed of a project of whose limit nothing is known
# A share that is believed too small for an hour is quota lost for an hour: of 200 keys at half as many calls again as
# they can serve, 64 minutes cost 5 % of the good answers after a quarter of an hour, and 8 minutes 2 %.
LONGEST_PATIENCE = 8 * MINUTE
DOUBT = 0.25  # by how much busier a share counts than what has its window to itself


BARS = frozenset({Cause.QUOTA_NONE, Cause.MODEL_NOT_OFFERED, Cause.PAID_ONLY})
"""Rests that tell that a project may not use the model at all."""


class Limits(msgspec.Struct, frozen=True, gc=False):
    """Units per window. None: not known."""

    rpm: int | None = None
    tpm: int | None = None
    rpd: int | None = None
    tpd: int | None = None

    def learning(self, told: Iterable[Limit]) -> Limits:
        """These, corrected by what a refusal names. A limit of 0 is told by the cause instead."""
        return replace(self, **{limit.window.value: limit.units for limit in told if limit.units})

    def under(self, told: Limits) -> Limits:
        """What is told goes before these."""
        if told == NO_LIMITS:
            return self
        pairs = zip(astuple(self), astuple(told), strict=True)
        return Limits(*(mine if theirs is None else theirs for mine, theirs in pairs))


NO_LIMITS = Limits()


@dataclass(slots=True, eq=False)
class Share:
    """What one key used."""

    key: Key
    ledger: Ledger
    requests: int = 0  # in the running minute
    tokens: int = 0
    today: int = 0
    tokens_today: int = 0
    open: int = 0  # tokens set aside for attempts in flight
    last: Bucket | None = None

    @property
    def blank(self) -> bool:
        return not (self.requests or self.tokens or self.today or self.tokens_today)


class Bucket(msgspec.Struct, gc=False, eq=False):
    """Requests that leave the minute's window together. Its share lets go of it then, so they form no circle."""

    share: Share
    sent: float
    requests: int = 0
    tokens: int = 0
    gone: bool = False  # has left


@dataclass(slots=True, eq=False)
class Ledger:
    """What all keys of one project used of one quota model, and the rests its refusals brought."""

    domain: Domain
    limits: Limits = NO_LIMITS
    shares: list[Share] = field(default_factory=list)
    requests: int = 0
    tokens: int = 0
    today: int = 0
    tokens_today: int = 0
    rest: float = 0.0  # no attempt before
    cause: Cause | None = None  # of the rest
    ceiling: float = inf  # requests a minute it got when it was refused below its limit
    grows: float = inf  # when the ceiling is tried one higher
    patience: float = MINUTE  # how long until then; doubles whenever it was in vain
    refusals: int = 0  # in a row, of unknown length
    proven: int = 0  # requests a minute that are let through for all we know, where no limit is known
    trial: Bucket | None = None  # one more than that is out; it decides
    scout: bool = False  # see `tiers`
    peak: int = 0  # requests a minute, at the most so far
    outlived: int = 0  # requests a day that were let through one at a time
    place: int = 0  # its number in the lane's heaps; 0: in none

    @property
    def cap(self) -> float:
        """Requests a minute."""
        return self.ceiling if self.limits.rpm is None else min(self.limits.rpm, self.ceiling)

    @property
    def room(self) -> float:
        """Requests that may be sent now, as far as is known."""
        room = self.cap - self.requests
        return room if self.limits.rpd is None else min(room, self.limits.rpd - self.today)

    @property
    def most(self) -> float:
        """The most requests that one call may count as now. More than a whole window is for the upstream to judge."""
        minute = inf if self.requests <= 0 else self.cap - self.requests
        rpd = self.limits.rpd
        return minute if rpd is None or self.today <= 0 else min(minute, rpd - self.today)

    def holds(self, units: int) -> bool:
        """Is there room for a call that counts as so many requests?"""
        return self.room >= 1 and (units == 1 or units <= self.most)

    @property
    def day_spent(self) -> bool:
        requests, tokens = self.limits.rpd, self.limits.tpd
        return (requests is not None and self.today >= requests) or (tokens is not None and self.tokens_today >= tokens)

    @property
    def day_share(self) -> float:
        """Of its day, that is used: a project whose day knows no limit goes before it."""
        requests, tokens = self.limits.rpd, self.limits.tpd
        if requests is None and tokens is None:
            return 0.0  # nearly always
        return max(self.today / requests if requests else 0.0, self.tokens_today / tokens if tokens else 0.0)

    @property
    def token_room(self) -> float:
        minute = inf if self.limits.tpm is None else self.limits.tpm - self.tokens
        return minute if self.limits.tpd is None else min(minute, self.limits.tpd - self.tokens_today)

    @property
    def blank(self) -> bool:
        return not (self.requests or self.tokens or self.today or self.tokens_today)

    @property
    def whole(self) -> float:
        """The tokens of its smallest window."""
        return min(inf if limit is None else limit for limit in (self.limits.tpm, self.limits.tpd))

    @property
    def widest(self) -> float:
        """The most tokens that a call may need now. What is larger than a whole window is for the upstream to judge."""
        room = self.token_room
        return inf if room >= self.whole else room

    @property
    def scarce(self) -> bool:
        """Are more than half of the minute's tokens used?"""
        return self.limits.tpm is not None and self.tokens > self.limits.tpm / 2

    def fits(self, tokens: int) -> bool:
        """Is there token room?"""
        if self.limits.tpm is None and self.limits.tpd is None:
            return True
        return max(1, tokens) <= self.widest

    def load(self, usual: float | None) -> float:
        """The used share of the window that is fullest; of a project without known limits, of what is usual."""
        if self.cap < inf:
            busy = self.requests / max(self.cap, 1) + DOUBT * (self.ceiling < inf)
        else:
            busy = self.requests / (usual or NOMINAL)
        return busy if self.limits.tpm is None else max(busy, self.tokens / self.limits.tpm)

    def count(self, share: Share, requests: int, tokens: int) -> None:
        """Add to, or with negative numbers take from, the running minute."""
        share.requests += requests
        share.tokens += tokens
        self.requests += requests
        self.tokens += tokens
        if self.requests > self.peak:
            self.peak = self.requests

    def count_today(self, share: Share, requests: int, tokens: int) -> None:
        share.today += requests
        share.tokens_today += tokens
        self.today += requests
        self.tokens_today += tokens

    def adopt(self, share: Share) -> None:
        """This key's use counts here from now on."""
        share.ledger = self
        self.shares.append(share)
        self.requests += share.requests
        self.tokens += share.tokens
        self.today += share.today
        self.tokens_today += share.tokens_today

    def rest_until(self, until: float, cause: Cause) -> None:
        """A rest is only ever extended."""
        if until > self.rest:
            self.rest, self.cause = until, cause

    def reach(self, usual: int | None, bucket: Bucket, *, new: bool = False, beyond: bool = False) -> None:
        """More than is usual is tried one at a time: a whole burst would be refused, where this is all there is.

        `new`: so is what may have nothing at all, though its limit is known; `beyond`: and what others don't get.
        """
        if beyond or (usual is not None and (new or self.cap == inf) and self.requests > max(usual, self.proven)):
            self.trial = bucket

    def found_out(self, bucket: Bucket, *, good: bool, careful: bool = False) -> bool:
        """Was this the one that decides? Each good one lets a quarter more follow; `careful`: one at first."""
        if self.trial is not bucket:
            return False
        self.trial = None
        if good:
            self.outlived = max(self.outlived, self.today)
            few = careful and self.requests <= NOMINAL
            self.proven = self.requests + (0 if few else self.requests // 4)
        return True

    def believe(self, now: float, units: int = 1) -> None:
        """Refused below its limit: others use the same quota, and what it got is its share for now.

        Of a batch of so many units only all together are known to be too much.
        """
        if self.grows < inf and self.ceiling < inf:
            self.patience = min(self.patience * 2, LONGEST_PATIENCE)
        self.ceiling = max(1, self.requests, min(self.ceiling, self.requests + units - 1))
        self.grows = now + self.patience

    def shade(self, until: float) -> None:
        """It got nothing: keys in use have all of this quota, so nothing is lost by leaving it alone until then."""
        self.ceiling, self.grows = 0, until

    def inherit(self, now: float, parts: list[Ledger]) -> None:
        """It takes the place of these. Where one of them was believed to have a share, theirs add up to one."""
        shares = [part.requests if part.ceiling == inf else part.ceiling for part in parts]
        believed = [part.patience for part in parts if part.ceiling < inf]
        if believed:
            self.ceiling, self.patience = max(1, sum(shares)), min(believed)
            self.grows = now + self.patience

    def grow(self, now: float) -> None:
        """The share may have become larger: one more request a minute, or a twentieth more, is tried."""
        if now >= self.grows:
            self.ceiling += max(1, self.ceiling // 20)
            self.grows = now + self.patience if self.limits.rpm is None or self.ceiling < self.limits.rpm else inf
