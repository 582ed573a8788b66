"""Who waits is served in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import Demand, KeyId, KeyPool, Ticket
from gemini_balance.core.pool.breaker import FEWEST
from gemini_balance.core.pool.keeping import STARVING
from gemini_balance.core.pool.pool import MOST_HELD, MOST_WAITING
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import GOOD, LEAVES, MODEL, NOW, ask, call, key, minute, pool_of, served, waits
from tests.unit.core.pool.scene import ends as comes_to

if TYPE_CHECKING:
    from collections.abc import Callable


def busy_pool(rpm: int = 1) -> KeyPool:
    """Its one key has room again a minute from now."""
    pool = pool_of("a", told=Limits(rpm=rpm))
    for _ in range(rpm):
        ask(pool)
    return pool


def order(pool: KeyPool, waiting: dict[str, Ticket], turns: int) -> str:
    """Who is served, one after the other, as minute after minute passes."""
    names = {id(ticket): name for name, ticket in waiting.items()}
    tickets = [ticket for turn in range(1, turns + 1) for ticket in served(pool, NOW + turn * LEAVES)]
    return "".join(names[id(ticket)] for ticket in tickets)


def test_who_waits_is_served_when_the_window_reopens() -> None:
    pool = busy_pool()
    ticket = waits(pool, call())
    assert [served(pool, NOW + 60), served(pool, NOW + LEAVES), pool.waiting] == [[], [ticket], 0]


def test_the_pool_says_when_to_look_again() -> None:
    pool = busy_pool()
    waits(pool, call())
    assert [pool.grant(NOW + 1).at, pool.grant(NOW + LEAVES).at] == [NOW + LEAVES, float("inf")]


@pytest.mark.parametrize(
    "change",
    [
        lambda pool: pool.set_keys(NOW, [key("b", tags="x")]),
        lambda pool: pool.set_keys(NOW, [key("a", off=True), key("b", tags="x")]),
        lambda pool: pool.condemn(NOW, KeyId("a"), Cause.KEY_DEAD),
    ],
    ids=["removed", "disabled", "dead"],
)
def test_who_waits_for_a_key_that_is_no_more_waits_no_longer(change: Callable[[KeyPool], None]) -> None:
    pool = pool_of("a", key("b", tags="x"), told=Limits(rpm=1))
    ask(pool, wanted=call(pinned="a"))
    ask(pool, wanted=call(pinned="b"))
    lost = [waits(pool, call(pinned="a", client=client)) for client in ("one", "one", "two")]
    waits(pool, call())
    waits(pool, call(pinned="b"))
    change(pool)
    granted = pool.grant(NOW)
    assert (granted.leases, granted.lost, pool.waiting, [ticket.gone for ticket in lost]) == ([], lost, 2, [True] * 3)


def test_nobody_waits_where_no_key_is_left() -> None:
    pool = busy_pool()
    lost = [waits(pool, call(client=client)) for client in ("one", "two")]
    pool.set_keys(NOW, [])
    assert (pool.grant(NOW).lost, pool.waiting) == (lost, 0)


def test_who_waits_for_a_tag_waits_no_longer_than_a_key_has_it() -> None:
    pool = pool_of("a", key("b", tags="x"), told=Limits(rpm=1))
    ask(pool, wanted=call(pinned="a"))
    ask(pool, wanted=call(pinned="b"))
    lost = waits(pool, call(tags="x"))
    waits(pool, call())
    pool.set_keys(NOW, [key("a"), key("b")])
    assert (pool.grant(NOW).lost, pool.waiting) == ([lost], 1)


def test_clients_take_turns_however_many_calls_one_of_them_has() -> None:
    pool = busy_pool()
    waiting = {name: waits(pool, call(client="x")) for name in "123"}
    waiting |= {name: waits(pool, call(client="y")) for name in "89"}
    assert order(pool, waiting, 5) == "18293"


def test_nobody_overtakes_in_its_own_line_what_fits() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=990))
    big, small = waits(pool, call(tokens=900)), waits(pool, call(tokens=10, again=False))
    assert [served(pool, NOW + 1), served(pool, NOW + LEAVES)] == [[small], [big]]
    first, second = waits(pool, call(tokens=60)), waits(pool, call(tokens=50))
    assert served(pool, NOW + LEAVES + 1) == [first]
    assert not second.gone


def test_a_smaller_call_passes_one_for_which_there_is_no_room() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    big, small = waits(pool, call(tokens=900)), waits(pool, call(tokens=10))
    waits(pool, call(tokens=600))
    assert [served(pool, NOW + 1), big.gone] == [[small], False]


def test_calls_of_like_size_do_not_pass_each_other() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    waiting = [waits(pool, call(tokens=tokens)) for tokens in (510, 515, 505)]
    assert [served(pool, NOW + 1), served(pool, NOW + LEAVES)] == [[], waiting[:1]]


def starving(pool: KeyPool) -> Ticket:
    """A big call for which there is no room waits so long that a project begins to collect it."""
    for name, tokens in (("a", 500), ("b", 700)):
        ask(pool, NOW + (name == "b"), call(tokens=tokens))
    big = waits(pool, call(tokens=900, client="x"))
    waits(pool, call(tokens=10, client="y"))
    assert big not in served(pool, NOW + STARVING + 1)
    return big


def test_a_call_that_starves_has_the_project_that_is_soonest_collect_room_for_it() -> None:
    pool = pool_of("a", "b", told=Limits(tpm=1_000))
    big = starving(pool)
    first = waits(pool, call(tokens=400, client="y"))
    other = waits(pool, call(tokens=250, client="y"))
    assert served(pool, NOW + STARVING + 2) == [other]
    assert [served(pool, NOW + LEAVES), served(pool, NOW + LEAVES + 1)] == [[big], [first]]


def test_who_starves_does_not_stop_the_queue() -> None:
    pool = pool_of("a", "b", told=Limits(tpm=1_000))
    starving(pool)
    small = waits(pool, call(tokens=100, client="y"))
    assert served(pool, NOW + STARVING + 2) == [small]


def half_used(projects: int) -> KeyPool:
    pool = pool_of(*(f"k{number}" for number in range(projects)), told=Limits(tpm=1_000))
    for _ in range(projects):
        ask(pool, wanted=call(tokens=500))
    return pool


def test_where_few_wait_a_project_is_kept_at_once_for_who_is_passed() -> None:
    pool = half_used(projects=10)
    big = [waits(pool, call(tokens=900, client="x")) for _ in range(3)]
    for second in range(1, 4):
        small = waits(pool, call(tokens=100, client="y"))
        assert served(pool, NOW + second) == [small]
    assert list(pool.lane(MODEL).kept.values()) == big[:2]


def test_where_many_wait_nothing_is_kept_at_once() -> None:
    pool = half_used(projects=10)
    for _ in range(6):
        waits(pool, call(tokens=900, client="x"))
    served(pool, NOW + 1)
    assert pool.lane(MODEL).kept == {}


def test_what_was_kept_for_who_left_is_for_all() -> None:
    pool = pool_of("a", "b", told=Limits(tpm=1_000))
    big = starving(pool)
    other = waits(pool, call(tokens=400, client="y"))
    pool.withdraw(big)
    assert served(pool, NOW + STARVING + 2) == [other]


def test_what_was_kept_for_who_left_may_be_had_without_waiting() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    big = waits(pool, call(tokens=900, client="x"))
    small = waits(pool, call(tokens=10, client="y"))
    assert (served(pool, NOW + STARVING + 1), len(pool.lane(MODEL).kept)) == ([], 1)
    pool.withdraw(big)
    pool.withdraw(small)
    assert ask(pool, NOW + STARVING + 2, call(tokens=400)) == "a"


def test_what_is_kept_is_not_handed_out_while_the_model_is_overloaded() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    waits(pool, call(tokens=900, client="x"))
    waits(pool, call(tokens=10, client="y"))
    pool.grant(NOW + STARVING + 1)
    for attempt in range(FEWEST):
        pool.lane(MODEL).breaker.refused(NOW + LEAVES - 0.1, -attempt, NOW + LEAVES - 0.1, pace=1.0, dice=0.5)
    assert served(pool, NOW + LEAVES) == []


def test_nothing_is_kept_for_who_could_not_be_served_in_time() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    pool.enqueue(NOW, call(tokens=900), NOW + 20)
    small = waits(pool, call(tokens=400, client="y"))
    pool.grant(NOW + 1)
    other = waits(pool, call(tokens=50, client="y"))
    assert (small.gone, served(pool, NOW + STARVING + 1)) == (True, [other])


def test_several_who_wait_for_one_key_are_served_together() -> None:
    pool = pool_of("a", told=Limits(rpm=2))
    comes_to(pool, minute(50))
    both = [waits(pool, call(pinned="a")) for _ in range(2)]
    assert served(pool, NOW + 50) == both


def test_who_comes_while_others_wait_queues_behind_them() -> None:
    pool = busy_pool()
    waits(pool, call(client="x"))
    assert not isinstance(ask(pool, NOW + LEAVES, call(client="y")), str)


def test_whose_attempt_failed_does_not_queue_behind_others() -> None:
    pool = busy_pool()
    waits(pool, call())
    assert ask(pool, NOW + LEAVES, call(again=True)) == "a"


def test_whose_attempt_failed_waits_ahead_of_its_line() -> None:
    pool = busy_pool()
    waiting = {"1": waits(pool, call()), "2": waits(pool, call()), "a": waits(pool, call(again=True))}
    assert order(pool, waiting, 3) == "a12"


def test_a_call_that_waits_for_its_own_key_keeps_nobody_else_waiting() -> None:
    pool = pool_of("a", "b", told=Limits(rpm=5))
    comes_to(pool, minute(50), wanted=call(pinned="b"))
    waits(pool, call(pinned="b", client="x"))
    other = waits(pool, call(client="x"))
    assert served(pool, NOW + 30) == [other]


def test_each_model_has_a_queue_of_its_own() -> None:
    pool = busy_pool()
    waits(pool, call())
    assert ask(pool, wanted=call("other")) == "a"


def test_the_queue_is_bounded_in_calls() -> None:
    pool = busy_pool()
    tickets = [pool.enqueue(NOW, call()) for _ in range(MOST_WAITING + 1)]
    assert (tickets.count(None), tickets[-1], pool.waiting) == (1, None, MOST_WAITING)


def test_the_queue_is_bounded_in_bytes_of_held_bodies() -> None:
    pool = busy_pool()
    waits(pool, Demand(MODEL, size=MOST_HELD - 10))
    assert (pool.enqueue(NOW, Demand(MODEL, size=11)), pool.held) == (None, MOST_HELD - 10)
    waits(pool, Demand(MODEL, size=10))


def test_a_body_larger_than_the_bound_may_wait_alone() -> None:
    pool = busy_pool()
    waits(pool, Demand(MODEL, size=MOST_HELD + 1))
    assert pool.held == MOST_HELD + 1


def test_who_leaves_gives_its_place_back() -> None:
    pool = busy_pool()
    first, second = waits(pool, Demand(MODEL, size=7)), waits(pool, Demand(MODEL, size=5))
    pool.withdraw(first)
    pool.withdraw(first)
    assert (pool.waiting, pool.held, served(pool, NOW + LEAVES)) == (1, 5, [second])


def test_who_was_served_has_no_place_to_give_back() -> None:
    pool = busy_pool()
    ticket = waits(pool, Demand(MODEL, size=7))
    served(pool, NOW + LEAVES)
    pool.withdraw(ticket)
    assert (pool.waiting, pool.held) == (0, 0)


def test_a_place_may_be_given_back_after_the_models_quota_got_another_name() -> None:
    pool = pool_of(key("a"), told=Limits(rpm=1))
    attempt = pool.acquire(NOW, call())
    ticket = waits(pool, call())
    pool.settle(NOW, attempt, type(GOOD)(minute().cause, retry_after=9, quota_model="flash"))  # type: ignore[arg-type]
    pool.withdraw(ticket)
    assert (pool.waiting, pool.grant(NOW + 99).leases) == (0, [])
