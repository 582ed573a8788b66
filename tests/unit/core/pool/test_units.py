"""A batch counts as many requests as it has items."""

from __future__ import annotations

import pytest

from gemini_balance.core.outcome import Cause, Limit, Outcome, Window
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, NotYet
from gemini_balance.core.pool.judge import MINUTE_REST
from gemini_balance.core.pool.keeping import STARVING
from gemini_balance.core.pool.turns import ROUND
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.replicas_scene import BEAT, beat, hears, replicas, used
from tests.unit.core.pool.scene import (
    DEAD,
    LEAVES,
    MIDNIGHT,
    MODEL,
    NOW,
    ask,
    asked_until_refused,
    call,
    day,
    ends,
    key,
    lent,
    minute,
    pool_of,
    served,
    waits,
)


def batch(units: int, client: str = "", tokens: int = 0) -> Demand:
    return call(units=units, client=client, tokens=tokens)


def pool_keys(names: list[str]) -> list[KeySpec]:
    """Each in a project of its own name."""
    return [key(name, name) for name in names]


def counts(pool: KeyPool) -> list[tuple[int, int]]:
    return [(one.requests, one.today) for one in pool.lane(MODEL).ledgers.values()]


def test_each_item_counts() -> None:
    pool = pool_of("a", told=Limits(rpm=100, rpd=1_000))
    lent(pool, wanted=batch(70))
    lent(pool)
    assert (counts(pool), pool.lane(MODEL).requests) == ([(71, 71)], 71)


def test_a_batch_is_sent_only_where_all_of_it_has_room() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=100))
    assert [ask(pool, wanted=batch(units)) for units in (60, 50, 50, 40, 1)] == [
        "a",
        "b",
        "b",
        "a",
        NotYet(NOW + LEAVES),
    ]


def test_single_calls_still_use_what_is_too_little_for_a_batch() -> None:
    pool = pool_of("a", told=Limits(rpm=100))
    assert [ask(pool, wanted=batch(60)), ask(pool, NOW + 1, batch(50))] == ["a", NotYet(NOW + LEAVES)]
    assert asked_until_refused(pool, NOW + 1) == 40


def test_a_busier_project_with_more_requests_left_takes_the_batch() -> None:
    limits = {MODEL: {"*": Limits(rpm=10, rpd=100_000), "h": Limits(rpm=1_000, rpd=100_000)}}
    names = [f"k{n}" for n in range(200)]
    pool = KeyPool(pool_keys([*names, "h"]), told_limits=limits)
    for _ in range(9):
        assert ask(pool, wanted=call(pinned="h", units=100)) == "h"
    for name in names:
        assert ask(pool, wanted=call(pinned=name)) == name
    assert [ask(pool, wanted=batch(90)), ask(pool)] == ["h", "k0"]


def test_a_batch_finds_an_unused_project_behind_those_with_too_little_left_of_the_day() -> None:
    pool = pool_of("a", "b", told=Limits(rpd=100))
    ask(pool, wanted=batch(60))
    assert ask(pool, NOW + 61, batch(60)) == "b"


def test_a_batch_larger_than_a_whole_minute_is_for_google_to_judge_when_the_window_is_empty() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    assert ask(pool, wanted=batch(50)) == "a"
    assert [ask(pool, NOW + 1, batch(50)), ask(pool, NOW + 1)] == [NotYet(NOW + LEAVES)] * 2
    assert [ask(pool, NOW + LEAVES), ask(pool, NOW + LEAVES, batch(50))] == ["a", NotYet(NOW + 2 * LEAVES)]


@pytest.mark.parametrize("outcome", [Outcome(Cause.UPSTREAM_BROKEN), DEAD, Outcome(Cause.MODEL_OVERLOADED)])
def test_what_google_did_not_serve_is_given_back_whole(outcome: Outcome) -> None:
    pool = pool_of("a", told=Limits(rpm=100, rpd=1_000))
    ask(pool, wanted=batch(5))
    ends(pool, outcome, wanted=batch(50))
    assert counts(pool) == [(5, 5)]


def test_what_one_replica_sends_counts_with_all_and_so_does_what_is_given_back() -> None:
    north, south = replicas(2, "a")
    lease = lent(north, wanted=batch(70, tokens=9))
    hears(south, north.tell(NOW))
    before = used(south)
    north.settle(NOW + 1, lease, Outcome(Cause.UPSTREAM_BROKEN))
    hears(south, north.tell(NOW + 1), NOW + 1)
    assert (before, used(south)) == ((70, 9, 70), (0, 0, 0))


def test_a_refusal_that_a_batch_explains_says_nothing_about_other_keys_nor_about_the_share() -> None:
    for units in (30, 90):
        pool = pool_of("a", "b")
        ask(pool, wanted=batch(80))
        ask(pool, wanted=batch(80))
        ends(pool, minute(30, rpm=100), NOW + 1, batch(units))
        lane = pool.lane(MODEL)
        assert ({ledger.cap for ledger in lane.ledgers.values()}, list(lane.refusals)) == ({100, float("inf")}, [])


def test_of_a_refused_batch_only_the_whole_is_believed_to_be_too_much() -> None:
    pool = pool_of("a")
    ask(pool, wanted=batch(20))
    ends(pool, minute(30, rpm=100), NOW + 1, batch(50))
    assert [ledger.cap for ledger in pool.lane(MODEL).ledgers.values()] == [69]


