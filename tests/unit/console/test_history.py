"""Who changed what, as it is shown."""

from __future__ import annotations

from datetime import UTC

from gemini_balance.console.history import Entry, Step, entry_of, entry_of_fields
from gemini_balance.console.words import Words
from gemini_balance.gateway.stores import Change, Subject

AT = 1_795_329_127.0
WORDS = Words("en", UTC, AT)
NAMES = {"name": "tokens.name", "rpm": "tokens.rpm", "expires": "tokens.expires"}


def _change(before: str | None, after: str | None, who: str = "operator", action: str = "set") -> Change:
    return Change(at=AT, who=who, subject=Subject.OPTION, target="x", action=action, before=before, after=after)


def test_a_change_of_one_value_is_one_step() -> None:
    told = Entry(AT, "history.operator", "history.set", "MAX_RETRIES", (Step("", "3", "1,000"),))
    assert entry_of(_change("3", "1000"), "MAX_RETRIES") == told


def test_values_are_short_and_lists_are_names() -> None:
    step = entry_of(_change('["a","b"]', f'"{"x" * 300}"'), "").steps[0]
    assert (step.before, step.after) == ("a, b", "x" * 200 + "…")


def test_who_or_what_we_don_t_know_is_told_as_it_is() -> None:
    entry = entry_of(_change(None, None, "<b>Ada</b>", "rotate"), "x")
    assert (entry.who, entry.who_known, entry.action, entry.action_known, entry.steps) == (
        *("<b>Ada</b>", False, "rotate", False),
        (),
    )


def test_a_change_of_several_fields_has_a_step_for_each_that_differs() -> None:
    change = _change('{"rpm": 0, "name": "a"}', f'{{"rpm": 60, "name": "a", "expires": {AT}}}', action="change")
    assert entry_of_fields(change, "a", NAMES, WORDS).steps == (
        Step("tokens.rpm", "0", "60"),
        Step("tokens.expires", "", "06:32"),
    )


def test_what_is_no_json_is_shown_as_text() -> None:
    assert entry_of(_change("{", "3"), "x").steps == (Step("", "{", "3"),)
