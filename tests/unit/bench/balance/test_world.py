"""What the upstream answers, whole."""

import pytest

from bench.balance.fleet import Trouble
from bench.balance.scenario import Faults, Outage
from bench.balance.windows import Kind, Quota
from bench.balance.world import Answer, Verdict
from tests.unit.bench.balance.stage import Asker, scenario

WHOLE = Answer(Verdict.WHOLE)
TWO = Quota(rpm=2, tpm=1_000)


def test_within_the_limit_answers_are_whole() -> None:
    asker = Asker(scenario(TWO))
    asker.ask(1.0)
    asker.ask(2.0)
    assert asker.all_answers() == [WHOLE, WHOLE]


def test_a_full_minute_is_refused_with_the_limit_and_the_true_delay() -> None:
    asker = Asker(scenario(TWO))
    for seconds in (1.0, 2.0, 11.0):
        asker.ask(seconds)
    (refusal,) = (answer for answer in asker.all_answers() if answer.verdict is Verdict.MINUTE)
    assert refusal._replace(retry_after=None) == Answer(Verdict.MINUTE, None, ((Kind.RPM, 2),))
    assert refusal.retry_after == pytest.approx(50.0)


def test_a_refused_call_does_not_count() -> None:
    asker = Asker(scenario(TWO))
    for seconds in (1.0, 2.0, 30.0, 61.1, 62.1, 62.2):
        asker.ask(seconds)
    assert [answer.verdict for answer in asker.all_answers()].count(Verdict.WHOLE) == 4


def test_a_spent_day_names_a_few_misleading_seconds() -> None:
    asker = Asker(scenario(Quota(rpm=2, rpd=20)))
    asker.project.trouble = Trouble.SPENT
    spent = Asker(scenario(Quota(rpm=2, rpd=20)), asker.fleet)
    spent.ask(1.0)
    (answer,) = spent.all_answers()
    assert (answer.verdict, answer.limits) == (Verdict.DAY, ((Kind.RPD, 20),))
    assert answer.retry_after is not None
    assert 4.0 <= answer.retry_after <= 31.0


def test_a_speechless_project_names_nothing() -> None:
    asker = Asker(scenario(Quota(rpm=1)))
    asker.project.trouble = Trouble.UNKNOWN
    asker.ask(1.0)
    asker.ask(2.0)
    assert asker.all_answers() == [Answer(Verdict.UNKNOWN), WHOLE]


def test_a_dead_key_and_a_suspended_project_refuse_without_counting() -> None:
    asker = Asker(scenario(Quota(rpm=1)))
    asker.key.dead = True
    asker.ask(1.0)
    asker.clock.run(asker.clock.now + 5.0)
    asker.key.dead, asker.project.trouble = False, Trouble.SUSPENDED
    asker.ask(6.0)
    assert asker.all_answers() == [Answer(Verdict.DEAD), Answer(Verdict.SUSPENDED, consumer=asker.project.name)]


def test_an_outage_refuses_without_counting_and_ends() -> None:
    asker = Asker(scenario(TWO, outages=(Outage(0, 30, 1.0),)))
    for seconds in (1.0, 2.0, 3.0, 29.9, 30.0, 31.0):
        asker.ask(seconds)
    assert asker.all_answers() == [Answer(Verdict.OVERLOADED)] * 4 + [WHOLE] * 2


@pytest.mark.parametrize(
    ("faults", "verdict", "counts"),
    [
        (Faults(broken=1.0), Verdict.BROKEN, False),
        (Faults(broken=0.0, empty=1.0), Verdict.EMPTY, True),
        (Faults(broken=0.0, empty=0.0, cut_early=1.0), Verdict.CUT_EARLY, True),
        (Faults(broken=0.0, empty=0.0, cut_early=0.0, cut_late=1.0), Verdict.CUT_LATE, True),
    ],
)
def test_what_was_served_counts_and_a_500_does_not(faults: Faults, verdict: Verdict, counts: bool) -> None:
    asker = Asker(scenario(Quota(rpm=1), faults=faults))
    asker.ask(1.0)
    asker.ask(2.0)
    verdicts = {answer.verdict for answer in asker.all_answers()}
    assert verdicts == ({verdict, Verdict.MINUTE} if counts else {verdict})
