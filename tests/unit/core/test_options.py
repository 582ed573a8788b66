"""The table of runtime options, read from names and text."""

import dataclasses
from contextlib import suppress
from typing import Literal, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.options import (
    OPTION_TITLES,
    ROWS,
    TITLES,
    Group,
    Json,
    OptionError,
    Options,
    Quota,
    Row,
    from_json,
    from_text,
    names_in,
    options_from,
    row_of,
    to_json,
)
from gemini_balance.core.options.kinds import HeaderLine


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("MAX_RETRIES", "0", {"max_retries": 0}),
        ("MAX_RETRIES", " 20 ", {"max_retries": 20}),
        ("MAX_FAILURES", "7", {"max_failures": 7}),
        ("TIME_OUT", "1", {"time_out": 1.0}),
        ("TIME_OUT", "12.5", {"time_out": 12.5}),
        ("HEARTBEAT_AFTER", "0.05", {"heartbeat_after": 0.05}),
        ("MAX_BODY_MB", "0.5", {"max_body_mb": 0.5}),
        ("SEARCH_MODELS", '["a", "b"]', {"search_models": ("a", "b")}),
        ("SEARCH_MODELS", " a, b\nc,, ", {"search_models": ("a", "b", "c")}),
        ("SEARCH_MODELS", "", {"search_models": ()}),
        ("SHOW_THINKING_PROCESS", "TRUE", {"show_thinking_process": True}),
        ("SHOW_THINKING_PROCESS", "off", {"show_thinking_process": False}),
        ("ALLOWED_ORIGINS", "https://a.example", {"allowed_origins": ("https://a.example",)}),
        ("NATIVE_FAILOVER", "On", {"native_failover": "on"}),
        ("IMAGE_MODELS", "a", {"image_models": ("a",)}),
        ("NO_SAMPLING_MODELS", "", {"no_sampling_models": ()}),
        ("THINKING_BUDGET_MAP", '{"a": 0, "b": -1}', {"thinking_budget_map": (("a", 0), ("b", -1))}),
        ("THINKING_BUDGET_MAP", "", {"thinking_budget_map": ()}),
        ("SAFETY_SETTINGS", '[{"category": "C", "threshold": "OFF"}]', {"safety_settings": (("C", "OFF"),)}),
        ("SAFETY_SETTINGS", "", {"safety_settings": ()}),
        ("TOOLS_CODE_EXECUTION_ENABLED", "true", {"tools_code_execution_enabled": True}),
        ("URL_CONTEXT_ENABLED", "1", {"url_context_enabled": True}),
        ("PATIENCE", "0", {"patience": 0.0}),
        ("CHECK_INTERVAL_HOURS", "0.5", {"check_interval_hours": 0.5}),
        ("PAID_MODELS", "a,b", {"paid_models": ("a", "b")}),
        ("ROUTE_HEADER", "on", {"route_header": True}),
        ("QUOTA_LIMITS", "", {"quota_limits": ()}),
        (
            "QUOTA_LIMITS",
            '{"a": {"rpm": 5}, "p/a": {"tpm": 7, "rpd": 9}}',
            {"quota_limits": (("a", Quota(rpm=5)), ("p/a", Quota(tpm=7, rpd=9)))},
        ),
        ("NO_OPTION", "x", {}),
    ],
)
def test_a_good_value_is_taken(name: str, text: str, changed: dict[str, object]) -> None:
    assert options_from({name: text}) == dataclasses.replace(Options(), **changed)  # type: ignore[arg-type]  # a row each


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("MAX_RETRIES", "21", "MAX_RETRIES must be between 0 and 20, not 21."),
        ("MAX_RETRIES", "-1", "MAX_RETRIES must be between 0 and 20, not -1."),
        ("MAX_RETRIES", "2.5", "MAX_RETRIES: '2.5' is not a whole number."),
        ("MAX_RETRIES", "", "MAX_RETRIES: '' is not a whole number."),
        ("MAX_FAILURES", "1001", "MAX_FAILURES must be between 0 and 1000, not 1001."),
        ("TIME_OUT", "soon", "TIME_OUT: 'soon' is not a number."),
        ("TIME_OUT", "0.5", "TIME_OUT must be between 1 and 3600, not 0.5."),
        ("TIME_OUT", "nan", "TIME_OUT must be between 1 and 3600, not nan."),
        ("TIME_OUT", "inf", "TIME_OUT must be between 1 and 3600, not inf."),
        ("HEARTBEAT_AFTER", "0", "HEARTBEAT_AFTER must be between 0.05 and 300, not 0.0."),
        ("MAX_BODY_MB", "2001", "MAX_BODY_MB must be between 0.001 and 2000, not 2001.0."),
        ("SHOW_THINKING_PROCESS", "maybe", "SHOW_THINKING_PROCESS: 'maybe' is not true or false."),
        ("SEARCH_MODELS", '["a"', "SEARCH_MODELS: '[\"a\"' is not a JSON list of strings."),
        ("SEARCH_MODELS", "[1]", "SEARCH_MODELS: '[1]' is not a JSON list of strings."),
        ("THINKING_BUDGET_MAP", "[1]", "THINKING_BUDGET_MAP: '[1]' is not a JSON object of whole numbers."),
        ("PATIENCE", "601", "PATIENCE must be between 0 and 600, not 601.0."),
        *(
            ("QUOTA_LIMITS", text, f"QUOTA_LIMITS: {text!r} is not a JSON object of objects with rpm, tpm or rpd.")
            for text in ('{"a": 5}', '{"a": {"rps": 5}}', '{"a": {"rpm": 0}}')
        ),
        (
            "SAFETY_SETTINGS",
            '[{"category": 1}]',
            "SAFETY_SETTINGS: '[{\"category\": 1}]' is not a JSON list of objects with category and threshold.",
        ),
        ("NATIVE_FAILOVER", "sometimes", "NATIVE_FAILOVER: 'sometimes' is not on, off or empty."),
    ],
)
def test_a_bad_value_is_refused_by_its_name(name: str, text: str, sentence: str) -> None:
    with pytest.raises(OptionError) as refused:
        options_from({name: text})
    assert str(refused.value) == sentence


