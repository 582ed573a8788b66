"""Replicas that tell each other in any order, late, again or not: when all has been told, all count the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from gemini_balance.core.outcome import Cause, Outcome, Usage
from gemini_balance.core.pool import KeyPool, Lease
from gemini_balance.core.pool.facts import KEPT
from tests.unit.core.pool.scene import GOOD, NOW, call, key, minute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.core.pool.facts import Fact

NAMES = ("north", "south", "east")
OUTCOMES = st.sampled_from(
    [GOOD, Outcome(Cause.ANSWERED, usage=Usage(prompt=33)), Outcome(Cause.UPSTREAM_BROKEN), minute(2), minute(5, rpm=9)]
)
NUMBERS = st.integers(0, 50)


def counts_of(pool: KeyPool, now: float) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """What each key used."""
    for lane in pool.lanes.values():
        lane.advance(now)
    shares = [(model, share) for (model, _), lane in pool.lanes.items() for share in lane.shares.values()]
    counts = {(model, s.key.id): (s.requests, s.tokens, s.today, s.tokens_today) for model, s in shares}
    return {place: count for place, count in counts.items() if any(count)}


class ReplicasMachine(RuleBasedStateMachine):
    """Every fact is told twice; of two words in a row to the same replica at most one is lost."""

    @initialize(many=st.integers(2, 3))
    def begin(self, many: int) -> None:
        self.pools = [KeyPool([key("a", "p"), key("b", "p"), key("c")]) for _ in range(many)]
        for name, pool in zip(NAMES, self.pools, strict=False):
            pool.share(name, NAMES[:many])
        self.now = NOW
        self.leases: list[tuple[KeyPool, Lease]] = []
        self.words: list[tuple[KeyPool, Sequence[Fact]]] = []
        self.lost: dict[tuple[int, int], bool] = {}  # by sender and receiver: was the last word?

    @rule(number=NUMBERS, tokens=st.sampled_from([0, 10]), units=st.sampled_from([1, 1, 4]))
    def send(self, number: int, tokens: int, units: int) -> None:
        pool = self.pools[number % len(self.pools)]
        lease = pool.acquire(self.now, call(tokens=tokens, units=units))
        if isinstance(lease, Lease):
            self.leases.append((pool, lease))

    @precondition(lambda self: self.leases)
    @rule(number=NUMBERS, outcome=OUTCOMES)
    def settle(self, number: int, outcome: Outcome) -> None:
        pool, lease = self.leases.pop(number % len(self.leases))
        if self.now - lease.sent < KEPT:
            pool.settle(self.now, lease, outcome)

    @rule(number=NUMBERS, lost=st.lists(st.booleans(), min_size=3, max_size=3))
    def tell(self, number: int, lost: list[bool]) -> None:
        origin = number % len(self.pools)
        facts = self.pools[origin].tell(self.now)
        for other, pool in enumerate(self.pools):
            link = (origin, other)
            self.lost[link] = lost[other] and not self.lost.get(link)
            if other != origin and not self.lost[link]:
                self.words.append((pool, facts))

    @precondition(lambda self: self.words)
    @rule(number=NUMBERS, again=st.booleans())
    def hear(self, number: int, again: bool) -> None:
        place = number % len(self.words)
        pool, facts = self.words[place]
        pool.hear(self.now, facts)
        if not again:
            del self.words[place]

    @rule(seconds=st.sampled_from([0.1, 0.25, 1.0, 20.0, 61.0]))
    def tick(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def in_the_end_all_count_the_same(self) -> None:
        for number in (*range(len(self.pools)), *range(len(self.pools))):
            self.tell(number, [False] * 3)
        while self.words:
            self.hear(len(self.words) - 1, again=False)
        first, *others = [counts_of(pool, self.now) for pool in self.pools]
        assert others == [first] * len(others)


TestReplicasThatTellInAnyOrder = ReplicasMachine.TestCase
TestReplicasThatTellInAnyOrder.settings = settings(stateful_step_count=40)
