"""Every option has a field that fits it: what stands in it can be read again, and what is wrong with it is said."""

from __future__ import annotations

import pytest

from gemini_balance.console.pages.options.fields import (
    FIELDS,
    UNITS,
    Fault,
    Field,
    Kind,
    differences,
    empty,
    fault_of,
    read,
    text_of,
)
from gemini_balance.console.words import catalog
from gemini_balance.core.options import ROWS, OptionError, to_json

EXPECTED: dict[object, set[Kind]] = {
    bool: {Kind.SWITCH},
    int: {Kind.NUMBER},
    float: {Kind.NUMBER},
    str: {Kind.LINE},
    tuple[str, ...]: {Kind.LIST},
}
each_option = pytest.mark.parametrize("name", ROWS)
WRONG = {Kind.NUMBER: "much", Kind.JSON: '{"', Kind.CHOICE: "nonsense", Kind.LIST: '["'}


@each_option
def test_every_option_has_a_field_that_fits_its_type(name: str) -> None:
    assert FIELDS[name].kind in EXPECTED.get(ROWS[name].type, {Kind.CHOICE, Kind.JSON})
    assert FIELDS[name].secret is ROWS[name].secret


@each_option
def test_what_stands_in_a_field_is_read_as_what_it_stood_for(name: str) -> None:
    value = to_json(name, ROWS[name].default)
    assert read(name, text_of(name, value)) == value


@each_option
def test_every_option_says_in_every_language_what_would_be_right(name: str) -> None:
    assert {fault_of(name).message in catalog(language) for language in ("en", "zh")} == {True}


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.kind in WRONG])
def test_what_can_t_be_read_is_refused(name: str) -> None:
    with pytest.raises(OptionError):
        read(name, WRONG[FIELDS[name].kind])


def test_every_number_has_a_unit_and_nothing_else_has() -> None:
    named = [name for names in UNITS.values() for name in names]
    assert sorted(named) == sorted(name for name, field in FIELDS.items() if field.kind is Kind.NUMBER)


def test_choices_are_the_words_of_the_type() -> None:
    assert FIELDS["native_failover"] == Field(Kind.CHOICE, choices=("", "on", "off"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("patience", " 2.50 ", 2.5),
        ("journal_max_mb", "10,000", 10_000.0),
        ("max_retries", "7", 7),
        ("paid_models", "a\r\nb, c\n\nb", ["a", "b", "c"]),
        ("thinking_budget_map", "", {}),
        ("thinking_budget_map", '{"m": 5}', {"m": 5}),
        ("safety_settings", "", []),
        ("metrics_open", "on", True),
        ("metrics_open", "", False),
        ("create_image_model", " a ", "a"),
    ],
)
def test_what_is_typed_becomes_the_option_s_own_json(name: str, text: str, value: object) -> None:
    assert read(name, text) == value


@pytest.mark.parametrize("text", ["601", "-1", "nan", "inf", "1e999", "x", ""])
def test_a_number_out_of_its_range_is_refused(text: str) -> None:
    with pytest.raises(OptionError):
        read("patience", text)


def test_a_number_s_fault_names_its_bounds() -> None:
    assert fault_of("patience") == Fault("options.wrong_number", "0", "600")
    assert fault_of("journal_max_mb") == Fault("options.wrong_number", "1", "10,000,000")
    assert fault_of("max_retries") == Fault("options.wrong_whole", "0", "20")


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("patience", 20.0, 0.05, ("20", "0.05")),
        ("metrics_open", False, True, ("false", "true")),
        ("search_models", ["a", "b"], ["b", "c", "d"], ("a", "c, d")),
        ("thinking_budget_map", {}, {"m": 1}, ("{}", '{"m":1}')),
        ("create_image_model", "", "x" * 70, ("", "x" * 60 + "…")),
        ("alert_secret", "old", "new", ("…", "…")),
        ("custom_headers", {}, {"x-a": "secret"}, ("…", "…")),
    ],
)
def test_a_difference_is_short_and_shows_no_secret(name: str, before: object, after: object, told: object) -> None:
    assert differences(name, before, after) == told  # type: ignore[arg-type]  # JSON, all of them


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.secret])
def test_a_secret_never_stands_in_its_field_and_can_be_emptied(name: str) -> None:
    assert text_of(name, {"x-a": "hush"} if FIELDS[name].kind is Kind.JSON else "hush") == ""
    assert empty(name) == to_json(name, ROWS[name].default)
