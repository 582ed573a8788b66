"""Whether to try again: a table of histories."""

import pytest

from gemini_balance.core.attempts import STOP, Attempt, Decision, RetryPolicy, TryAgain, decide
from gemini_balance.core.outcome import BLAME, Blame, Cause, Outcome
from gemini_balance.core.pool import KeyId

POLICY = RetryPolicy(max_retries=3, max_attempts=6)
RETRIED = {
    *(Cause.KEY_DEAD, Cause.KEY_REFUSED, Cause.PROJECT_BLOCKED, Cause.PROJECT_UNPAID),
    *(Cause.QUOTA_MINUTE, Cause.QUOTA_DAY, Cause.QUOTA_UNKNOWN, Cause.QUOTA_NONE, Cause.MODEL_NOT_OFFERED),
    Cause.PAID_ONLY,
    *(Cause.SHARED_CAPACITY, Cause.MODEL_OVERLOADED, Cause.UPSTREAM_BROKEN, Cause.UPSTREAM_SLOW, Cause.UNREACHABLE),
    *(Cause.CUT, Cause.EMPTY, Cause.THOUGHTS_ONLY, Cause.MALFORMED_CALL, Cause.UNKNOWN),
}


def after(*causes: Cause, committed: bool = False) -> Decision:
    """The decision after these failures, on the keys a, b, c…, the last one seen by the caller or not."""
    history = [Attempt(KeyId("abcdefghij"[number]), Outcome(cause)) for number, cause in enumerate(causes)]
    history[-1] = Attempt(history[-1].key, history[-1].outcome, committed)
    return decide(POLICY, history, lambda: 0.5)


def again(keys: str, delay: float = 0.0) -> TryAgain:
    return TryAgain(frozenset(KeyId(key) for key in keys), delay)


@pytest.mark.parametrize("cause", list(Cause), ids=str)
def test_a_first_failure_is_replaced_where_another_key_may_help(cause: Cause) -> None:
    delay = 0.4 if BLAME[cause] is Blame.CAPACITY else 0.0
    assert after(cause) == (again("a", delay) if cause in RETRIED else STOP)


@pytest.mark.parametrize("cause", list(Cause), ids=str)
def test_what_the_caller_has_seen_is_never_replaced(cause: Cause) -> None:
    assert after(cause, committed=True) == STOP


BROKEN, SLOW, EMPTY, DEAD, QUOTA, BUSY = (
    *(Cause.UPSTREAM_BROKEN, Cause.UPSTREAM_SLOW, Cause.EMPTY),
    *(Cause.KEY_DEAD, Cause.QUOTA_DAY, Cause.MODEL_OVERLOADED),
)


@pytest.mark.parametrize(
    ("causes", "decision"),
    [
        pytest.param([BROKEN] * 3, again("abc"), id="three failures are within the retries"),
        pytest.param([BROKEN] * 4, STOP, id="the fourth is not"),
        pytest.param([DEAD] * 5, again("abcde"), id="dead keys don't count"),
        pytest.param([DEAD] * 6, STOP, id="but everything is bounded"),
        pytest.param([QUOTA, BROKEN, BROKEN, BROKEN], again("abcd"), id="nor do spent ones"),
        pytest.param([BROKEN, BROKEN, BROKEN, QUOTA, BROKEN], STOP, id="a spent key in between resets nothing"),
        pytest.param([SLOW, SLOW], STOP, id="slow twice"),
        pytest.param([EMPTY, EMPTY], STOP, id="empty twice"),
        pytest.param([EMPTY, BROKEN, EMPTY], STOP, id="empty twice, with another failure in between"),
        pytest.param([EMPTY, Cause.THOUGHTS_ONLY], again("ab"), id="empty, then only thoughts"),
        pytest.param([BUSY, BUSY], again("ab", 0.8), id="an overloaded model is given time"),
        pytest.param([BUSY, BUSY, BUSY], again("abc", 1.6), id="and twice as much the next time"),
        pytest.param([BUSY, BROKEN], again("ab"), id="but not after a failure of another kind"),
        pytest.param([BUSY, BROKEN, BUSY], again("abc", 0.8), id="which doesn't count for it"),
        pytest.param([BUSY] * 4, STOP, id="within the retries"),
        pytest.param([BROKEN, Cause.BAD_REQUEST], STOP, id="the caller's own fault ends it"),
    ],
)
def test_a_history_decides(causes: list[Cause], decision: Decision) -> None:
    assert after(*causes) == decision


def test_no_retries_still_replaces_a_dead_key() -> None:
    policy = RetryPolicy(max_retries=0)
    dead, broken = (Attempt(KeyId("a"), Outcome(cause)) for cause in (DEAD, BROKEN))
    assert [decide(policy, [dead], lambda: 0.0), decide(policy, [broken], lambda: 0.0)] == [again("a"), STOP]


@pytest.mark.parametrize(("dice", "times", "delay"), [(0.0, 1, 0.2), (0.5, 1, 0.4), (0.0, 5, 3.2), (1.0, 9, 4.0)])
def test_the_delay_is_by_chance_and_bounded(dice: float, times: int, delay: float) -> None:
    history = [Attempt(KeyId("a"), Outcome(BUSY))] * times
    assert decide(RetryPolicy(max_retries=10), history, lambda: dice) == again("a", delay)


def test_every_cause_has_one_party_to_blame() -> None:
    assert set(BLAME) == set(Cause)
    assert set(BLAME.values()) == set(Blame)
