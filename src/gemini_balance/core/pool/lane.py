"""One quota model: which project has how much room in it, and when the next one has some."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.breaker import Breaker
from gemini_balance.core.pool.estimates import Estimates
from gemini_balance.core.pool.exploring import Exploring
from gemini_balance.core.pool.fresh import Fresh
from gemini_balance.core.pool.key import NO_TAGS, able_one_day, domain_of, free_key, name_of, wakes_at
from gemini_balance.core.pool.pacific import day_ends
from gemini_balance.core.pool.queue import Queue
from gemini_balance.core.pool.ranks import Ranks
from gemini_balance.core.pool.spending import Spending
from gemini_balance.core.pool.tiers import Tiers
from gemini_balance.core.pool.turns import PASSED_OVER, Rota, Turns
from gemini_balance.core.pool.windows import NO_LIMITS, Bucket, Ledger, Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from gemini_balance.core.pool.key import Domain, Key, KeyId
    from gemini_balance.core.pool.promise import Forecast
    from gemini_balance.core.pool.queue import Ticket
    from gemini_balance.core.pool.refusal import Refusal

NOBODY: frozenset[KeyId] = frozenset()
EVERYONE = "*"
REMEMBERED = 4_096  # refusals a lane looks back on
REMEMBERS = 120.0  # seconds after a rest of unknown length in which the next one is longer


class Lane(Spending):
    """A pick costs O(log n) whatever is spent, resting or dead.

    A project is in one of four places: never used (`fresh`), ready by load and by token room, in nobody's way until
    an event brings it back (a request leaves the window, a rest ends, an attempt is settled), or gone (all keys dead,
    or for other models).
    """

    def __init__(self, model: str, domains: Iterable[Domain], told: Mapping[str, Limits]) -> None:
        super().__init__()
        self.model = model
        self.models: set[str] = set()  # names it is asked by
        self.ledgers: dict[Domain, Ledger] = {}
        self.learnt: dict[Domain, Limits] = {}
        self.usual = NO_LIMITS  # what the last refusal named: most likely the same for all of one tier
        self.told = told  # by the operator: project → limits, * for the rest
        self.wakes: list[tuple[float, int, Ledger]] = []
        self.breaker = Breaker()
        self.queue = Queue()
        self.forecasts: dict[frozenset[str], Forecast] = {}  # the last one, for calls that name these tags
        self.played = 0.0  # not for one call alone before
        self.changes = 0  # so far
        self.kept: dict[Ledger, Ticket] = {}  # projects of which each collects room for one call alone
        self.looked = 0.0  # when one was last looked for
        self.refusals: deque[Refusal] = deque(maxlen=REMEMBERED)  # of the last minute, below the known limit
        self.undecided: set[Ledger] = set()  # whose keys wait for the end of their first attempts, or of a probe
        self.tried = 0.0  # when a group was last looked for that is to be put to the test
        self.rota: Rota | None = None  # with other replicas
        self.estimates = Estimates()
        self.ranks = Ranks(by_tokens=any(limits.tpm or limits.tpd for limits in told.values()))
        self.fresh = Fresh(domains)
        self.exploring = Exploring()
        self.tiers = Tiers()
        self._gone: set[Domain] = set()

    def join(self, turns: Turns | None) -> None:
        """These replicas use the same projects; each begins with others."""
        self.rota = None if turns is None else Rota(turns, self.model)
        self.fresh.rotate(-int(turns.place * len(self.fresh)) if turns else 0)

    def pick(
        self,
        now: float,
        tokens: int,
        model: str,
        exclude: Set[KeyId] = NOBODY,
        units: int = 1,
        tags: frozenset[str] = NO_TAGS,
        spared: frozenset[str] = NO_TAGS,
    ) -> tuple[Ledger, Key] | None:
        """After `advance`: the project with most room among those with enough, and one of its keys; None: none now."""
        aside: list[Ledger] = []
        found = None
        while found is None and (ledger := self._first(tokens, units, tags)) is not None:
            if self.rota is not None and self._waits_for_turn(now, ledger):
                continue
            if units > 1 and self.rota is not None and self.rota.anothers(now, ledger, units):
                aside.append(ledger)
                if len(aside) == PASSED_OVER:
                    break
            elif (key := free_key(ledger.domain, now, model, exclude, tags, spared)) is not None:
                found = ledger, key
            elif any(free_key(ledger.domain, now, one, NOBODY) for one in self.models):
                aside.append(ledger)  # free, but not for this call
            else:
                self._park(now, ledger)
        self._put_back(now, aside, found=found is not None)
        return found

    def _put_back(self, now: float, aside: list[Ledger], *, found: bool) -> None:
        for ledger in aside:
            self.place(now, ledger)
            if not found and (at := wakes_at(ledger.domain, now)) < inf:
                self._wake_at(at, ledger)  # whoever rests there may be the one for this call

    def able(self, now: float, domain: Domain, tokens: int, units: int = 1) -> Ledger | None:
        """This very project's ledger, if it has room now. After `advance`."""
        if domain in self._gone:
            return None
        ledger = self.take_up(domain)
        if ledger in self.kept:
            return None
        if ledger.rest <= now and ledger.holds(units) and ledger.fits(tokens):
            calm = self.rota is None or not self.rota.contended(now)
            if calm or not self._waits_for_turn(now, ledger):
                return ledger
        self.place(now, ledger)
        return None

    def ledger(self, domain: Domain) -> Ledger:
        if domain not in self.ledgers:
            self.ledgers[domain] = self.tiers.meet(Ledger(domain, self.limits(domain)))
        return self.ledgers[domain]

    def take_up(self, domain: Domain) -> Ledger:
        """The same, and out of the ranks of those never used."""
        if domain not in self.ledgers and domain in self.fresh:
            self.fresh.remove(domain)
        self._gone.discard(domain)
        return self.ledger(domain)

    def of(self, key: Key) -> Ledger:
        """Where this key's use counts now: it may have changed its group, or been forgotten, while an attempt ran."""
        return self.take_up(domain_of(key))

    def widest(self, tags: frozenset[str] = NO_TAGS) -> float:
        """The most tokens that a call may need to be served now; negative where none is."""
        return inf if self._tries_fresh(tags) else self.ranks.of(tags).widest()

    def most(self, tags: frozenset[str] = NO_TAGS) -> float:
        """The most requests that a call may count as to be served now."""
        return inf if self._tries_fresh(tags) else self.ranks.of(tags).most()

    def load(self, ledger: Ledger) -> float:
        return ledger.load(self.exploring.usual(self.usual.rpm)) / ledger.domain.weight if ledger.domain.weight else inf

    def charge(self, now: float, ledger: Ledger, key: Key, tokens: int, units: int = 1) -> Bucket:
        """One call is about to be sent."""
        bucket = self.spend(now, ledger, key, tokens, units)
        if ledger.requests <= units and ledger.domain is key and not key.proven:
            self.exploring.begins(bucket)
        alone = self.exploring.one_by_one(ledger)
        new, beyond = alone and not key.proven, self.tiers.beyond(ledger)
        ledger.reach(0 if alone else self.usual.rpm, bucket, new=new, beyond=beyond)
        if alone and ledger.trial is bucket:
            self.exploring.trials.append(bucket)
        self.place(now, ledger)
        return bucket

    def advance(self, now: float) -> None:
        """Let leave what leaves the window, and come back who has rested."""
        if now >= self.day_ends:
            self.day_ends = day_ends(now)
            for ledger in list(self.ledgers.values()):
                self.begin_day(ledger)
                self.place(now, ledger)
        while self.spent and self.spent[0][0] <= now:
            self.place(now, self.leave(heappop(self.spent)[2]))
        for ledger in self.rota.back(now) if self.rota else ():
            self.place(now, ledger)
        for ledger in self.exploring.let_through(now):
            self.place(now, ledger)
        while self.wakes and self.wakes[0][0] <= now:
            ledger = heappop(self.wakes)[2]
            if self.ledgers.get(ledger.domain) is ledger:
                self.place(now, ledger)

    def place(self, now: float, ledger: Ledger) -> None:
        """Its counts, limits or rest changed: put it where it belongs."""
        ledger.place = 0
        self.changes += 1
        self.undecided.discard(ledger)
        if self.ledgers.get(ledger.domain) is not ledger:
            return
        ledger.grow(now)
        if ledger.rest > now:
            self._wake_at(ledger.rest, ledger)
        elif ledger.blank and ledger.ceiling and now >= ledger.rest + (REMEMBERS if ledger.refusals else 0):
            self._close(ledger)
            self.fresh.append(ledger.domain)
        elif ledger.trial is not None and not self.exploring.unrefused(now, ledger.trial):
            self.undecided.add(ledger)
        elif ledger.room >= 1 and ledger.token_room >= 1:
            if self.rota is None or not self._waits_for_turn(now, ledger):
                self._rank(ledger)
        elif ledger.day_spent:
            self.rest(now, ledger, self.day_ends, Cause.QUOTA_DAY)
        elif ledger.grows < inf:
            self._wake_at(ledger.grows, ledger)

    def rest(self, now: float, ledger: Ledger, until: float, cause: Cause) -> None:
        ledger.rest_until(until, cause)
        self.place(now, ledger)

    def learn(self, ledger: Ledger, limits: Limits) -> None:
        """A refusal named limits. The ledger is to be placed anew."""
        if limits == ledger.limits:
            return
        if not self.ranks.by_tokens and (limits.tpm or limits.tpd):
            self.ranks.by_tokens = True
            for ready in list(self.ranks.all()):
                self._rank(ready)
        self.learnt[ledger.domain] = self.usual = limits if limits != self.usual else self.usual  # one for all alike
        self.tiers.learn(limits)
        self.exploring.reached(limits.rpm or 0, good=True)
        ledger.limits = self.limits(ledger.domain)

    def recall(self, now: float, domain: Domain) -> None:
        """A key of this project may serve again, or it has new keys."""
        if domain in self._gone:
            self._gone.discard(domain)
            self.fresh.append(domain)
        elif domain in self.ledgers:
            self.place(now, self.ledgers[domain])

    def next_event(self) -> float:
        """When something changes by itself. A batch may wait for the day, though the project still has some room."""
        known = min(self.day_ends if self.ranks.by_units else inf, self.exploring.next_known())
        return min(self.spent[0][0] if self.spent else inf, self.wakes[0][0] if self.wakes else inf, known)

    def admit(self, domains: Iterable[Domain]) -> None:
        """Projects that may serve another model whose quota is counted here."""
        new = [domain for domain in domains if domain not in self.ledgers and domain not in self._gone]
        self.fresh.extend(self.fresh.missing(new))

    def forget(self, domains: list[Domain]) -> list[Ledger]:
        """These projects are dissolved or grow: the ledgers that they had are the caller's to share out."""
        self.fresh.discard({domain for domain in domains if domain not in self.ledgers})
        self._gone.difference_update(domains)
        ledgers = [ledger for domain in domains if (ledger := self.ledgers.pop(domain, None)) is not None]
        for ledger in ledgers:
            ledger.place = 0
        self.undecided.difference_update(ledgers)
        return ledgers

    def _waits_for_turn(self, now: float, ledger: Ledger) -> bool:
        """Is what is left here so little that it belongs to another replica for now? Then it is looked at again."""
        if self.rota is None or self.rota.mine(now, ledger):
            return False
        if (at := self.rota.put_off(now, ledger)) is not None:
            self._wake_at(at, ledger)
        return True

    def _first(self, tokens: int, units: int, tags: frozenset[str]) -> Ledger | None:
        """Taken out of the ranks: whoever takes it places it again."""
        fresh, ranks = self.fresh.of(tags), self.ranks.of(tags)
        tried = units > 1 or self.exploring.allowed
        if fresh and self.exploring.goes_before(ranks.least_loaded()):
            return self.ledger(self.fresh.take(tags)) if tried else None
        found = ranks.take(tokens, units)
        return self.ledger(self.fresh.take(tags)) if found is None and tried and fresh else found

    def _tries_fresh(self, tags: frozenset[str]) -> bool:
        return self.exploring.allowed and bool(self.fresh.of(tags))

    def _park(self, now: float, ledger: Ledger) -> None:
        """None of its keys may serve now."""
        at = wakes_at(ledger.domain, now)
        if at < inf:
            self._wake_at(at, ledger)
        elif any(able_one_day(ledger.domain, model, NO_TAGS) for model in self.models):
            self.undecided.add(ledger)
        elif ledger.blank:
            self._close(ledger)
            self._gone.add(ledger.domain)

    def _close(self, ledger: Ledger) -> None:
        del self.ledgers[ledger.domain]
        for share in ledger.shares:
            self.shares.pop(share.key, None)

    def _rank(self, ledger: Ledger) -> None:
        if ledger not in self.kept:
            order = self.tiers.order(ledger, self.load(ledger), ahead=not self.ranks.by_tokens)
            self.ranks.add(next(self._numbers), order, ledger, len(self.ledgers))

    def _wake_at(self, at: float, ledger: Ledger) -> None:
        heappush(self.wakes, (at, next(self._numbers), ledger))

    def limits(self, domain: Domain) -> Limits:
        """What the operator says goes before what was learnt."""
        told = self.told.get(name_of(domain)) or self.told.get(EVERYONE) or NO_LIMITS
        return self.learnt.get(domain, NO_LIMITS).under(told)
