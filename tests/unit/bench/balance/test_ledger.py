"""The judge: what counts as good, and which calls to useless keys are excused."""

import pytest

from bench.balance.clock import START
from bench.balance.figures import Figures
from bench.balance.fleet import Key, Project
from bench.balance.ledger import DAY, Ending, Ledger
from bench.balance.scenario import USUAL
from bench.balance.world import Answer, Verdict
from tests.unit.bench.balance.stage import call

CALLS = [call(0, at=10.0), call(1, at=400.0), call(2, at=401.0), call(3, at=402.0), call(4, at=330.0)]
WELL, DEAD = Key("k0", Project("p0", {})), Key("k1", Project("p1", {}), dead=True)


def ledger() -> Ledger:
    return Ledger(CALLS, USUAL)


def test_calls_are_summed_by_the_time_of_their_arrival() -> None:
    book = ledger()
    for number, trips in ((0, 2), (1, 1), (2, 3), (3, 1), (4, 2)):
        for _ in range(trips):
            book.sent(CALLS[number], WELL, CALLS[number].at)
    for number in (0, 1, 4):
        book.handed_over(CALLS[number], Answer(Verdict.WHOLE))
    book.ended(CALLS[2], Ending.REFUSED)
    book.ended(CALLS[3], Ending.TOLD)
    assert book.figures() == Figures(
        offered=3.5, good=1.5, told=1.0, refused=1.0, trips=6.0, cold_good=1.0, cold_trips=2.0
    )


def test_what_looks_whole_and_is_not_is_silent() -> None:
    book = ledger()
    for one in CALLS:
        book.handed_over(one, Answer(Verdict.CUT_LATE))
    assert (book.figures().silent, book.figures().good) == (5, 0.0)


def test_a_call_that_was_forgotten_is_found() -> None:
    with pytest.raises(AssertionError, match="forgotten"):
        ledger().figures()


def test_calls_to_a_dead_key_are_excused_until_its_refusal_is_known() -> None:
    book = ended()
    for seconds in (0.0, 0.1, 0.2):
        book.sent(CALLS[0], DEAD, START + seconds)
    book.answered(DEAD, START + 0.3)
    assert book.figures().dead_calls_a_day == 3
    book.sent(CALLS[1], DEAD, START + 10.0)
    assert book.figures().dead_calls_a_day == pytest.approx(3 + DAY / USUAL.stop)


def test_figures_add_up_and_keep_the_worst_key() -> None:
    one, other = Figures(offered=1.0, good=1.0, dead_calls_a_day=3.0), Figures(offered=2.0, dead_calls_a_day=5.0)
    assert one + other == Figures(offered=3.0, good=1.0, dead_calls_a_day=5.0)


def ended() -> Ledger:
    book = ledger()
    for one in CALLS:
        book.ended(one, Ending.REFUSED)
    return book
