"""Which keys share a project, inferred from refusals that their own use does not explain.

A key refused while it used less than the limit shares its quota with others. Who they are shows in two ways: Google
says when the window has room again, and that moment is the same for all keys of one project; and it is a minute after
the oldest request in the window, which one of them sent. Whoever is answered while a window is full does not share it.
Groups count and rest quota, and never carry blame; an answer that a group could not have been given splits it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import exp, inf, log
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Window
from gemini_balance.core.pool.evidence import NEVER, Evidence
from gemini_balance.core.pool.key import SURE, Domain, Project, Source, domain_of, group_of, keys_of, told_of
from gemini_balance.core.pool.refusal import FAR, Refusal, Travel, density
from gemini_balance.core.pool.windows import GUARD, MINUTE, NO_LIMITS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gemini_balance.core.outcome import Outcome
    from gemini_balance.core.pool.key import Key
    from gemini_balance.core.pool.lane import Lane
    from gemini_balance.core.pool.lease import Lease
    from gemini_balance.core.pool.registry import Registry
    from gemini_balance.core.pool.windows import Ledger

MOST_SPENT = 20_000  # requests in the window beyond which the oldest one is not looked for
TRIALS_EVERY = 0.2  # seconds
PARTNERS = 4.0  # keys that are thought to share a project with a refused one, before anything is known
STRANGER = 0.01  # a second: how likely it is that the oldest request was sent by nobody we know
REACH = 20.0  # seconds over which the moments that different projects name are spread
CROWD = 0.5  # seconds over which it is looked how many name a moment by chance
SAME_LIMIT = 0.9  # what it weighs that both are known to have the same limit
ENOUGH = 2.8  # sixteen to one
MOVE = 2.0  # more, for taking a key out of another group
CLEAR = 8.0  # what no single coincidence weighs: the group need not be put to the test
MOST_JOINED = 20  # at one refusal


class Inference:
    """Evidence adds up; when it suffices, the refused key and whoever fits with it become a group."""

    def __init__(self, pool: Registry) -> None:
        self._pool = pool
        self._evidence = Evidence()
        self._travel = Travel()
        self._unheard: Counter[Key] = Counter()  # requests that may still be refused

    def refused(self, now: float, lease: Lease, outcome: Outcome) -> None:
        """A minute's window is spent. Does what we sent explain it?"""
        limit = outcome.limits[0].units if [named.window for named in outcome.limits] == [Window.RPM] else None
        lane = lease.lane
        ledger = lane.of(lease.key)
        if limit is None or told_of(domain_of(lease.key)):
            return
        if outcome.retry_after is None:
            ledger.believe(now, lease.units)
            return
        self._travel.learn(now - lease.sent)
        if lease.units > 1:  # one call may still have found room: that tells nothing about when the window was full
            if ledger.requests + lease.units <= limit:
                ledger.believe(now, lease.units)
            return
        arrived = (now + lease.sent) / 2
        seen = Refusal(lease.key, now, arrived, arrived + outcome.retry_after)
        if ledger.requests >= limit:
            self._explained(lane, ledger, seen)
        else:
            self._search(now, lane, ledger, seen, limit)

    def answered(self, now: float, lease: Lease) -> None:
        """Was this an answer that its group could not have been given?"""
        project = lease.key.project
        if lease.trial and project is not None and project.source is Source.INFERRED:
            self._leave(now, lease.key)

    def _explained(self, lane: Lane, ledger: Ledger, seen: Refusal) -> None:
        ledger.ceiling = ledger.grows = inf
        lane.refusals.append(seen)
        if isinstance(ledger.domain, Project) and any(
            domain_of(key) is ledger.domain for key in self._oldest(lane, seen)
        ):
            ledger.domain.proofs += 1

    def _search(self, now: float, lane: Lane, ledger: Ledger, seen: Refusal, limit: int) -> None:
        self._listen(now, lane)
        self._weigh(lane, ledger, seen, limit)
        for _ in range(MOST_JOINED):
            likely = self._likely(lane, ledger.domain, limit)
            best = max(likely, key=lambda key: likely[key], default=None)
            if best is None or likely[best] < ENOUGH:
                break
            if self._join(now, lane, ledger, best, limit, likely[best]):
                ledger = lane.of(seen.key)
            else:
                self._evidence.clear(seen.key, best)
        if ledger.requests < limit:
            self._leave_alone(now, lane, ledger, seen)  # somebody is still missing
        self._evidence.tidy()

    def _leave_alone(self, now: float, lane: Lane, ledger: Ledger, seen: Refusal) -> None:
        """It keeps to what it got. Where that is nothing, and the oldest request may be ours, we use it all."""
        if ledger.requests or not (len(lane.spent) > MOST_SPENT or self._oldest(lane, seen)):
            ledger.believe(now)
        else:
            ledger.shade(lane.exploring.next_turn(now))

    def _likely(self, lane: Lane, domain: Domain, limit: int) -> dict[Key, float]:
        about = self._evidence.about(domain)
        return {key: self._score(lane, weight, key, limit) for key, weight in about.items() if weight > 0}

    def _score(self, lane: Lane, weight: float, key: Key, limit: int) -> float:
        """The logarithm of the odds that this key shares a refused one's project."""
        alike = lane.learnt.get(domain_of(key), NO_LIMITS).rpm == limit
        return weight + log(min(0.5, PARTNERS / max(1, len(lane.ledgers)))) + alike * SAME_LIMIT

    def _weigh(self, lane: Lane, ledger: Ledger, seen: Refusal, limit: int) -> None:
        told = _of_last_minute(lane, seen.at)
        last = {key: refusals[0] for key, refusals in told.items() if self._travel.holds(refusals[0], seen.arrived)}
        if any(domain_of(key) is ledger.domain for key in last):
            return  # it was told this moment before
        lane.refusals.append(seen)
        usual = _crowd(seen, last.values())
        agree = {key: self._agreement(seen, other, usual) for key, other in last.items()}
        self._rule_out(seen.at, lane, seen.key, told)
        near = self._oldest(lane, seen)
        own = sum(fit for key, fit in near.items() if domain_of(key) is ledger.domain)
        others = {key: fit for key, fit in near.items() if self._could_be(lane, ledger, domain_of(key), limit)}
        self._blame_oldest(lane, seen, own, others, agree, limit)

    def _agreement(self, seen: Refusal, other: Refusal, usual: float) -> float:
        """Both windows were full at once. If they are one, they open at the same moment."""
        if abs(other.opens - seen.opens) > FAR * self._travel.spread:
            self._evidence.clear(seen.key, other.key)
            return NEVER
        weight = log(max(density(other.opens - seen.opens, self._travel.spread) / usual, exp(NEVER)))
        if weight < 0:
            self._evidence.clear(seen.key, other.key, weight)
        else:
            self._evidence.suspect(seen.key, other.key, weight, seen.opens)
        return weight

    def _blame_oldest(
        self, lane: Lane, seen: Refusal, own: float, near: dict[Key, float], agree: dict[Key, float], limit: int
    ) -> None:
        """One of these sent the oldest request: the fewer could have, the more it says of each."""
        about = self._evidence.about(domain_of(seen.key))
        odds = {key: self._score(lane, about.get(key, 0.0), key, limit) for key in near}
        chances = {key: fit / (1 + exp(-odds[key])) for key, fit in near.items()}
        total = sum(chances.values()) + own + STRANGER
        for key, fit in near.items():
            if agree.get(key, 0.0) >= 0:
                self._evidence.suspect(seen.key, key, log(1 + fit / (total - chances[key])), seen.opens)

    def _rule_out(self, now: float, lane: Lane, refused: Key, told: dict[Key, list[Refusal]]) -> None:
        """Who was answered while the other's window was full? What was sent just now may still be refused."""
        mine, full, answered = domain_of(refused), self._travel.full, now - self._travel.longest
        own = [full(refusal) for key, refusals in told.items() if domain_of(key) is mine for refusal in refusals]
        about = self._evidence.about(mine)
        theirs = {key: [full(refusal) for refusal in told[key]] for key in about if key in told}
        out: dict[Key, None] = {}
        for _, _, bucket in lane.spent if len(lane.spent) <= MOST_SPENT else ():
            if not bucket.requests or bucket.sent > answered:
                continue
            if domain_of(bucket.share.key) is mine:
                out.update(dict.fromkeys(key for key, spans in theirs.items() if _within(bucket.sent, spans)))
            elif bucket.share.key in about and _within(bucket.sent, own):
                out[bucket.share.key] = None
        for key in out:
            self._evidence.clear(refused, key)

    def _oldest(self, lane: Lane, seen: Refusal) -> dict[Key, float]:
        """Who may have sent the request whose leaving makes room a minute after it arrived; how well it fits."""
        found: defaultdict[Key, float] = defaultdict(float)
        spread = self._travel.spread
        at = seen.opens - MINUTE - self._travel.mean / 2
        for _, _, bucket in lane.spent if len(lane.spent) <= MOST_SPENT else ():
            if bucket.requests and abs(bucket.sent - at) < 4 * spread:
                found[bucket.share.key] += density(bucket.sent - at, spread)
        return found

    def _join(self, now: float, lane: Lane, ledger: Ledger, key: Key, limit: int, score: float) -> bool:
        """With it comes its group, if nothing speaks against the others; else it alone, for better reasons."""
        mine, other, about = ledger.domain, domain_of(key), self._evidence.about(ledger.domain)
        whole = all(about.get(member, 0.0) > NEVER / 2 for member in keys_of(other))
        if not whole or not self._could_be(lane, ledger, other, limit):
            if not isinstance(other, Project) or score < ENOUGH + MOVE:
                return False
            self._leave(now, key)
            other = key
        if not self._could_be(lane, ledger, other, limit) or self._pool.are_apart(keys_of(mine), keys_of(other)):
            return False
        known = max((domain.proofs for domain in (mine, other) if isinstance(domain, Project)), default=0)
        group = group_of([*keys_of(mine), *keys_of(other)], SURE if about.get(key, 0.0) > CLEAR else known)
        self._pool.regroup(now, [mine, other], [group])
        self._evidence.unite(group, [mine, other])
        return True

    def _could_be(self, lane: Lane, ledger: Ledger, other: Domain, limit: int) -> bool:
        """Would both fit into one window? What was sent just now may still be refused, and then it counts in none."""
        if other is ledger.domain or told_of(other):
            return False
        if any(key.gone for key in keys_of(other)):
            return False  # what is known of it is from before it was removed
        theirs = lane.ledgers.get(other)
        if theirs is None:
            return True
        unheard = sum(self._unheard.get(key, 0) for key in (*keys_of(ledger.domain), *keys_of(other)))
        return ledger.requests + theirs.requests - unheard <= limit and theirs.limits.rpm in (None, limit)

    def _listen(self, now: float, lane: Lane) -> None:
        """Whose requests have been under way for so short that a refusal would not have come back?"""
        self._unheard.clear()
        since = now - self._travel.longest
        for _, _, bucket in lane.spent if len(lane.spent) <= MOST_SPENT else ():
            if bucket.sent > since:
                self._unheard[bucket.share.key] += bucket.requests

    def _leave(self, now: float, key: Key) -> None:
        """This key does not belong to its group."""
        project = key.project
        if project is not None:
            rest = group_of([other for other in project.keys if other is not key])
            self._pool.regroup(now, [project], [key, rest])
            self._evidence.rename(project, rest)


