"""What one quota model's projects spent in the running minute and on the running day, key by key."""

from __future__ import annotations

from heapq import heappush
from itertools import count
from typing import TYPE_CHECKING

from gemini_balance.core.pool.windows import BUSY, GUARD, MINUTE, Bucket, Share

if TYPE_CHECKING:
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.windows import Ledger


class Spending:
    """Counts only: where a project stands with what it has left is the lane's to say."""

    def __init__(self) -> None:
        self.shares: dict[Key, Share] = {}
        self.spent: list[tuple[float, int, Bucket]] = []  # a heap, by when it leaves the minute
        self.requests = 0  # in the running minute, of all projects
        self.day_ends = 0.0
        self._numbers = count(1)

    def share(self, ledger: Ledger, key: Key) -> Share:
        share = self.shares.get(key)
        if share is None:
            share = self.shares[key] = Share(key, ledger)
            ledger.shares.append(share)
        return share

    def spend(self, now: float, ledger: Ledger, key: Key, tokens: int, units: int = 1) -> Bucket:
        """One call, which counts as so many requests; those of a busy project within one second share a bucket."""
        share = self.share(ledger, key)
        bucket = share.last
        busy = ledger.requests > BUSY
        if bucket is None or not busy or now - bucket.sent >= 1:
            bucket = share.last = self.bucket(share, now, slack=busy)
        bucket.requests += units
        bucket.tokens += tokens
        share.open += tokens
        ledger.count(share, units, tokens)
        self.requests += units
        ledger.count_today(share, units, tokens)
        return bucket

    def bucket(self, share: Share, sent: float, slack: int) -> Bucket:
        """For requests sent from then on, for up to `slack` seconds."""
        bucket = Bucket(share, sent)
        heappush(self.spent, (sent + MINUTE + GUARD + slack, next(self._numbers), bucket))
        return bucket

    def correct(self, bucket: Bucket, requests: int, tokens: int, *, today: bool) -> None:
        """What was charged turns out to be more, or with negative numbers less. The ledger is to be placed anew."""
        share = bucket.share
        if not bucket.gone:
            bucket.requests += requests
            bucket.tokens += tokens
            share.ledger.count(share, requests, tokens)
            self.requests += requests
        if today:
            share.ledger.count_today(share, requests, tokens)

    def leave(self, bucket: Bucket) -> Ledger:
        """It is older than a minute. Returns whose it was, to be placed anew."""
        bucket.gone = True
        share = bucket.share
        if share.last is bucket:
            share.last = None
        share.ledger.count(share, -bucket.requests, -bucket.tokens)
        self.requests -= bucket.requests
        self._dismiss(share)
        return share.ledger

    def begin_day(self, ledger: Ledger) -> None:
        """Nothing is spent of the new day. The ledger is to be placed anew."""
        for share in list(ledger.shares):
            ledger.count_today(share, -share.today, -share.tokens_today)
            self._dismiss(share)

    def _dismiss(self, share: Share) -> None:
        if share.blank and self.shares.get(share.key) is share:
            del self.shares[share.key]
            share.ledger.shares.remove(share)
