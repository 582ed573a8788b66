"""What an attempt's outcome means for its key, its project, its model and everybody's quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Blame, Cause
from gemini_balance.core.pool.exploring import IN_VAIN
from gemini_balance.core.pool.facts import Retired
from gemini_balance.core.pool.inference import Inference
from gemini_balance.core.pool.key import RETIRED, Health, Key, Project, domain_of, keys_of, told_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gemini_balance.core.outcome import Outcome
    from gemini_balance.core.pool.key import Domain
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.lease import Lease
    from gemini_balance.core.pool.registry import Registry
    from gemini_balance.core.pool.windows import Ledger

DAY = 86_400.0
MINUTE = 60.0
LONGEST_MINUTE_REST = 65.0
MINUTE_REST = 20.0  # where Google names none
FIRST_UNKNOWN_REST, LONGEST_UNKNOWN_REST = 10.0, 60.0
FIRST_FAILURE_REST = 5.0
# The upstream counts what it serves; what it refused or never saw is given back.
UNCOUNTED = frozenset({Blame.KEY, Blame.PROJECT, Blame.QUOTA, Blame.MODEL, Blame.CAPACITY, Blame.EGRESS, Blame.OURS})
UNSERVED = frozenset({Cause.UPSTREAM_BROKEN, Cause.UNREACHABLE, Cause.MODEL_UNKNOWN})

AWAITED = frozenset({Health.COOLING, Health.PROBING})
"""Such a key serves nobody, its rest over or not, before the attempts under way with it have ended."""


class Judge:
    """Blame before counting."""

    def __init__(self, pool: Registry, dice: Callable[[], float]) -> None:
        self.retired = sum(key.health in RETIRED for key in pool.keys.values())
        self.inference = Inference(pool)
        self._pool = pool
        self._dice = dice

    def lives(self, now: float, lease: Lease) -> None:
        """An answer began: the key works, and the model is not overloaded."""
        lease.lane.breaker.passed(now, lease.id)
        self._finds_out(now, lease, good=True)
        lease.lane.exploring.ends(lease.bucket, vain=False)
        if not lease.key.proven and lease.key.health not in RETIRED:
            lease.key.proven = True
            self.recall(now, domain_of(lease.key))

    def settle(self, now: float, lease: Lease, outcome: Outcome) -> None:
        key, awaited = lease.key, not lease.key.proven or lease.key.health in AWAITED
        blame = outcome.blame
        if blame is not Blame.NOBODY:
            lease.lane.advance(now)  # the day may have ended meanwhile
        self._count(now, lease, outcome)
        if outcome.consumer and key.project is None:
            self._pool.told(now, key, outcome.consumer)
        self._blame(now, lease, outcome)
        self._finds_out(now, lease, good=blame is Blame.NOBODY)
        self._explored(lease, blame)
        if blame in (Blame.QUOTA, Blame.MODEL):
            self._share_refusal(now, lease, outcome)
        if lease.lane.ranks.by_tokens or blame is not Blame.NOBODY:
            lease.lane.place(now, lease.lane.of(lease.key))
        self._tell_breaker(now, lease, outcome)
        if key.health is Health.PROBING and key.in_flight == 0:
            self._probed(now, key, outcome)
        if awaited:
            self.recall(now, domain_of(key))

    def part(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """Its key was removed meanwhile: only what it used, and what it tells of the model, is taken down."""
        self._count(now, lease, outcome)
        self._finds_out(now, lease, good=outcome.blame is Blame.NOBODY)
        self._explored(lease, outcome.blame)
        lease.lane.place(now, lease.bucket.share.ledger)
        self._tell_breaker(now, lease, outcome)

    def heard(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """Another replica was refused: what that means here is found out as if it were our own attempt."""
        if outcome.consumer and lease.key.project is None:
            self._pool.told(now, lease.key, outcome.consumer)
        self._blame(now, lease, outcome)
        lease.lane.place(now, lease.lane.of(lease.key))

    def _blame(self, now: float, lease: Lease, outcome: Outcome) -> None:
        key = lease.key
        match outcome.blame:
            case Blame.NOBODY:
                self._answered(now, lease)
            case Blame.KEY if outcome.cause is Cause.KEY_DEAD:
                self.retire(now, key, outcome.cause)
            case Blame.KEY:
                self.count_failure(now, key, outcome.cause)
            case Blame.PROJECT:
                self._condemn(now, key, outcome)
            case Blame.QUOTA:
                self._spent(now, lease, outcome)
            case Blame.MODEL:
                lease.lane.rest(now, lease.lane.of(lease.key), now + DAY, outcome.cause)
            case _:
                pass

    def count_failure(self, now: float, key: Key, cause: Cause = Cause.UPSTREAM_BROKEN) -> None:
        """A failure that nobody else explains."""
        key.failures += 1
        if self._pool.max_failures and key.failures >= self._pool.max_failures:
            self.retire(now, key, cause)
        elif cause is Cause.KEY_REFUSED:
            key.cool(now + FIRST_FAILURE_REST * 2**key.failures, cause, now)

    def retire(self, now: float, key: Key, cause: Cause) -> None:
        if key.health not in RETIRED:
            self.retired += 1
            key.retire(cause, now)
            _refresh(key)
            if self._pool.outbox is not None:
                self._pool.outbox.note(Retired(key.id, cause))

    def revive(self, now: float, key: Key) -> None:
        """An operator or a passed probe says it is well."""
        self.retired -= key.health is Health.INVALID
        key.recover()
        _refresh(key)
        self.recall(now, domain_of(key))

    def disable(self, key: Key) -> None:
        """The operator wants it to rest; what is under way with it may end."""
        self.retired += key.health not in RETIRED
        key.health, key.reason = Health.DISABLED, None
        _refresh(key)

    def enable(self, now: float, key: Key) -> None:
        """Once more it is as good as a new one."""
        if key.health is Health.DISABLED:
            key.health = Health.INVALID
            self.revive(now, key)

    def _count(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """Give back what was not counted, and correct the estimate of the tokens."""
        today = lease.day == lease.lane.day_ends
        lease.bucket.share.open -= lease.tokens
        if outcome.blame in UNCOUNTED or outcome.cause in UNSERVED:
            lease.lane.correct(lease.bucket, -lease.units, -lease.tokens, today=today)
            self._share_count(lease, -lease.units, -lease.tokens)
        elif outcome.usage.prompt:
            more = outcome.usage.prompt + outcome.usage.tool_use - lease.tokens
            lease.lane.correct(lease.bucket, 0, more, today=today)
            lease.lane.estimates.learn(lease.estimate, lease.tokens + more, now - lease.sent)
            self._share_count(lease, 0, more)

    def _finds_out(self, now: float, lease: Lease, *, good: bool) -> None:
        ledger = lease.bucket.share.ledger
        if lease.lane.exploring.found_out(lease.bucket, good=good):
            lease.lane.place(now, ledger)

    def _explored(self, lease: Lease, blame: Blame) -> None:
        exploring = lease.lane.exploring
        exploring.ends(lease.bucket, vain=blame in IN_VAIN)
        if blame is Blame.NOBODY:
            exploring.answered()

    def _share_count(self, lease: Lease, requests: int, tokens: int) -> None:
        if self._pool.outbox is not None:
            self._pool.outbox.spent(lease, requests, tokens)

    def _share_refusal(self, now: float, lease: Lease, outcome: Outcome) -> None:
        if self._pool.outbox is not None:
            self._pool.outbox.refused(now, lease, outcome)

    def _answered(self, now: float, lease: Lease) -> None:
        key = lease.key
        if key.health in (Health.READY, Health.PROBING):  # a late success never cuts a rest short
            key.recover()
        key.proven = key.proven or key.health not in RETIRED
        lease.bucket.share.ledger.refusals = 0
        self.inference.answered(now, lease)

    def _condemn(self, now: float, key: Key, outcome: Outcome) -> None:
        """A blocked or unpaid project takes with it the keys that are known, not guessed, to be its own."""
        domain = domain_of(key)
        for other in list(keys_of(domain)) if told_of(domain) else [key]:
            self.retire(now, other, outcome.cause)

    def _spent(self, now: float, lease: Lease, outcome: Outcome) -> None:
        lane, ledger = lease.lane, lease.lane.of(lease.key)
        if outcome.quota_model and outcome.quota_model != lane.model:
            self._pool.counted_as(lease.model, paid=lease.key.spec.paid, quota_model=outcome.quota_model)
        if outcome.limits:
            lane.learn(ledger, ledger.limits.learning(outcome.limits))
        match outcome.cause:
            case Cause.QUOTA_DAY if _too_many_today(ledger, lease):
                self._rest(now, lane, lease, MINUTE_REST, outcome.cause)
            case Cause.QUOTA_DAY:
                lane.rest(now, lane.of(lease.key), lane.day_ends, outcome.cause)
            case Cause.QUOTA_MINUTE:
                self.inference.refused(now, lease, outcome)
                wait = MINUTE_REST if outcome.retry_after is None else outcome.retry_after
                self._rest(now, lane, lease, min(max(wait, 0.5), LONGEST_MINUTE_REST), outcome.cause)
            case _:
                ledger.refusals += 1
                ledger.believe(now, lease.units)
                pause = min(FIRST_UNKNOWN_REST * 2 ** (ledger.refusals - 1), LONGEST_UNKNOWN_REST)
                told = min(outcome.retry_after or 0, LONGEST_MINUTE_REST)
                self._rest(now, lane, lease, max(pause, told), outcome.cause)

    def _rest(self, now: float, lane: Lane, lease: Lease, seconds: float, cause: Cause) -> None:
        lane.rest(now, lane.of(lease.key), now + seconds, cause)

    def _tell_breaker(self, now: float, lease: Lease, outcome: Outcome) -> None:
        breaker = lease.lane.breaker
        match outcome.blame:
            case Blame.CAPACITY if lease.model:  # else no model refused: a method that has none did
                breaker.refused(now, lease.id, lease.sent, self._pace(lease.lane), self._dice())
            case Blame.NOBODY:
                breaker.passed(now, lease.id)
            case _:
                breaker.undecided(lease.id)

    def _pace(self, lane: Lane) -> float:
        """Attempts a second in the last minute; replicas hear of each other's."""
        turns = self._pool.turns
        return lane.requests / MINUTE / (1 if turns is None else len(turns.replicas))

    def _probed(self, now: float, key: Key, outcome: Outcome) -> None:
        """A probe that proved nothing lets the next call try; one that met a spent quota spoke for its key."""
        if outcome.blame in (Blame.QUOTA, Blame.MODEL):
            key.recover()
        else:
            key.cool(now, Cause.UNKNOWN, now)

    def recall(self, now: float, domain: Domain) -> None:
        """One of its keys may serve again, or other things than before."""
        for lane in self._pool.lanes.values():
            lane.recall(now, domain)


def _too_many_today(ledger: Ledger, lease: Lease) -> bool:
    """Was it only a batch for which the rest of the day's quota didn't do?"""
    rpd = ledger.limits.rpd
    return lease.units > 1 and rpd is not None and ledger.today < rpd < ledger.today + lease.units


def _refresh(key: Key) -> None:
    if isinstance(key.project, Project):
        key.project.refresh()
