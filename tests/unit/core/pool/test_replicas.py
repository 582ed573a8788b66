"""What several replicas that serve with the same keys tell each other."""

from __future__ import annotations

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyId, KeyPool, NotYet
from gemini_balance.core.pool.key import Project, Source, domain_of, keys_of
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.replicas_scene import BEAT, beat, group, hears, replicas, used
from tests.unit.core.pool.scene import DEAD, GOOD, LEAVES, MIDNIGHT, MODEL, NOW, ask, call, day, ends, key, lent, minute


def gives_back_and_sends_again(north: KeyPool, south: KeyPool) -> None:
    """At once, so that both count in the same place; of the second one nothing is told yet."""
    lease = lent(north)
    hears(south, north.tell(NOW))
    north.settle(NOW, lease, Outcome(Cause.UPSTREAM_BROKEN))
    hears(south, north.tell(NOW))
    lent(north)


def test_what_one_sends_counts_with_all() -> None:
    north, south = replicas(2, "a")
    lent(north, wanted=call(tokens=70))
    hears(south, north.tell(NOW))
    assert used(south) == used(north) == (1, 70, 1)


def test_it_leaves_their_windows_at_the_same_moment() -> None:
    north, south = replicas(2, "a")
    lent(north, NOW + 0.7)
    hears(south, north.tell(NOW + 2), NOW + 2)
    for now, left in ((NOW + 0.6 + LEAVES, 1), (NOW + 0.7 + LEAVES, 0)):
        south.lane(MODEL).advance(now)
        assert used(south)[0] == left


def test_each_fact_is_told_twice_and_counts_once() -> None:
    north, south = replicas(2, "a")
    lent(north)
    first, second, third = north.tell(NOW), north.tell(NOW + BEAT), north.tell(NOW + 2 * BEAT)
    hears(south, [*first, *second], times=2)
    assert [len(first), len(second), len(third), used(south)[0]] == [2, 2, 1, 1]


def test_what_is_lost_once_is_not_lost() -> None:
    north, south = replicas(2, "a")
    lent(north)
    north.tell(NOW)
    hears(south, north.tell(NOW + BEAT))
    assert used(south)[0] == 1


def test_what_is_given_back_is_given_back_everywhere_and_an_older_count_changes_nothing() -> None:
    north, south = replicas(2, "a")
    lease = lent(north)
    old = north.tell(NOW)
    hears(south, old)
    north.settle(NOW + 1, lease, Outcome(Cause.UPSTREAM_BROKEN))
    hears(south, north.tell(NOW + 1), NOW + 1)
    hears(south, old, NOW + 2)
    assert used(south) == used(north) == (0, 0, 0)


def test_a_count_that_was_nothing_and_forgotten_counts_again() -> None:
    north, south = replicas(2, "a")
    gives_back_and_sends_again(north, south)
    hears(south, north.tell(NOW))
    assert used(south) == (1, 0, 1)


def test_a_count_that_was_nothing_and_is_told_after_its_minute_counts_for_the_day() -> None:
    north, south = replicas(2, "a")
    gives_back_and_sends_again(north, south)
    hears(south, north.tell(NOW + LEAVES), NOW + LEAVES)
    south.lane(MODEL).advance(NOW + LEAVES)
    assert used(south) == (0, 0, 1)


def test_corrections_after_the_minute_change_the_day_once_each() -> None:
    north, south = replicas(2, "a")
    leases = [lent(north), lent(north)]
    hears(south, north.tell(NOW))
    south.lane(MODEL).advance(NOW + LEAVES)
    for later, lease in enumerate(leases, 70):
        north.settle(NOW + later, lease, Outcome(Cause.UPSTREAM_BROKEN))
        hears(south, north.tell(NOW + later), NOW + later, times=2)
    assert used(south) == (0, 0, 0)


def test_use_that_is_told_after_midnight_belongs_to_its_own_day() -> None:
    north, south = replicas(2, "a")
    lent(north, MIDNIGHT - 0.1)
    ask(south, MIDNIGHT + 0.1)
    hears(south, north.tell(MIDNIGHT + 0.2), MIDNIGHT + 0.2)
    assert used(south) == (2, 0, 1)


def test_keys_that_are_not_known_here_are_passed_over() -> None:
    (north,), (south,) = replicas(2, "a", "b")[:1], replicas(2, "b")[:1]
    ends(north, DEAD)
    ends(north, minute(30))
    hears(south, north.tell(NOW))
    assert [used(south, "b")[0], south.usable()] == [0, 1]


