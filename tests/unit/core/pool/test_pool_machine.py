"""The pool under every order of events, beside plain facts: what was sent, refused and left waiting."""

from __future__ import annotations

from math import inf

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import Demand, Health, Key, KeyId, KeyPool, KeySpec, Lease, Never, NotYet, Ticket
from gemini_balance.core.pool.judge import UNCOUNTED, UNSERVED
from gemini_balance.core.pool.key import RETIRED, domain_of, keys_of
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import GOOD, NOW

TOLD = {
    "m1": {"*": Limits(rpm=3, tpm=1_000, rpd=8)},
    "m2": {"*": Limits(rpm=2), "p": Limits(rpm=1)},
}
MODELS = ("m1", "m2", "m3")
NAMES = [KeyId(name) for name in "abcde"]
TAGS = st.sampled_from([frozenset(), frozenset(), frozenset({"t"}), frozenset({"u"}), frozenset({"t", "u"})])
SPEC = st.builds(
    KeySpec,
    st.sampled_from(NAMES),
    st.just("secret"),
    st.sampled_from(["", "p", "q"]),
    st.integers(1, 3),
    st.sampled_from([frozenset(), frozenset({"m1"}), frozenset({"m1", "m2"})]),
    tags=TAGS,
    off=st.sampled_from([False, False, False, True]),
)
SPECS = st.lists(SPEC, min_size=1, max_size=5, unique_by=lambda spec: spec.id)
SPENT = st.sampled_from([Cause.QUOTA_MINUTE, Cause.QUOTA_DAY, Cause.QUOTA_UNKNOWN, Cause.KEY_REFUSED])
REFUSALS = st.builds(Outcome, SPENT, retry_after=st.sampled_from([None, 1.0, 5.0, 60.0]))
OUTCOMES = st.one_of(
    st.just(GOOD),
    REFUSALS,
    st.builds(Outcome, st.sampled_from(list(Cause)), retry_after=st.none() | st.floats(0, 200)),
)
DEMANDS = st.builds(
    Demand,
    st.sampled_from(MODELS),
    st.frozensets(st.sampled_from(NAMES), max_size=2),
    tokens=st.sampled_from([0, 100, 400, 1_500]),
    client=st.sampled_from(["", "x", "y"]),
    size=st.sampled_from([0, 10]),
    prefix=st.sampled_from([0, 0, 7, 8]),
    again=st.booleans(),
    units=st.sampled_from([1, 1, 1, 2, 3, 5, 10]),
    tags=TAGS,
)
WAITING = st.builds(
    Demand,
    st.sampled_from(MODELS),
    client=st.sampled_from(["", "x", "y"]),
    again=st.booleans(),
    units=st.sampled_from([1, 1, 2, 5]),
    tags=TAGS,
)
NUMBERS = st.integers(0, 50)
DAY = 86_400.0


def state_of(pool: KeyPool) -> list[tuple[object, ...]]:
    return [(key.id, key.health, key.until, key.failures, key.in_flight) for key in pool.keys.values()]


def counts_of(pool: KeyPool) -> list[tuple[object, ...]]:
    ledgers = [ledger for lane in pool.lanes.values() for ledger in lane.ledgers.values()]
    return [(one.requests, one.tokens, one.today, one.tokens_today, one.rest) for one in ledgers]


def sent_count(lease: Lease, outcome: Outcome) -> bool:
    """Does Google count this attempt?"""
    return outcome.blame not in UNCOUNTED and outcome.cause not in UNSERVED


def within(limit: int | None, used: list[int]) -> None:
    """All together are no more than that, unless one alone is, and found an empty window."""
    assert limit is None or sum(used) <= max(limit, *used)