EXAMPLES: dict[str, tuple[object, Json]] = {
    "max_retries": (7, 7),
    "patience": (2.5, 2.5),
    "route_header": (True, True),
    "create_image_model": ("m", "m"),
    "thinking_style": ("think", "think"),
    "native_failover": ("on", "on"),
    "search_models": (("a", "b"), ["a", "b"]),
    "thinking_budget_map": ((("a", 0), ("b", -1)), {"a": 0, "b": -1}),
    "quota_limits": ((("a", Quota(rpm=5)), ("p/a", Quota(tpm=7))), {"a": {"rpm": 5}, "p/a": {"tpm": 7}}),
    "safety_settings": ((("C", "OFF"),), [{"category": "C", "threshold": "OFF"}]),
    "custom_headers": ((HeaderLine("X-Team", "blue"),), {"X-Team": "blue"}),
}
"""A value of every type, and its JSON."""


@pytest.mark.parametrize(("name", "value", "json"), [(name, *pair) for name, pair in EXAMPLES.items()])
def test_a_value_goes_to_json_and_back(name: str, value: object, json: Json) -> None:
    assert (to_json(name, value), from_json(name, json)) == (json, value)


def test_there_is_an_example_of_every_type() -> None:
    types = {str(row.type) for row in ROWS.values() if get_origin(row.type) is not Literal}
    assert types <= {str(ROWS[name].type) for name in EXAMPLES}


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_every_default_goes_to_json_and_back(row: Row) -> None:
    assert from_json(row.name, to_json(row.name, row.default)) == row.default


@pytest.mark.parametrize(
    ("name", "json", "sentence"),
    [
        ("max_retries", 21, "MAX_RETRIES must be between 0 and 20, not 21."),
        ("max_retries", "3", 'MAX_RETRIES: "3" is not a whole number.'),
        ("max_retries", True, "MAX_RETRIES: true is not a whole number."),
        ("max_retries", None, "MAX_RETRIES: null is not a whole number."),
        ("patience", "2", 'PATIENCE: "2" is not a number.'),
        ("route_header", 1, "ROUTE_HEADER: 1 is not true or false."),
        ("search_models", "a,b", 'SEARCH_MODELS: "a,b" is not a JSON list of strings.'),
        ("search_models", ["a", 1], 'SEARCH_MODELS: ["a",1] is not a JSON list of strings.'),
        ("thinking_style", "loud", 'THINKING_STYLE: "loud" is not reasoning_content or think.'),
        ("native_failover", False, "NATIVE_FAILOVER: false is not on, off or empty."),
        (
            "quota_limits",
            {"a": {"rps": 1}},
            'QUOTA_LIMITS: {"a":{"rps":1}} is not a JSON object of objects with rpm, tpm or rpd.',
        ),
        (
            "allowed_media_hosts",
            ["10.0.0.0/99"],
            "ALLOWED_MEDIA_HOSTS: '10.0.0.0/99' does not appear to be an IPv4 or IPv6 network.",
        ),
        ("search_models", {"x": "y" * 500}, 'SEARCH_MODELS: {"x":"' + "y" * 194 + "… is not a JSON list of strings."),
    ],
)
def test_json_is_taken_strictly(name: str, json: Json, sentence: str) -> None:
    with pytest.raises(OptionError) as refused:
        from_json(name, json)
    assert (refused.value.message, refused.value.param) == (sentence, name)


