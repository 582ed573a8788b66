"""The pool under every order of events, beside a model that keeps nothing but plain facts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gemini_balance.core.outcome import Blame, Cause, Outcome
from gemini_balance.core.pool import Demand, Health, KeyId, KeyPool, KeySpec, Lease, Never, NotYet

MODELS = ("m1", "m2")
SPECS = st.lists(
    st.builds(
        KeySpec,
        st.sampled_from([KeyId(name) for name in "abcde"]),
        st.just("secret"),
        st.sampled_from(["", "p", "q"]),
        st.integers(1, 3),
        st.sampled_from([frozenset(), frozenset({"m1"}), frozenset(MODELS)]),
    ),
    max_size=5,
    unique_by=lambda spec: spec.id,
)
OUTCOMES = st.builds(Outcome, st.sampled_from(list(Cause)), retry_after=st.none() | st.floats(0, 200))
RESTS = {Cause.QUOTA_DAY: 3_600.0, Cause.QUOTA_NONE: 86_400.0, Cause.MODEL_NOT_OFFERED: 86_400.0}


def rest_of(outcome: Outcome) -> float:
    if outcome.cause in RESTS:
        return RESTS[outcome.cause]
    if outcome.retry_after is not None:
        return min(max(outcome.retry_after, 1.0), 65.0)
    return 60.0 if outcome.cause is Cause.QUOTA_MINUTE else 20.0


class PoolMachine(RuleBasedStateMachine):
    """Rests are kept per (project, model), deaths per key: whatever the pool lends must agree with them."""

    @initialize(specs=SPECS, max_failures=st.integers(0, 3))
    def begin(self, specs: list[KeySpec], max_failures: int) -> None:
        self.pool = KeyPool(specs, max_failures)
        self.now = 0.0
        self.leases: list[Lease] = []
        self.settled: list[Lease] = []
        self.rests: dict[tuple[str, str], float] = {}
        self.barred: dict[tuple[str, str], float] = {}
        self.dead: set[KeyId] = set()

    @rule(
        model=st.sampled_from(MODELS), exclude=st.frozensets(st.sampled_from([KeyId(n) for n in "abcde"]), max_size=3)
    )
    def acquire(self, model: str, exclude: frozenset[KeyId]) -> None:
        probed = {key.id for key in self.pool.keys.values() if key.health is Health.PROBING}
        got = self.pool.acquire(self.now, Demand(model, exclude))
        if isinstance(got, Lease):
            assert got.key.id not in exclude | probed | self.dead
            self.lent(got, model)
        else:
            self.refused(got, model, exclude)

    @rule(model=st.sampled_from(MODELS), pinned=st.sampled_from([KeyId(n) for n in "abcde"]))
    def acquire_pinned(self, model: str, pinned: KeyId) -> None:
        got = self.pool.acquire(self.now, Demand(model, pinned=pinned))
        if isinstance(got, Lease):
            assert got.key.id == pinned not in self.dead
            self.leases.append(got)
        elif isinstance(got, NotYet):
            assert got.at > self.now

    @precondition(lambda self: self.leases)
    @rule(number=st.integers(0, 50), outcome=OUTCOMES)
    def settle(self, number: int, outcome: Outcome) -> None:
        lease = self.leases.pop(number % len(self.leases))
        until = lease.key.until
        resting = lease.key.health is Health.COOLING
        self.pool.settle(self.now, lease, outcome)
        self.settled.append(lease)
        self.remember(lease, outcome)
        if resting and outcome.blame is not Blame.NOBODY and lease.key.health is Health.COOLING:
            assert lease.key.until >= until

    @precondition(lambda self: self.settled)
    @rule(number=st.integers(0, 50), outcome=OUTCOMES)
    def settle_again(self, number: int, outcome: Outcome) -> None:
        lease = self.settled[number % len(self.settled)]
        before = [(key.health, key.until, key.failures, key.in_flight) for key in self.pool.keys.values()]
        self.pool.settle(self.now, lease, outcome)
        assert before == [(key.health, key.until, key.failures, key.in_flight) for key in self.pool.keys.values()]

    @rule(seconds=st.sampled_from([0.5, 1.0, 10.0, 30.0, 65.0, 3_600.0, 86_400.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(name=st.sampled_from([KeyId(n) for n in "abcde"]))
    def reset(self, name: KeyId) -> None:
        if name in self.pool.keys:
            self.pool.reset(name)
            self.dead.discard(name)

    def lent(self, lease: Lease, model: str) -> None:
        assert lease.key.serves(model)
        assert lease.key.until <= self.now
        assert self.rests.get((lease.key.project, model), 0.0) <= self.now
        self.leases.append(lease)

    def refused(self, got: NotYet | Never, model: str, exclude: frozenset[KeyId]) -> None:
        """None is lent: then none may be free, and the moment named is neither past nor too late."""
        wakes = [
            max(key.until if key.health is Health.COOLING else 0.0, self.rests.get((key.project, model), 0.0))
            for key in self.pool.keys.values()
            if key.serves(model) and key.id not in self.dead | exclude and key.health is not Health.PROBING
        ]
        assert all(moment > self.now for moment in wakes)
        if isinstance(got, NotYet):
            assert got.at > self.now
            assert not wakes or got.at <= min(wakes)
        else:
            assert got.dead == (self.pool.usable() == 0)
            assert not wakes or got.cause is not None  # then the first to wake may not use the model at all
            assert not wakes or min(wakes) in self.barred.values()

    def remember(self, lease: Lease, outcome: Outcome) -> None:
        if outcome.blame in (Blame.QUOTA, Blame.MODEL):
            place = (lease.key.project, lease.model)
            self.rests[place] = max(self.rests.get(place, 0.0), self.now + rest_of(outcome))
            if outcome.blame is Blame.MODEL:
                self.barred[place] = self.rests[place]
        if outcome.cause is Cause.KEY_DEAD:
            self.dead.add(lease.key.id)
        if outcome.blame is Blame.PROJECT:
            self.dead |= {key.id for key in self.pool.keys.values() if key.project == lease.key.project}
        if outcome.cause is Cause.KEY_REFUSED and lease.key.failures >= self.pool.max_failures > 0:
            self.dead.add(lease.key.id)

    @invariant()
    def dead_keys_are_those_that_must_be(self) -> None:
        if hasattr(self, "pool"):
            assert {key.id for key in self.pool.keys.values() if key.health is Health.INVALID} == self.dead

    @invariant()
    def every_lease_is_counted_once(self) -> None:
        if hasattr(self, "pool"):
            for key in self.pool.keys.values():
                assert key.in_flight == sum(lease.key.id == key.id for lease in self.leases)


TestPoolUnderEveryOrderOfEvents = PoolMachine.TestCase
TestPoolUnderEveryOrderOfEvents.settings = settings(stateful_step_count=40)