class PoolMachine(RuleBasedStateMachine):
    """Whatever the pool lends must agree with what was sent and how it ended."""

    @initialize(specs=SPECS, max_failures=st.integers(0, 3))
    def begin(self, specs: list[KeySpec], max_failures: int) -> None:
        self.pool = KeyPool(specs, max_failures, told_limits=TOLD)
        self.now = NOW
        self.leases: list[Lease] = []
        self.settled: list[Lease] = []
        self.counted: list[Lease] = []  # in flight, or served by Google
        self.tickets: list[Ticket] = []
        self.key_rests: dict[KeyId, float] = {}
        self.rests: dict[tuple[KeyId, str], float] = {}

    @rule(demand=DEMANDS)
    def acquire(self, demand: Demand) -> None:
        before = self.free()
        got = self.pool.acquire(self.now, demand)
        if isinstance(got, Lease):
            assert got.key.id not in demand.exclude or not self.untried(demand)
            assert not demand.tags or demand.tags & got.key.spec.tags
            self.lent(got, before)
        elif isinstance(got, NotYet):
            assert self.now <= got.at <= got.told < inf
        else:
            assert got.dead == (self.pool.usable() == 0)
            assert got.cause or got.dead or not self.has_a_key(demand)

    @precondition(lambda self: self.leases)
    @rule(number=NUMBERS)
    def began(self, number: int) -> None:
        self.pool.began(self.now, self.leases[number % len(self.leases)])

    @precondition(lambda self: self.leases)
    @rule(number=NUMBERS, outcome=OUTCOMES)
    def settle(self, number: int, outcome: Outcome) -> None:
        self.end(self.leases[number % len(self.leases)], outcome)

    @rule(
        model=st.sampled_from(MODELS), name=st.sampled_from(NAMES), outcomes=st.lists(REFUSALS, min_size=2, max_size=3)
    )
    def refused_together(self, model: str, name: KeyId, outcomes: list[Outcome]) -> None:
        """One key makes several attempts at once, and each is refused in a way of its own."""
        demand = Demand(model, frozenset(NAMES) - {name}, again=True)
        ours = [got for _ in outcomes if isinstance(got := self.pool.acquire(self.now, demand), Lease)]
        for lease in ours:
            self.lent(lease)
        for lease, outcome in zip(ours, outcomes, strict=False):
            self.end(lease, outcome)
            self.a_rest_never_shortens()
            self.a_keys_own_rest_never_shortens()

    @precondition(lambda self: self.settled)
    @rule(number=NUMBERS, outcome=OUTCOMES)
    def settle_again(self, number: int, outcome: Outcome) -> None:
        before = state_of(self.pool), counts_of(self.pool)
        self.pool.settle(self.now, self.settled[number % len(self.settled)], outcome)
        assert (state_of(self.pool), counts_of(self.pool)) == before

    @rule(demand=WAITING)
    def enqueue(self, demand: Demand) -> None:
        ticket = self.pool.enqueue(self.now, demand)
        assert ticket is not None
        self.tickets.append(ticket)

    @precondition(lambda self: self.tickets)
    @rule(number=NUMBERS)
    def withdraw(self, number: int) -> None:
        ticket = self.tickets.pop(number % len(self.tickets))
        self.pool.withdraw(ticket)
        self.pool.withdraw(ticket)

    @rule()
    def grant(self) -> None:
        self.granted()

    @rule(seconds=st.sampled_from([0.01, 0.5, 1.0, 10.0, 30.0, 57.0, 61.0, 65.0, 3_600.0, DAY]))
    def tick(self, seconds: float) -> None:
        self.now += seconds
        for lane in self.pool.lanes.values():
            lane.advance(self.now)

    @rule(name=st.sampled_from(NAMES))
    def reset(self, name: KeyId) -> None:
        if name in self.pool.keys:
            self.pool.reset(self.now, name)
            self.key_rests.pop(name, None)

    @rule(specs=SPECS)
    def set_keys(self, specs: list[KeySpec]) -> None:
        """Keys come, change and go. What one that stays used counts on; one that comes back begins anew."""
        known = dict(self.pool.keys)
        self.pool.set_keys(self.now, specs)
        assert {key.id: key.spec for key in self.pool.keys.values()} == {spec.id: spec for spec in specs}
        assert all(self.pool.keys[spec.id] is known[spec.id] for spec in specs if spec.id in known)
        assert all(key.health is Health.DISABLED for name, key in known.items() if name not in self.pool.keys)
        self.remember(known)

    @precondition(lambda self: self.tickets)
    @rule()
    def nobody_starves(self) -> None:
        """Nobody else comes, and all attempts end well: whoever a living key is for is served within two days."""
        self.end_all()
        end = self.now + 2 * DAY
        at = self.now
        while self.tickets and at <= end:
            self.now = max(self.now, at)
            at = self.granted()
            at = self.now if self.end_all() else at
        assert [ticket for ticket in self.tickets if self.has_a_key(ticket.demand)] == []

    @rule()
    def counts_return_to_zero(self) -> None:
        """All have left, and two days pass: nothing is left of what was used."""
        self.end_all()
        while self.tickets:
            self.pool.withdraw(self.tickets.pop())
        self.now += 2 * DAY
        for lane in self.pool.lanes.values():
            lane.advance(self.now)
        assert counts_of(self.pool) == []
        assert [len(lane.shares) + len(lane.spent) for lane in self.pool.lanes.values()] == [0] * len(self.pool.lanes)

    def free(self) -> dict[KeyId, bool]:
        return {key.id: key.free(self.now) for key in self.pool.keys.values()}

    def untried(self, demand: Demand) -> list[KeyId]:
        """Keys that could serve this call and did not fail it yet."""
        lane = self.pool.lane(demand.model)
        tokens, units = lane.estimates.enough(demand.tokens), demand.units
        roomy = [ledger for ledger in lane.ranks.all() if ledger.fits(tokens) and ledger.holds(units)]
        keys = [key for ledger in roomy for key in keys_of(ledger.domain)]
        keys = [key for key in keys if key.id not in demand.exclude and key.serves(demand.model, demand.tags)]
        return [key.id for key in keys if key.free(self.now)]

    def has_a_key(self, demand: Demand) -> bool:
        keys = self.pool.keys.values()
        return any(key.serves(demand.model, demand.tags) and key.health not in RETIRED for key in keys)

    def remember(self, known: dict[KeyId, Key]) -> None:
        """Only what was sent with keys that stay, in the projects that they had, is held against their limits."""
        stay = {name for name, key in self.pool.keys.items() if known.get(name) is key}
        self.counted = [lease for lease in self.counted if lease.key.id in stay and not lease.key.gone]
        self.key_rests = {name: until for name, until in self.key_rests.items() if name in stay}
        self.rests = {}

    def granted(self) -> float:
        granted = self.pool.grant(self.now)
        for ticket, lease in granted.leases:
            self.tickets.remove(ticket)
            assert not ticket.demand.tags or ticket.demand.tags & lease.key.spec.tags
            self.lent(lease)
        for ticket in granted.lost:
            self.tickets.remove(ticket)
            assert isinstance(self.pool.acquire(self.now, ticket.demand), Never)
        return granted.at

    def lent(self, lease: Lease, free: dict[KeyId, bool] | None = None) -> None:
        key = lease.key
        assert key.serves(lease.model)
        assert key.health not in RETIRED
        assert key.until <= self.now
        assert free is None or free[key.id]
        assert self.rests.get((key.id, lease.model), 0.0) <= self.now
        self.leases.append(lease)
        self.counted.append(lease)
        self.within_its_limits(lease)

    def within_its_limits(self, lease: Lease) -> None:
        """Of what is known, as Google would count it, were every request there at once."""
        told, project = TOLD.get(lease.model, {}), lease.key.spec.project
        limits = told.get(project) or told.get("*") or Limits()
        mine = [one for one in self.counted if one.model == lease.model and self.same_project(one, lease)]
        minute = [one for one in mine if one.sent > self.now - 60]
        within(limits.rpm, [one.units for one in minute])
        within(limits.rpd, [one.units for one in mine if one.day == lease.day])
        within(limits.tpm, [one.tokens for one in minute])

    @staticmethod
    def same_project(one: Lease, other: Lease) -> bool:
        return one.key is other.key or (one.key.spec.project == other.key.spec.project != "")

    def end(self, lease: Lease, outcome: Outcome) -> None:
        self.leases.remove(lease)
        self.pool.settle(self.now, lease, outcome)
        self.settled.append(lease)
        if not sent_count(lease, outcome) and lease in self.counted:
            self.counted.remove(lease)

    def end_all(self) -> bool:
        for lease in (ending := list(self.leases)):
            self.end(lease, GOOD)
        return bool(ending)

    @invariant()
    def a_rest_never_shortens(self) -> None:
        for (name, model), until in self.rests.items():
            ledger = self.pool.lane(model).ledgers.get(domain_of(self.pool.keys[name]))
            assert until <= self.now or (ledger is not None and ledger.rest >= until)
        self.rests = {
            (key.id, lane.model): ledger.rest
            for key in self.pool.keys.values()
            for lane in self.pool.lanes.values()
            if (ledger := lane.ledgers.get(domain_of(key))) is not None and ledger.rest > self.now
        }

    @invariant()
    def a_keys_own_rest_never_shortens(self) -> None:
        keys = self.pool.keys
        assert all(keys[name].until >= until for name, until in self.key_rests.items() if until > self.now)
        self.key_rests = {key.id: key.until for key in keys.values() if key.health is Health.COOLING}

    @invariant()
    def the_pool_counts_who_waits(self) -> None:
        assert self.pool.waiting == len(self.tickets) == sum(len(lane.queue) for lane in self.pool.lanes.values())
        assert self.pool.held == sum(ticket.demand.size for ticket in self.tickets)

    @invariant()
    def every_lease_is_counted_once(self) -> None:
        for key in self.pool.keys.values():
            assert key.in_flight == sum(lease.key is key for lease in self.leases)

    @invariant()
    def usable_keys_are_those_not_retired(self) -> None:
        assert self.pool.usable() == sum(key.health not in RETIRED for key in self.pool.keys.values())


TestPoolUnderEveryOrderOfEvents = PoolMachine.TestCase
TestPoolUnderEveryOrderOfEvents.settings = settings(stateful_step_count=40)