ANY_CHARACTER = st.characters(exclude_categories=())  # halves of characters, too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(ANY_CHARACTER),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(ANY_CHARACTER, max_size=9), inner, max_size=3),
    max_leaves=6,
)
LIKELY = st.one_of(
    st.lists(st.text(max_size=9), max_size=3),
    st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.integers(), max_size=3),
    st.dictionaries(
        st.text(max_size=9), st.dictionaries(st.sampled_from(["rpm", "tpm", "rpd"]), st.integers(-1, 9)), max_size=3
    ),
    st.lists(st.fixed_dictionaries({"category": st.text(), "threshold": st.text()}), max_size=2),
)


@pytest.mark.parametrize("name", EXAMPLES)
@given(json=JSON | LIKELY)
def test_whatever_is_given_is_refused_in_words_or_goes_there_and_back(name: str, json: Json) -> None:
    with suppress(OptionError):
        value = from_json(name, json)
        assert from_json(name, msgspec.json.decode(msgspec.json.encode(to_json(name, value)))) == value


@pytest.mark.parametrize("name", EXAMPLES)
@given(text=st.text(ANY_CHARACTER))
def test_whatever_is_written_is_refused_in_words_or_goes_there_and_back(name: str, text: str) -> None:
    with suppress(OptionError):
        value = from_text(name, text)
        assert from_json(name, to_json(name, value)) == value


@pytest.mark.parametrize(
    "headers",
    [{"Host": "x"}, {"X-Goog-Api-Key": "x"}, {"a b": "x"}, {"A": "x\r\nB: y"}, {"A": "é"}, {"A": "", "a": ""}],
)
def test_headers_that_are_ours_or_that_http_can_not_carry_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(OptionError, match="a JSON object of headers"):
        from_json("custom_headers", {**headers})


def test_what_may_be_a_secret_is_not_shown_when_it_is_refused() -> None:
    with pytest.raises(OptionError) as refused:
        from_json("custom_headers", {"Authorization": "Bearer hidden"})
    assert "hidden" not in str(refused.value)


def test_an_option_is_found_by_its_name_here_and_in_the_environment() -> None:
    assert row_of("time_out") is row_of("TIME_OUT") is ROWS["time_out"]


def test_a_name_that_is_no_option_is_refused_with_the_one_that_is_meant() -> None:
    with pytest.raises(OptionError) as refused:
        row_of("MAX_RETRY")
    assert str(refused.value) == "There is no option 'MAX_RETRY'. Did you mean MAX_RETRIES?"


def test_a_snapshot_knows_what_the_environment_gave() -> None:
    assert options_from({"MAX_RETRIES": "3", "NO_OPTION": "x"}).given == {"max_retries"}


def test_every_row_of_the_table_is_complete() -> None:
    rows = ROWS.values()
    assert [row.name for row in rows if not row.help.endswith(".") or not row.help_zh.endswith("。")] == []
    assert len({row.env for row in rows}) == len(rows) == len({row.env.upper() for row in rows})


def test_every_number_has_a_range() -> None:
    assert [
        row.name for row in ROWS.values() if (row.type in (int, float)) != (row.low is not None is not row.high)
    ] == []


def test_every_default_is_within_its_own_range() -> None:
    written = {row.env: str(row.default) for row in ROWS.values() if row.low is not None}
    assert options_from(written) == Options()


def test_every_option_has_a_short_title_of_its_own_in_both_languages() -> None:
    assert list(OPTION_TITLES) == list(ROWS)
    for language in (0, 1):
        titles = [both[language] for both in OPTION_TITLES.values()]
        assert len({*titles}) == len(titles)
        assert [title for title in titles if not 2 < len(title) <= 30 or title[-1] in ".。"] == []


def test_every_group_of_a_row_has_a_title() -> None:
    assert set(TITLES) == set(Group)


@pytest.mark.parametrize(
    ("text", "names"), [("", ()), ("a", ("a",)), ("a,b", ("a", "b")), ("a\n b \n", ("a", "b")), ('["a,b"]', ("a,b",))]
)
def test_a_list_may_be_written_in_several_ways(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names
