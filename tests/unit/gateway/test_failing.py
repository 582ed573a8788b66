"""What fails, put together by what it came to."""

from gemini_balance.gateway.calls import FailureCount, Failures
from gemini_balance.gateway.failing import Concerned, Failing, FailureClass, failing

EARLY, LATE = "01a3b00000000001abcdef", "01a3b00000100001abcdef"
COUNTS = [
    FailureCount("upstream_error", "unreachable", "m", "a", 2, EARLY),
    FailureCount("upstream_timeout", "unreachable", "n", "b", 4, LATE),
    FailureCount("model_not_found", "", "typo", "", 2, EARLY),
    FailureCount("upstream_error", "answered", "m", "a", 1, EARLY),
    FailureCount("invalid_api_key", "", "", "", 1, EARLY),
]


def test_failures_are_told_by_what_the_last_attempt_came_to_else_by_how_the_call_ended() -> None:
    assert failing(Failures(COUNTS, 9.0)) == Failing(
        (
            FailureClass(
                "unreachable", 6, 0.6, LATE, Concerned((("n", 4), ("m", 2)), 2), Concerned((("b", 4), ("a", 2)), 2)
            ),
            FailureClass("model_not_found", 2, 0.2, EARLY, Concerned((("typo", 2),), 1), Concerned((), 0)),
            FailureClass("invalid_api_key", 1, 0.1, EARLY, Concerned((), 0), Concerned((), 0)),
            FailureClass("upstream_error", 1, 0.1, EARLY, Concerned((("m", 1),), 1), Concerned((("a", 1),), 1)),
        ),
        10,
        9.0,
    )


def test_the_request_id_tells_when_the_last_one_was() -> None:
    (one,) = failing(Failures([COUNTS[0]], 0.0)).classes
    assert one.last == int(EARLY[:11], 16) / 1000


def test_of_many_models_those_are_named_that_most_happened_to() -> None:
    many = [FailureCount("upstream_error", "cut", f"m{n}", "k", n + 1, EARLY) for n in range(9)]
    (one,) = failing(Failures(many, 0.0)).classes
    assert (one.models, one.keys) == (Concerned((("m8", 9), ("m7", 8), ("m6", 7)), 9), Concerned((("k", 45),), 1))


def test_where_nothing_failed_there_is_nothing() -> None:
    assert failing(Failures([], 3.0)) == Failing((), 0, 3.0)
