"""The oracle's queue."""

from bench.balance.desk import Case
from bench.balance.line import Queue
from tests.unit.bench.balance.stage import call


def waiting(number: int, client: str, tokens: int = 100) -> Case:
    return Case(call(number, tokens=tokens)._replace(client=client), rank=float(number), waits=True)


def taken(queue: Queue, most: float, times: int) -> list[int]:
    return [case.call.id for _ in range(times) if (case := queue.take(most)) is not None]


def test_callers_take_turns_and_each_ones_calls_come_in_order() -> None:
    queue = Queue()
    for number, client in enumerate(["app", "app", "app", "team"]):
        queue.add(waiting(number, client))
    assert taken(queue, 1e9, times=5) == [0, 3, 1, 2]
    assert not queue


def test_a_call_too_big_for_any_room_lets_others_pass() -> None:
    queue = Queue()
    queue.add(waiting(1, "app", tokens=5_000))
    queue.add(waiting(2, "app"))
    queue.add(waiting(3, "team"))
    assert taken(queue, 1_000, times=3) == [2, 3]
    assert taken(queue, 9_000, times=1) == [1]


def test_one_whose_attempt_failed_stands_at_the_head_of_its_callers_line() -> None:
    queue = Queue()
    queue.add(waiting(5, "app"))
    queue.add(waiting(1, "app"), first=True)
    assert taken(queue, 1e9, times=2) == [1, 5]


def test_those_who_left_are_passed_over() -> None:
    queue, gone = Queue(), waiting(1, "app")
    queue.add(gone)
    queue.add(waiting(2, "team"))
    gone.waits = False
    assert taken(queue, 1e9, times=2) == [2]
    assert not queue
