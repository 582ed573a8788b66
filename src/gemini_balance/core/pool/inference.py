"""Which keys share a project, inferred from refusals that their own use does not explain.

A key refused while it used less than the limit shares its quota with others. Who they are shows in two ways: Google
says when the window has room again, and that moment is the same for all keys of one project; and it is a minute after
the oldest request in the window, which one of them sent. Groups count and rest quota, and never carry blame; an answer
that a group could not have been given splits it.
"""

from __future__ import annotations

from collections import defaultdict
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Window
from gemini_balance.core.pool.key import Domain, Project, Source, domain_of, keys_of
from gemini_balance.core.pool.refusal import Refusal
from gemini_balance.core.pool.windows import GUARD, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.outcome import Outcome
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.lease import Lease
    from gemini_balance.core.pool.registry import Registry
    from gemini_balance.core.pool.windows import Ledger

TRAVEL = 0.25  # seconds by which a request may arrive after it was sent
MOST_SUSPECTS = 20_000
MOST_SPENT = 20_000  # requests in the window beyond which the oldest one is not looked for
REFUSED_TOO = 0.5  # what it weighs that another key was told the same moment
TRIALS_EVERY = 0.2  # seconds
ENOUGH = 1.0


class Inference:
    """Suspicions against single keys add up; when they suffice, the key and whoever fits with it join the group."""

    def __init__(self, pool: Registry) -> None:
        self._pool = pool
        self._suspicions: defaultdict[Domain, defaultdict[Key, float]] = defaultdict(lambda: defaultdict(float))

    def refused(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """A minute's window is spent. Does what we sent explain it?"""
        limit = outcome.limits[0].units if [named.window for named in outcome.limits] == [Window.RPM] else None
        ledger, project = lease.lane.of(lease.key), lease.key.project
        if limit is None or (project is not None and project.source is Source.TOLD):
            return
        if outcome.retry_after is None:
            ledger.believe(now)
            return
        back = now + outcome.retry_after
        seen = Refusal(lease.key, now, lease.sent + outcome.retry_after, back, max(TRAVEL, now - lease.sent))
        if ledger.requests >= limit:
            self._explained(lease.lane, ledger, seen)
        else:
            self._search(now, lease.lane, ledger, seen, limit)
            lease.lane.refusals.append(seen)

    def answered(self, now: float, lease: Lease) -> None:
        """Was this an answer that its group could not have been given?"""
        project = lease.key.project
        if lease.trial and project is not None and project.source is Source.INFERRED:
            self._leave(now, lease.key)

    def _explained(self, lane: Lane, ledger: Ledger, seen: Refusal) -> None:
        ledger.ceiling = ledger.grows = inf
        if isinstance(ledger.domain, Project) and any(
            domain_of(k) is ledger.domain for k in _sent_the_oldest(lane, seen)
        ):
            ledger.domain.proofs += 1

    def _search(self, now: float, lane: Lane, ledger: Ledger, seen: Refusal, limit: int) -> None:
        found = self._suspects(lane, ledger, seen, limit)
        suspicions = self._suspicions[ledger.domain]
        for key, weight in found.items():
            suspicions[key] += weight
        best = max(found, key=lambda key: suspicions[key], default=None)
        if best is not None and suspicions[best] >= ENOUGH:
            self._join(now, lane, ledger, best, limit)
        else:
            ledger.believe(now)
        if sum(map(len, self._suspicions.values())) > MOST_SUSPECTS:
            self._suspicions.clear()

    def _suspects(self, lane: Lane, ledger: Ledger, seen: Refusal, limit: int) -> dict[Key, float]:
        """Keys whose use could have been the rest of what filled the window, and how much speaks for each."""
        found: dict[Key, float] = defaultdict(float)
        oldest = set(_sent_the_oldest(lane, seen))
        for key in oldest:
            found[key] += 1 / len(oldest)
        for key in set(_refused_with(lane, seen)):
            found[key] += REFUSED_TOO
        return {key: weight for key, weight in found.items() if _could_be(lane, ledger, key, limit)}

    def _join(self, now: float, lane: Lane, ledger: Ledger, key: Key, limit: int) -> None:
        """With it comes its group, if all of them fit in one window; else it alone."""
        other, mine = domain_of(key), ledger.domain
        theirs = lane.ledgers.get(other)
        if isinstance(other, Project) and theirs is not None and theirs.requests + ledger.requests > limit:
            self._leave(now, key)
            other = key
        self._forget(mine, other)
        keys = [*keys_of(mine), *keys_of(other)]
        group = _group(keys)
        self._pool.regroup(now, [mine, other], [group])
        united = lane.ledgers.get(group)
        if united is not None and united.requests < limit:
            united.believe(now)  # somebody is still missing

    def _leave(self, now: float, key: Key) -> None:
        """This key does not belong to its group."""
        project = key.project
        if project is not None:
            rest = [other for other in project.keys if other is not key]
            self._forget(project)
            self._pool.regroup(now, [project], [key, _group(rest)])

    def _forget(self, *domains: Domain) -> None:
        for domain in domains:
            self._suspicions.pop(domain, None)


def _group(keys: list[Key]) -> Domain:
    return keys[0] if len(keys) == 1 else Project(f"group-{min(key.id for key in keys)}", Source.INFERRED, keys)


def trial(now: float, lane: Lane, model: str) -> tuple[Ledger, Key] | None:
    """A key of a group that is spent and not proven to be one yet; each group is tried once a minute, then rarer."""
    if now - lane.tried < TRIALS_EVERY:
        return None
    lane.tried = now
    for ledger in lane.ledgers.values():
        group = ledger.domain
        if isinstance(group, Project) and group.doubtful(now) and ledger.place == 0 and _full(now, lane, ledger):
            key = group.next(now, model, frozenset())
            if key is not None:
                group.test(now)
                return ledger, key
    return None


def _full(now: float, lane: Lane, ledger: Ledger) -> bool:
    """Is it certain that the group's window has no room for some seconds?"""
    soon = now + 2 * GUARD
    return ledger.rest > soon or not any(
        leaves <= soon and bucket.share.ledger is ledger and bucket.requests for leaves, _, bucket in lane.spent
    )


def _could_be(lane: Lane, ledger: Ledger, key: Key, limit: int) -> bool:
    domain, share = domain_of(key), lane.shares.get(key)
    if domain is ledger.domain or (isinstance(domain, Project) and domain.source is Source.TOLD):
        return False
    return share is not None and ledger.requests + share.requests <= limit and share.ledger.limits.rpm in (None, limit)


def _refused_with(lane: Lane, seen: Refusal) -> Iterator[Key]:
    for refusal in reversed(lane.refusals):
        if seen.at - refusal.at > MINUTE:
            break
        if refusal.agrees(seen):
            yield refusal.key


def _sent_the_oldest(lane: Lane, seen: Refusal) -> Iterator[Key]:
    """A sliding window has room again a minute after its oldest request arrived."""
    if len(lane.spent) <= MOST_SPENT:
        earliest, latest = seen.earliest - MINUTE - seen.travel, seen.latest - MINUTE
        for _, _, bucket in lane.spent:
            if bucket.requests and earliest <= bucket.sent <= latest:
                yield bucket.share.key
