"""Keys of which nothing is known, where many of them come to nothing."""

from __future__ import annotations

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyPool, Lease, NotYet, Ticket
from gemini_balance.core.pool.exploring import APART, DEBT, HEARD, NOT_BEFORE, SHARE, SURE, Exploring
from gemini_balance.core.pool.queue import LONGEST
from gemini_balance.core.pool.windows import Bucket, Ledger, Share
from tests.unit.core.pool.scene import DEAD, GOOD, HURRIED, MODEL, NOW, ask, call, ends, lent, minute, pool_of

HELD_BACK = NotYet(NOW, sure=False)
SOON = NotYet(NOW + 1, sure=False)


def sick(keys: int = 60, dead: int = 3) -> KeyPool:
    """The first of many keys serves; so many after it are dead."""
    pool = pool_of(*(f"k{number:02}" for number in range(keys)))
    assert ask(pool) == "k00"
    for _ in range(dead):
        ends(pool, DEAD)
    return pool


def spend(pool: KeyPool, now: float = NOW, limit: int = 5) -> None:
    """The key in use is found to be full."""
    while (lease := lent(pool, now)).key.id == "k00" and pool.lane(MODEL).of(lease.key).requests <= limit:
        pool.settle(now, lease, GOOD)
    pool.settle(now, lease, minute(60, rpm=limit))


def in_debt() -> KeyPool:
    """All that may come to nothing has, and nobody who is in use has room."""
    pool = sick(keys=100, dead=0)
    spend(pool)
    while pool.lane(MODEL).exploring.allowed:
        ends(pool, DEAD)
    return pool


def granted(pool: KeyPool, now: float) -> list[str]:
    return [lease.key.id for _, lease in pool.grant(now).leases]


def waits(pool: KeyPool, patience: float, now: float = NOW) -> Ticket:
    ticket = pool.enqueue(now, call(), now + patience)
    assert ticket is not None
    return ticket


def bucket() -> Bucket:
    pool = pool_of("a")
    return Bucket(Share(pool.keys[next(iter(pool.keys))], Ledger(next(iter(pool.keys.values())))), NOW)


def test_as_long_as_nearly_all_serve_those_never_used_go_first() -> None:
    pool = pool_of("a", "b", "c", "d")
    assert [ask(pool) for _ in range(4)] == ["a", "b", "c", "d"]


def test_where_too_many_come_to_nothing_the_keys_in_use_go_first() -> None:
    pool = sick()
    assert [ask(pool) for _ in range(3)] == ["k00", "k00", "k00"]


def test_one_never_used_is_tried_when_no_key_in_use_has_room() -> None:
    pool = sick()
    spend(pool)
    assert lent(pool).key.id == "k04"


def test_with_care_the_limit_of_a_key_is_found_out_one_call_at_a_time() -> None:
    pool = sick(keys=5)
    spend(pool)
    assert [lent(pool).key.id, ask(pool)] == ["k04", SOON]


def test_an_attempt_of_which_nothing_is_heard_for_so_long_was_let_through() -> None:
    pool = sick(keys=5)
    spend(pool)
    assert [lent(pool).key.id, lent(pool, NOW + HEARD).key.id] == ["k04", "k04"]


def test_after_too_many_in_vain_a_call_waits_rather_than_to_try_one_more() -> None:
    assert ask(in_debt()) == HELD_BACK


def test_good_answers_make_up_for_those_in_vain() -> None:
    pool = in_debt()
    for _ in range(int(1 / SHARE)):
        pool.lane(MODEL).exploring.answered()
    assert isinstance(pool.acquire(NOW, call()), Lease)


def test_who_has_waited_for_half_of_its_patience_tries_one_all_the_same() -> None:
    pool = in_debt()
    waits(pool, 6)
    assert [len(granted(pool, NOW + 2.9)), pool.grant(NOW + 2.9).at, len(granted(pool, NOW + 3))] == [0, NOW + 3, 1]


def test_nobody_waits_for_longer_than_so_much_where_keys_are_left() -> None:
    pool = in_debt()
    waits(pool, 1_000)
    assert [len(granted(pool, NOW + LONGEST - 0.1)), len(granted(pool, NOW + LONGEST))] == [0, 1]


def test_who_has_no_patience_tries_one_at_once() -> None:
    pool = in_debt()
    waits(pool, 0)
    assert len(granted(pool, NOW)) == 1


def test_who_can_not_wait_tries_one_at_once() -> None:
    assert isinstance(in_debt().acquire(NOW, HURRIED), Lease)


def test_a_key_that_got_nothing_of_what_ours_use_is_left_alone_for_minutes() -> None:
    pool = pool_of("a", "b", "c", "d")
    assert [ask(pool) for _ in range(3)] == ["a", "b", "c"]
    lease = lent(pool)
    pool.settle(NOW, lease, minute(60, rpm=5))
    ledger = pool.lane(MODEL).of(lease.key)
    assert (ledger.ceiling, ledger.grows) == (0, NOW + NOT_BEFORE)


def test_a_key_that_got_nothing_of_what_strangers_use_is_tried_after_a_minute() -> None:
    pool = pool_of("a", "b", "c", "d")
    assert [ask(pool) for _ in range(3)] == ["a", "b", "c"]
    lease = lent(pool)
    pool.settle(NOW, lease, minute(20, rpm=5))
    ledger = pool.lane(MODEL).of(lease.key)
    assert (ledger.ceiling, ledger.grows) == (1, NOW + 60)


def test_those_left_alone_are_tried_again_one_after_the_other() -> None:
    exploring = Exploring()
    assert [exploring.next_turn(NOW), exploring.next_turn(NOW)] == [NOW + NOT_BEFORE, NOW + NOT_BEFORE + APART]


def test_a_failure_that_is_not_the_keys_is_not_in_vain() -> None:
    pool = pool_of("a", "b", "c", "d", "e")
    for _ in range(5):
        ends(pool, Outcome(Cause.UPSTREAM_BROKEN))
    assert not pool.lane(MODEL).exploring.careful


def test_what_a_try_came_to_counts_once() -> None:
    exploring, tried = Exploring(), bucket()
    exploring.begins(tried)
    for _ in range(9):
        exploring.ends(tried, vain=True)
    assert (exploring.careful, exploring.allowed) == (False, True)


def test_it_is_gone_about_with_care_once_three_and_one_in_twenty_came_to_nothing() -> None:
    exploring = Exploring()
    seen = []
    for _ in range(4):
        tried = bucket()
        exploring.begins(tried)
        exploring.ends(tried, vain=True)
        seen.append(exploring.careful)
    assert seen == [False, False, True, True]


def test_with_care_so_many_may_come_to_nothing_before_calls_wait() -> None:
    exploring, tries = Exploring(), 0
    while exploring.allowed:
        exploring.begins(tried := bucket())
        exploring.ends(tried, vain=True)
        tries += 1
    assert tries == DEBT


def test_who_has_got_the_most_that_any_project_gets_is_most_likely_full() -> None:
    exploring = Exploring()
    exploring.reached(15, good=True)
    for _ in range(SURE):
        assert not exploring.capped
        exploring.reached(15, good=False)
    assert exploring.capped
    exploring.reached(16, good=True)
    assert not exploring.capped
