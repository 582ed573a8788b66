"""Who waits is served in turn."""

from __future__ import annotations

from gemini_balance.core.pool import Demand, KeyPool, Ticket
from gemini_balance.core.pool.pool import MOST_HELD, MOST_WAITING
from gemini_balance.core.pool.queue import STARVING
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import GOOD, LEAVES, MODEL, NOW, ask, call, key, minute, pool_of
from tests.unit.core.pool.scene import ends as comes_to


def busy_pool(rpm: int = 1) -> KeyPool:
    """Its one key has room again a minute from now."""
    pool = pool_of("a", told=Limits(rpm=rpm))
    for _ in range(rpm):
        ask(pool)
    return pool


def waits(pool: KeyPool, wanted: Demand) -> Ticket:
    ticket = pool.enqueue(NOW, wanted)
    assert ticket is not None
    return ticket


def served(pool: KeyPool, now: float) -> list[Ticket]:
    granted = pool.grant(now)
    for _, lease in granted.leases:
        pool.settle(now, lease, GOOD)
    return [ticket for ticket, _ in granted.leases]


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


def test_clients_take_turns_however_many_calls_one_of_them_has() -> None:
    pool = busy_pool()
    waiting = {name: waits(pool, call(client="x")) for name in "123"}
    waiting |= {name: waits(pool, call(client="y")) for name in "89"}
    assert order(pool, waiting, 5) == "18293"


def test_nobody_overtakes_in_its_own_line() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    big, small = waits(pool, call(tokens=900)), waits(pool, call(tokens=10))
    assert [served(pool, NOW + 1), served(pool, NOW + LEAVES)] == [[], [big, small]]


def test_another_clients_small_call_passes_a_big_one_until_that_starves() -> None:
    pool = pool_of("a", told=Limits(tpm=1_000))
    ask(pool, wanted=call(tokens=500))
    waits(pool, call(tokens=900, client="x"))
    first = waits(pool, call(tokens=10, client="y"))
    assert served(pool, NOW + 1) == [first]
    waits(pool, call(tokens=10, client="y"))
    assert served(pool, NOW + 1 + STARVING) == []


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
