"""How the pool fares, told to whoever looks at it."""

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import KeyId, KeyPool
from gemini_balance.core.pool.report import (
    Capacity,
    KeyLane,
    LaneReport,
    Standing,
    Window,
    exhausted_at,
    health_counts,
    key_lanes,
    lane_report,
    used_today,
)
from gemini_balance.core.pool.windows import Limits
from tests.unit.core.pool.scene import (
    DEAD,
    MIDNIGHT,
    MODEL,
    NOW,
    OVERLOADED,
    ask,
    call,
    day,
    ends,
    key,
    lent,
    minute,
    pool_of,
    waits,
)

NONE = dict.fromkeys(Standing, 0)
UNKNOWN, UNUSED = Window(None, 0, None), Window(None, 2, None)


def report(pool: KeyPool, now: float = NOW, model: str = MODEL) -> LaneReport:
    return lane_report(pool, pool.lane(model), paid=False, now=now)


def test_a_pool_of_which_nothing_is_known_says_what_was_used() -> None:
    pool = pool_of("a", "b")
    ask(pool, NOW, call(tokens=7))
    ask(pool)
    told = report(pool)
    tokens = told.minute_tokens.used
    assert told == LaneReport(
        model=MODEL,
        names=(MODEL,),
        paid=False,
        projects=2,
        told=0,
        minute_requests=UNUSED,
        minute_tokens=Window(None, tokens, None),
        day_requests=UNUSED,
        day_tokens=Window(None, tokens, None),
        keys=NONE | {Standing.READY: 2},
        ready_at=None,
        waiting=0,
        capacity=Capacity.OPEN,
        opens_at=None,
        resets_at=MIDNIGHT,
    )


def test_what_is_left_is_summed_over_projects_and_keys_of_one_project_count_once() -> None:
    pool = pool_of(key("a", "p"), key("b", "p"), "c", told=Limits(rpm=10, tpm=1000, rpd=100))
    for _ in range(3):
        ask(pool)
    told = report(pool)
    assert (told.projects, told.told) == (2, 2)
    assert told.minute_requests == Window(20, 3, 17)
    assert told.day_requests == Window(200, 3, 197)
    assert told.keys == NONE | {Standing.READY: 3}


def test_a_minute_that_passed_is_free_again_and_the_day_goes_on() -> None:
    pool = pool_of("a", told=Limits(rpm=2, rpd=10))
    ask(pool)
    ask(pool)
    assert report(pool).keys == NONE | {Standing.FULL: 1}
    later = report(pool, NOW + 61)
    assert (later.minute_requests, later.day_requests) == (Window(2, 0, 2), Window(10, 2, 8))
    assert later.keys == NONE | {Standing.READY: 1}
    assert report(pool, MIDNIGHT + 1).day_requests == Window(10, 0, 10)


def test_of_a_project_that_told_no_limit_what_is_usual_is_believed() -> None:
    pool = pool_of("a", "b")
    ends(pool, minute(30.0, rpm=5))
    told = report(pool)
    assert (told.projects, told.told, told.minute_requests.limit) == (2, 1, 10)


def test_a_project_whose_day_is_spent_has_nothing_left_and_rests_until_the_reset() -> None:
    pool = pool_of("a", told=Limits(rpd=100))
    ends(pool, day(100))
    told = report(pool)
    assert told.day_requests.left == 0
    assert (told.keys, told.ready_at) == (NONE | {Standing.RESTING: 1}, MIDNIGHT)


def test_dead_keys_have_no_quota() -> None:
    pool = pool_of("a", "b", told=Limits(rpd=100))
    ends(pool, DEAD)
    told = report(pool)
    assert (told.projects, told.day_requests.limit) == (1, 100)
    assert told.keys == NONE | {Standing.READY: 1, Standing.INVALID: 1}
    assert health_counts(pool.keys.values(), NOW) == told.keys


def test_keys_that_may_not_serve_a_model_are_not_counted_for_it() -> None:
    pool = pool_of(key("a", models="other"), "b", key("p", paid=True))
    assert report(pool).keys == NONE | {Standing.READY: 1}


def test_a_model_without_capacity_says_when_it_is_asked_again() -> None:
    pool = pool_of(*"abcdefgh")
    leases = [lent(pool) for _ in range(8)]
    assert report(pool).capacity is Capacity.OPEN
    for lease in leases:
        pool.settle(NOW + 0.1, lease, OVERLOADED)
    told = report(pool, NOW + 0.1)
    assert told.capacity is Capacity.PAUSED
    assert told.opens_at is not None
    assert told.opens_at > NOW + 0.1


def test_those_who_wait_are_counted() -> None:
    pool = pool_of("a", told=Limits(rpm=1))
    ask(pool)
    waits(pool, call())
    waits(pool, call())
    assert (report(pool).waiting, pool.waiting) == (2, 2)


def test_what_was_used_today_is_told_without_a_look_at_every_key() -> None:
    pool = pool_of("a", "b")
    ask(pool)
    ask(pool)
    assert used_today(pool.lane(MODEL), NOW) == 2
    assert used_today(pool.lane(MODEL), MIDNIGHT + 1) == 0


def test_when_nothing_is_left_is_told_by_the_pace() -> None:
    assert exhausted_at(NOW, 100, 2.0, MIDNIGHT) == NOW + 50
    assert exhausted_at(NOW, 0, 0.0, MIDNIGHT) == NOW
    assert exhausted_at(NOW, 100, 0.0, MIDNIGHT) is None
    assert exhausted_at(NOW, None, 2.0, MIDNIGHT) is None
    assert exhausted_at(NOW, 1_000_000, 2.0, MIDNIGHT) is None


def told(pool: KeyPool, name: str) -> list[KeyLane]:
    return key_lanes(pool, pool.keys[KeyId(name)], NOW)


def test_of_a_key_that_was_never_used_nothing_is_told() -> None:
    pool = pool_of("a")
    pool.lane(MODEL)
    assert told(pool, "a") == []


def test_a_key_is_told_what_its_project_has_left_of_each_model() -> None:
    pool = pool_of("a", told=Limits(rpm=2, rpd=10))
    lent(pool)
    assert told(pool, "a") == [
        KeyLane(
            MODEL,
            Standing.READY,
            0.0,
            None,
            Window(2, 1, 1),
            Window(None, 0, None),
            Window(10, 1, 9),
            Window(None, 0, None),
            MIDNIGHT,
        )
    ]


def test_a_model_that_rests_says_until_when_and_why() -> None:
    pool = pool_of("a")
    ends(pool, day(rpd=1), NOW, call())
    (lane,) = told(pool, "a")
    assert (lane.standing, lane.until, lane.cause, lane.day_requests.left) == (
        Standing.RESTING,
        MIDNIGHT,
        Cause.QUOTA_DAY,
        0,
    )
