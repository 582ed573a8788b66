"""When something is told, when it is told again, and when it is over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.alert_kinds import Kind, known_kinds
from gemini_balance.core.alerts import CALM, FORMATS, HOLDS_FOR, QUIET, Alert, Terms, Watch, told_as
from gemini_balance.core.outcome import Cause
from gemini_balance.core.readings import PoolReading, Readings

if TYPE_CHECKING:
    from collections.abc import Iterable

TERMS = Terms()


def pool(ready: int, invalid: int = 0, **fields: object) -> PoolReading:
    dead = {f"key-{number}": "key_dead" for number in range(invalid)}
    return PoolReading("gemini_api", {"ready": ready, "invalid": invalid}, dead, **fields)  # type: ignore[arg-type]  # each test names fields of its own


def at(second: float, *pools: PoolReading, **fields: object) -> Readings:
    return Readings(second, pools=pools, **fields)  # type: ignore[arg-type]


def told(watch: Watch, readings: Iterable[Readings], terms: Terms = TERMS) -> list[tuple[float, Kind, bool]]:
    return [(alert.at, alert.kind, alert.holds) for one in readings for alert in watch.look(one, terms)]


def test_a_healthy_gateway_tells_nothing() -> None:
    assert told(Watch(), (at(second, pool(10)) for second in range(0, 1000, 10))) == []


def test_an_empty_pool_is_nothing_to_tell() -> None:
    assert told(Watch(), (at(second, pool(0)) for second in range(0, 1000, 10))) == []


def test_a_pool_that_is_dead_is_told_at_once_and_once() -> None:
    assert told(Watch(), (at(second, pool(0, 3)) for second in range(0, 1000, 10))) == [(0, Kind.POOL_DEAD, True)]


@pytest.mark.parametrize(
    ("kind", "reading"),
    [
        (Kind.POOL_LOW, {"pools": (pool(1, 9),)}),
        (Kind.MODEL_OVERLOADED, {"pools": (pool(9, paused=frozenset({"gemini-pro"})),)}),
        (Kind.DATABASE_AWAY, {"database_away": True}),
        (Kind.QUOTA_EXHAUSTED, {"exhausted": {"gemini-pro": 5000.0}}),
    ],
)
def test_a_condition_is_told_once_it_holds_for_a_while_and_once_more_when_it_is_over(
    kind: Kind, reading: dict[str, object]
) -> None:
    holds = [Readings(second, **reading) for second in range(0, 1000, 10)]  # type: ignore[arg-type]
    over = [at(second, pool(10)) for second in range(1000, 2000, 10)]
    assert told(Watch(), [*holds, *over]) == [(HOLDS_FOR[kind], kind, True), (990 + CALM, kind, False)]


def test_a_condition_that_comes_and_goes_quickly_is_not_told() -> None:
    readings = [at(second, database_away=second % 20 == 0) for second in range(0, 1000, 10)]
    assert told(Watch(), readings) == []


def test_a_condition_that_flickers_after_it_was_told_is_not_told_again() -> None:
    holds = [at(second, database_away=True) for second in range(0, 100, 10)]
    flickers = [at(second, database_away=second % 30 == 0) for second in range(100, 1000, 10)]
    assert told(Watch(), [*holds, *flickers]) == [(30, Kind.DATABASE_AWAY, True)]


def test_a_pool_at_the_limit_must_get_well_above_it() -> None:
    readings = [at(0, pool(1, 9)), at(40, pool(1, 9))]
    swings = [at(second, pool(20 if second % 20 else 24, 100 - 24)) for second in range(50, 1000, 10)]
    well = [at(second, pool(30, 70)) for second in range(1000, 1200, 10)]
    assert [
        (when, holds) for when, kind, holds in told(Watch(), readings + swings + well) if kind == Kind.POOL_LOW
    ] == [
        (40, True),
        (1050, False),
    ]


def test_what_still_holds_is_told_again_only_where_that_is_asked_for() -> None:
    readings = [at(second, pool(0, 3)) for second in range(0, 7200, 10)]
    assert [when for when, _, _ in told(Watch(), readings, Terms(repeat=3600.0))] == [0, 3600]


def test_keys_that_die_are_gathered_and_told_together() -> None:
    watch, alerts = Watch(), []
    for second in range(0, 1000, 10):
        alerts += watch.look(at(second, pool(100, second // 10)), TERMS)
    dead = [alert for alert in alerts if alert.kind is Kind.KEY_DEAD]
    assert [alert.at for alert in dead] == [10, 10 + QUIET, 10 + 2 * QUIET, 10 + 3 * QUIET]
    assert dead[0].message.startswith("1 key(s) died: key-0 (not valid).")
    assert "and 25 more" in dead[1].message
    assert dead[0].facts["keys"] == {"key-0": "key_dead"}
    assert dead[1].facts["keys"] == {f"key-{n}": "key_dead" for n in range(1, 6)}


@pytest.mark.parametrize(
    ("cause", "said"), [(Cause.PROJECT_UNPAID, "its project has not paid"), ("", "too many failures")]
)
def test_why_a_key_died_is_told_in_words(cause: str, said: str) -> None:
    watch = Watch()
    watch.look(at(0, pool(9)), TERMS)
    (alert,) = watch.look(at(10, PoolReading("gemini_api", {"ready": 9, "invalid": 1}, {"k": str(cause)})), TERMS)
    assert alert.message.startswith(f"1 key(s) died: k ({said}). ")


def test_keys_that_were_dead_before_the_start_are_not_told() -> None:
    assert told(Watch(), [at(0, pool(9, 1)), at(10, pool(9, 1))]) == []


def test_records_that_are_lost_and_answers_that_nothing_names_are_told() -> None:
    before = at(0, pool(9, unknown={418: 1}), lost=2)
    after = at(10, pool(9, unknown={418: 2, 500: 1}), lost=3)
    watch = Watch()
    watch.look(before, TERMS)
    assert [(alert.kind, alert.message) for alert in watch.look(after, TERMS)] == [
        (Kind.JOURNAL_LOSING, "The journal loses records of calls (3 so far): its database is slow or away."),
        (Kind.UNKNOWN_ANSWERS, "Google gave errors that no rule names, with status 418, 500. Please report them."),
    ]


def test_only_kinds_that_are_asked_for_are_told() -> None:
    readings = [at(second, pool(0, 3), database_away=True) for second in range(0, 100, 10)]
    terms = Terms(kinds=frozenset({Kind.DATABASE_AWAY}))
    assert told(Watch(), readings, terms) == [(30, Kind.DATABASE_AWAY, True)]


def test_which_kinds_hold_can_be_read_off() -> None:
    watch = Watch()
    watch.look(at(0, pool(0, 3)), TERMS)
    assert dict(watch.holding()) == {kind.value: kind is Kind.POOL_DEAD for kind in HOLDS_FOR}


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match="'keydead' is no kind of alert; there are key_dead"):
        known_kinds(["key_dead", "keydead"])


ALERT = Alert(at=1.5, kind=Kind.POOL_LOW, subject="gemini_api", message='"few" keys')


def test_a_post_is_the_alert_as_json() -> None:
    expected = {"at": 1.5, "kind": "pool_low", "subject": "gemini_api", "message": '"few" keys', "holds": True} | {
        "facts": {}
    }
    assert json.loads(told_as(ALERT, "json")) == expected


def test_each_chat_gets_the_text_where_it_looks_for_it() -> None:
    text = 'Gemini Balance: "few" keys'
    assert {form: json.loads(told_as(ALERT, form)) for form in FORMATS} == {
        "slack": {"text": text},
        "discord": {"content": text},
        "feishu": {"msg_type": "text", "content": {"text": text}},
        "dingtalk": {"msgtype": "text", "text": {"content": text}},
    }
