"""The list of keys: what it is asked for, and what a row says."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from gemini_balance.console.forms import Form
from gemini_balance.console.pages.keys.asked import NONE, chosen_in, filter_of, query_of
from gemini_balance.console.pages.keys.checking import finding
from gemini_balance.console.pages.keys.editing import NotSo, edit_of, typed_of
from gemini_balance.console.pages.keys.past import DAY, DAYS, event, strips
from gemini_balance.console.pages.keys.rows import Left, Why, row, scarcest, why
from gemini_balance.console.pages.keys.table import orders
from gemini_balance.console.shapes import Meter
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.report import KeyLane, Standing, Window
from gemini_balance.gateway.calls import Sums
from gemini_balance.gateway.key_edits import UNSET, KeyEdit
from gemini_balance.gateway.key_views import KeyFilter, KeyState, KeyView
from gemini_balance.gateway.stores import Change, Origin, Subject, Tier

NOW = 1_800_000_000.0
UNKNOWN = Window(None, 3, None)
VIEW = KeyView(
    id="key-1",
    shown="…tR8w",
    upstream="gemini_api",
    label="main 04",
    project="amber",
    inferred="",
    tags=["blue"],
    notes="",
    weight=1,
    models=[],
    proxy="http://me:…@proxy.example:8080",
    tier=Tier.FREE,
    origin=Origin.OPERATOR,
    state=KeyState.READY,
    reason="",
    since=None,
    until=None,
    failures=0,
    in_flight=0,
    created=NOW,
    used=None,
)


def lane(model: str, day: Window = UNKNOWN, standing: Standing = Standing.READY, until: float = 0.0) -> KeyLane:
    return KeyLane(model, standing, until, None, UNKNOWN, UNKNOWN, day, UNKNOWN, NOW + DAY)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, KeyFilter()),
        ({"q": " tR8w ", "reason": "key_dead"}, KeyFilter(text="tR8w", reason="key_dead")),
        ({"state": "resting", "model": "m"}, KeyFilter(state=KeyState.COOLING, model="m")),
        ({"state": "made-up", "project": NONE, "tag": NONE}, KeyFilter(project="", tag="")),
        ({"project": "amber", "tag": "blue", "other": "x"}, KeyFilter(project="amber", tag="blue")),
    ],
)
def test_what_stands_in_the_url_is_a_filter(asked: dict[str, str], found: KeyFilter) -> None:
    assert filter_of(query_of(asked)) == found


def test_a_form_is_about_ticked_keys_or_about_everything_that_its_list_showed() -> None:
    form = Form({"where": ["state=invalid&sort=-calls&page=2"], "key": ["key-1", "key-2 key-3"]})
    ticked = chosen_in(form)
    assert ticked.filter == KeyFilter(ids=frozenset({"key-1", "key-2", "key-3"}))
    assert ticked.back == "/console/keys?state=invalid&sort=-calls&page=2"
    everything = chosen_in(Form({"where": ["state=invalid"], "key": ["key-1"], "everything": ["on"]}))
    assert everything.filter == KeyFilter(state=KeyState.INVALID)


def test_nothing_ticked_is_no_key_and_not_all_of_them() -> None:
    assert chosen_in(Form({})).filter == KeyFilter(ids=frozenset())


@pytest.mark.parametrize(
    ("told", "lanes", "found"),
    [
        ({}, [lane("m")], None),
        ({"state": KeyState.INVALID, "reason": "key_dead"}, [], Why("reason.key_dead")),
        ({"state": KeyState.INVALID, "reason": "upstream_broken"}, [], Why("reason.failures")),
        ({"state": KeyState.DISABLED, "reason": "unlisted"}, [], Why("keys.why_unlisted")),
        ({"state": KeyState.PROBING}, [], Why("keys.why_probing")),
        ({}, [lane("m", standing=Standing.RESTING, until=9.0)], Why("keys.why_rests", "m", 9.0)),
        (
            {},
            [lane("n", standing=Standing.RESTING, until=9.0), lane("m", standing=Standing.RESTING, until=5.0)],
            Why("keys.why_rest", "m", 5.0, 1),
        ),
    ],
)
def test_a_row_says_why_a_key_does_not_serve_everything(
    told: dict[str, Any], lanes: list[KeyLane], found: Why | None
) -> None:
    assert why(replace(VIEW, **told), lanes) == found


def test_the_model_with_the_least_left_is_shown_and_what_a_project_may_not_use_is_not() -> None:
    lanes = [
        lane("much", Window(1000, 1, 999)),
        lane("little", Window(20, 16, 4)),
        lane("unknown"),
        lane("never", Window(0, 0, 0), Standing.BARRED),
    ]
    assert scarcest(lanes) == Left("little", 4, 20, 16, Meter(20.0), "")
    assert scarcest([lane("unknown")]) == Left("unknown", None, None, 3, None, "")
    assert scarcest([lane("spent", Window(20, 20, 0))]) == Left("spent", 0, 20, 20, Meter(0.0), "wait")
    assert scarcest([]) is None


def test_a_filter_by_model_shows_that_model_s_quota() -> None:
    lanes = [lane("much", Window(1000, 1, 999)), lane("little", Window(20, 16, 4))]
    drawn = row(VIEW, lanes, {"key-1": Sums(name="key-1", count=7, errors=2)}, "much")
    assert drawn.left is not None
    assert (drawn.left.model, drawn.calls, drawn.errors, drawn.until) == ("much", 7, 2, 0.0)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "abc"),
        ("label", "bca"),
        ("-label", "acb"),
        ("state", "bca"),
        ("-calls", "cab"),
        ("used", "acb"),
        ("made-up", "abc"),
    ],
)
def test_keys_are_sorted_by_what_a_column_shows(sort: str, order: str) -> None:
    views = [
        replace(VIEW, id="a", label="Zoo", state=KeyState.INVALID),
        replace(VIEW, id="b", label="alpha", used=9.0),
        replace(VIEW, id="c", label="Beta", state=KeyState.COOLING, used=5.0),
    ]
    way = orders({"c": Sums(count=4)}).get(sort.removeprefix("-"), lambda _: 0)
    assert "".join(view.id for view in sorted(views, key=way, reverse=sort.startswith("-"))) == order


def form(**fields: str) -> Form:
    typed = typed_of(VIEW)
    told = {name: getattr(typed, name) for name in typed.__slots__}
    return Form({name: [value] for name, value in (told | fields).items()})


def test_what_is_not_touched_stays_a_proxy_s_password_above_all() -> None:
    edit = edit_of(form(label=" new ", tags="blue, red"), VIEW)
    assert edit == KeyEdit(
        label="new", tags=frozenset({"blue", "red"}), notes="", weight=1, models=frozenset(), tier=Tier.FREE
    )
    assert (edit.proxy, edit.project) == (UNSET, UNSET)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"weight": "0"}, {"weight": "key.weight_wrong"}),
        ({"weight": "1001", "label": "x" * 501}, {"label": "key.too_long", "weight": "key.weight_wrong"}),
        ({"tags": "a;b", "models": "c|d"}, {"tags": "key.word_wrong", "models": "key.word_wrong"}),
        ({"proxy": "ftp://x"}, {"proxy": "key.proxy_wrong"}),
        ({"notes": "x" * 10_001}, {"notes": "key.notes_too_long"}),
    ],
)
def test_each_field_has_its_own_error(fields: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(NotSo) as told:
        edit_of(form(**fields), VIEW)
    assert told.value.fields == wrong


def test_every_cause_that_a_check_may_find_has_its_sentence() -> None:
    assert {cause: finding(cause)[0] for cause in (Cause.KEY_DEAD, Cause.QUOTA_DAY, Cause.UNKNOWN)} == {
        Cause.KEY_DEAD: "check.key_dead",
        Cause.QUOTA_DAY: "check.quota",
        Cause.UNKNOWN: "check.other",
    }


def test_days_are_told_by_model_and_days_without_calls_are_gaps() -> None:
    first = 1000 * DAY
    sums = [
        Sums(at=first, name="m", count=4),
        Sums(at=first + DAY, name="m", count=4, errors=1),
        Sums(at=first + 2 * DAY, name="m", count=4, errors=3),
        Sums(at=first, name="n", count=50),
    ]
    busy, other = strips(sums, first)
    assert (busy.model, busy.calls, other.model, other.calls, other.errors) == ("n", 50, "m", 12, 4)
    assert other.days == ("ok", "wait", "bad", *["none"] * (DAYS - 3))


def test_a_change_says_what_was_before_and_after() -> None:
    change = Change(
        at=NOW,
        who="operator",
        subject=Subject.KEY,
        target="key-1",
        action="set",
        before='{"tags": ["a", "b"], "weight": 1}',
        after='{"tags": [], "weight": 2}',
    )
    told = event(change)
    assert told.action == "key.did_set"
    assert [(one.name, one.before, one.after) for one in told.fields] == [
        ("key.tags", "a b", ""),
        ("key.weight", "1", "2"),
    ]
    odd = event(replace(change, action="new", before="[", after='"2 new"'))
    assert (odd.action, odd.fields) == ("key.did_other", ())
