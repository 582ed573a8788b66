"""The table of runtime options, read from names and text."""

import dataclasses

import pytest

from gemini_balance.core.options import OptionError, Options, Quota, names_in, options_from


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


def test_every_row_of_the_table_is_complete() -> None:
    rows = dataclasses.fields(Options)
    assert all(row.metadata["help"].endswith(".") and row.metadata["env"].isupper() for row in rows)
    assert len({row.metadata["env"] for row in rows}) == len(rows)


def test_every_default_is_within_its_own_range() -> None:
    written = {
        row.metadata["env"]: str(row.default) for row in dataclasses.fields(Options) if row.metadata["low"] is not None
    }
    assert options_from(written) == Options()


@pytest.mark.parametrize(
    ("text", "names"), [("", ()), ("a", ("a",)), ("a,b", ("a", "b")), ("a\n b \n", ("a", "b")), ('["a,b"]', ("a,b",))]
)
def test_a_list_may_be_written_in_several_ways(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names