def test_another_replicas_refused_batch_means_the_same_here() -> None:
    north, south = replicas(2, "a")
    ask(north, wanted=batch(80))
    ends(north, minute(30, rpm=100), NOW + 1, batch(50))
    hears(south, north.tell(NOW + 1), NOW + 1)
    caps = [[ledger.cap for ledger in pool.lane(MODEL).ledgers.values()] for pool in (north, south)]
    assert caps == [[100], [100]]


def test_a_batch_too_large_for_the_rest_of_the_day_does_not_end_the_day_for_others() -> None:
    pool = pool_of("a")
    ask(pool, wanted=batch(80))
    ends(pool, day(rpd=100), NOW + 1, batch(50))
    after = NOW + 1 + MINUTE_REST
    assert [ask(pool, after), ask(pool, after, batch(50))] == ["a", NotYet(after + 1, sure=False)]
    assert ask(pool, MIDNIGHT, batch(50)) == "a"


def test_a_single_call_refused_for_the_day_ends_the_day() -> None:
    pool = pool_of("a")
    ask(pool)
    ends(pool, Outcome(Cause.QUOTA_DAY, limits=(Limit(Window.RPD, 100),)), NOW + 1)
    assert ask(pool, NOW + 100) == NotYet(MIDNIGHT)


def test_a_single_call_passes_a_batch_that_waits_and_the_batch_is_served_when_all_of_it_has_room() -> None:
    pool = pool_of("a", told=Limits(rpm=100))
    ask(pool, wanted=batch(60))
    large, small = waits(pool, batch(50)), waits(pool, call())
    assert [served(pool, NOW + 1), served(pool, NOW + 60), served(pool, NOW + LEAVES)] == [[small], [], [large]]


def test_nobody_overtakes_a_batch_for_which_there_is_room() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    ask(pool, wanted=batch(10))
    large, small = waits(pool, batch(10)), waits(pool, call())
    assert [served(pool, NOW + LEAVES), small.gone] == [[large], False]


def test_after_a_while_a_project_collects_room_for_a_batch_that_is_passed() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    for n in range(10):
        ask(pool, NOW + 3 * n)
    large = waits(pool, batch(5, "x"), NOW + 46)
    others = [waits(pool, call(client="y"), NOW + 46) for _ in range(40)]
    moments = {round(n / 2, 1): served(pool, NOW + 46 + n / 2) for n in range(80)}
    at = next(seconds for seconds, tickets in moments.items() if large in tickets)
    passed = sum(ticket in others for seconds, tickets in moments.items() for ticket in tickets if seconds < at)
    assert (STARVING < at <= STARVING + 15, passed) == (True, 0)


def test_room_is_collected_where_all_of_the_batch_fits_first() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=10))
    for n in range(10):
        ask(pool, NOW + 3 * n, call(pinned="a"))
    ask(pool, NOW + 1, call(pinned="b", units=10))
    large = waits(pool, batch(10, "x"), NOW + 40)
    pool.grant(NOW + LEAVES + 0.1)  # one request has left the one, and all soon leave the other
    lane = pool.lane(MODEL)
    assert lane.kept == {lane.ledgers[pool.keys[KeyId("b")]]: large}


def test_a_batch_waits_for_the_new_day_though_some_of_this_one_is_left() -> None:
    pool = pool_of("a", told=Limits(rpd=100))
    ask(pool, wanted=batch(60))
    large = waits(pool, batch(50))
    assert [pool.grant(NOW + n).at for n in (1, LEAVES)] == [NOW + LEAVES, MIDNIGHT]
    assert served(pool, MIDNIGHT) == [large]


def test_replicas_whose_batches_wait_do_not_send_them_into_one_window() -> None:
    pools = replicas(2, "a", rpm=100)
    beat(pools)
    ask(pools[0], wanted=batch(100))
    for pool in pools:
        waits(pool, batch(60))
    sent = []
    for n in range(1_000):
        beat(pools, NOW + n * BEAT)
        sent += [n * BEAT for pool in pools for _ in served(pool, NOW + n * BEAT)]
    assert [LEAVES <= sent[0] <= LEAVES + ROUND, LEAVES <= sent[1] - sent[0] <= LEAVES + ROUND] == [True, True]


def test_where_requests_and_tokens_are_in_two_places_single_calls_do_not_wait_behind_a_batch() -> None:
    limits = {MODEL: {"a": Limits(rpm=10, tpm=1_000), "b": Limits(rpm=100, tpm=100)}}
    pool = KeyPool(pool_keys(["a", "b"]), told_limits=limits)
    ask(pool, wanted=call(pinned="a", units=5))
    ask(pool, wanted=call(pinned="b", units=5, tokens=20))
    large, small = waits(pool, batch(9, tokens=500)), waits(pool, call())
    assert [served(pool, NOW + 1), served(pool, NOW + LEAVES)] == [[small], [large]]


def test_a_caller_is_told_when_all_of_its_batch_has_room() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    for n in range(10):
        ask(pool, NOW + n)
    assert [ask(pool, NOW + 10, batch(units)) for units in (1, 5, 10)] == [
        NotYet(NOW + LEAVES),
        NotYet(NOW + 4 + LEAVES),
        NotYet(NOW + 9 + LEAVES),
    ]


def test_who_comes_later_is_told_what_a_waiting_batch_leaves() -> None:
    pool = pool_of("a", told=Limits(rpm=10))
    ask(pool, wanted=batch(10))
    waits(pool, batch(6))
    waits(pool, batch(4, "x"))
    assert pool.acquire(NOW, call(client="y")) == NotYet(NOW + 2 * LEAVES)