def test_a_refusal_rests_its_project_everywhere_and_teaches_its_limits() -> None:
    north, south = replicas(2, "a")
    ends(north, minute(30, rpm=5))
    hears(south, north.tell(NOW), NOW + 0.4)
    assert ask(south, NOW + 1) == NotYet(NOW + 30)
    assert south.lane(MODEL).of(south.keys[KeyId("a")]).limits == Limits(rpm=5)


def test_a_spent_day_is_everybodys() -> None:
    north, south = replicas(2, "a")
    ends(north, day(20))
    hears(south, north.tell(NOW))
    assert ask(south) == NotYet(MIDNIGHT)


def test_a_refusal_of_unknown_length_is_one_refusal_however_often_it_is_told() -> None:
    north, south = replicas(2, "a")
    ends(north, Outcome(Cause.QUOTA_UNKNOWN))
    hears(south, north.tell(NOW), times=3)
    hears(south, north.tell(NOW + BEAT))
    assert ask(south) == NotYet(NOW + 10)


def test_an_answer_that_others_did_not_see_ends_a_row_of_refusals_for_them_too() -> None:
    north, south = replicas(2, "a")
    for at, outcome in enumerate((Outcome(Cause.QUOTA_UNKNOWN), GOOD, Outcome(Cause.QUOTA_UNKNOWN))):
        ends(north, outcome, NOW + 70 * at)
        beat([north, south], NOW + 70 * at)
    assert ask(south, NOW + 141) == NotYet(NOW + 150)


def test_a_dead_key_is_dead_everywhere() -> None:
    north, south = replicas(2, "a", "b")
    gone = ends(north, DEAD)
    hears(south, north.tell(NOW), times=2)
    assert [south.usable(), ask(south) == gone] == [1, False]


def test_google_names_a_project_once_for_all() -> None:
    north, south = replicas(2, "a")
    ends(north, Outcome(Cause.QUOTA_MINUTE, retry_after=9, consumer="projects/7"))
    hears(south, north.tell(NOW))
    assert list(south.projects) == ["projects/7"]


def grouped(pool: KeyPool, name: str) -> str:
    return "".join(sorted(one.id for one in keys_of(domain_of(pool.keys[KeyId(name)]))))


def test_a_group_that_one_finds_is_counted_as_one_by_all() -> None:
    north, south = replicas(2, "a", "b", "c")
    group(north, "a", "b")
    group(south, "b", "c")
    beat([north, south])
    assert [grouped(pool, name) for pool in (north, south) for name in "abc"] == ["abc"] * 6


def test_a_key_that_one_finds_to_be_alone_leaves_its_group_everywhere() -> None:
    north, south = replicas(2, "a", "b", "c")
    group(north, "a", "b", "c")
    beat([north, south])
    rest = Project("group", Source.INFERRED, [north.keys[KeyId(name)] for name in "bc"])
    north.regroup(NOW, [domain_of(north.keys[KeyId("a")])], [north.keys[KeyId("a")], rest])
    beat([north, south], NOW + 1)
    assert [grouped(south, name) for name in "abc"] == ["a", "bc", "bc"]
    north.regroup(NOW, [rest], list(rest.keys))
    beat([north, south], NOW + 2)
    assert [domain_of(one) is one for one in south.keys.values()] == [True] * 3


def test_what_the_operator_says_goes_before_a_group_that_others_found() -> None:
    north = replicas(2, "a", "b")[0]
    south = replicas(2, key("a", "p"), "b")[1]
    group(north, "a", "b")
    hears(south, north.tell(NOW))
    assert [grouped(south, name) for name in "ab"] == ["a", "b"]


def test_a_single_replica_tells_nothing() -> None:
    (alone,) = replicas(1, "a")
    ask(alone)
    assert [alone.tell(NOW), alone.lane(MODEL).rota] == [[], None]


def test_whoever_comes_back_is_told_the_last_minute() -> None:
    north, south = replicas(2, "a")
    ask(north)
    for seconds in range(2):
        north.tell(NOW + seconds)
    hears(north, south.tell(NOW + 5), NOW + 5)
    hears(south, north.tell(NOW + 5), NOW + 5)
    assert used(south)[0] == 1