def trial(now: float, lane: Lane, model: str, tags: frozenset[str]) -> tuple[Ledger, Key] | None:
    """A key of a group that is spent and not proven to be one yet; each group is tried once a minute, then rarer."""
    if now - lane.tried < TRIALS_EVERY:
        return None
    lane.tried = now
    for ledger in lane.ledgers.values():
        group = ledger.domain
        if isinstance(group, Project) and group.doubtful(now) and ledger.place == 0 and _full(now, lane, ledger):
            key = group.next(now, model, frozenset(), tags)
            if key is not None:
                group.test(now)
                return ledger, key
    return None


def _full(now: float, lane: Lane, ledger: Ledger) -> bool:
    """Is it certain that the group's window has no room for some seconds?

    What was sent just now may come to nothing, and what others use of it, whom we don't know, may be less by now.
    """
    soon, since, rpm = now + 2 * GUARD, now - 2 * GUARD, ledger.limits.rpm
    if ledger.rest > soon or rpm is None or ledger.requests < rpm:
        return ledger.rest > soon
    return not any(
        bucket.share.ledger is ledger and bucket.requests and (leaves <= soon or bucket.sent > since)
        for leaves, _, bucket in lane.spent
    )


def _crowd(seen: Refusal, others: Collection[Refusal]) -> float:
    """How many of these, as a share, name a moment within the same second by chance: after a burst it is many."""
    near = sum(density(other.opens - seen.opens, CROWD) for other in others)
    return (near + PARTNERS / REACH) / (len(others) + PARTNERS)


def _of_last_minute(lane: Lane, now: float) -> dict[Key, list[Refusal]]:
    """By key, the last one first."""
    told: dict[Key, list[Refusal]] = {}
    for refusal in reversed(lane.refusals):
        if now - refusal.at > MINUTE + GUARD:
            break
        told.setdefault(refusal.key, []).append(refusal)
    return told


def _within(at: float, spans: Iterable[tuple[float, float]]) -> bool:
    return any(begins < at < ends for begins, ends in spans)
