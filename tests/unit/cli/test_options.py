"""`gemini-balance options`, on a database in an empty folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from gemini_balance.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MAX_RETRIES", "5")
    return tmp_path


def typed(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["options", *words], given)


def told(*words: str, given: str | None = None) -> str:
    """What a command that does its work writes."""
    result = typed(*words, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def read(*words: str) -> Any:
    return json.loads(told(*words, "--json"))


def test_every_option_is_listed_with_where_its_value_comes_from() -> None:
    told("set", "patience=3")
    lines = {line.split()[0]: line.split()[1:] for line in told("list").splitlines()}
    assert [lines[name] for name in ("MAX_RETRIES", "PATIENCE", "MAX_FAILURES")] == [
        ["environment", "5"],
        ["override", "3.0"],
        ["default", "3"],
    ]
    assert told("list", "--changed").split() == ["PATIENCE", "override", "3.0"]


def test_an_option_is_shown_by_its_value_or_with_all_that_is_known() -> None:
    assert told("get", "max_retries") == "5\n"
    assert read("get", "MAX_RETRIES") == {
        "name": "max_retries",
        "environment_name": "MAX_RETRIES",
        "value": 5,
        "source": "environment",
        "otherwise": 5,
        "group": "requests",
        "help": "Attempts after the first one that failed for no fault of a key.",
    }


def test_values_are_written_as_in_the_environment() -> None:
    assert told("set", "SEARCH_MODELS=a, b", 'THINKING_BUDGET_MAP={"a": 1}', "route_header=on").splitlines()[1:] == [
        'THINKING_BUDGET_MAP: {} → {"a": 1}',
        "ROUTE_HEADER: false → true",
    ]
    assert told("get", "search_models") == '["a", "b"]\n'


def test_what_changed_is_written_as_json() -> None:
    assert read("set", "MAX_RETRIES=7") == {"changed": [{"name": "max_retries", "before": 5, "after": 7}]}
    assert read("set", "MAX_RETRIES=7") == {"changed": []}
    assert told("set", "MAX_RETRIES=7") == "Nothing changes.\n"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["set", "PATIENCE=3", "MAX_RETRIES=99"], 1, "MAX_RETRIES must be between 0 and 20, not 99."),
        (["set", "PATIENC=3"], 1, "There is no option 'PATIENC'. Did you mean PATIENCE?"),
        (["set", "PATIENCE"], 2, "'PATIENCE' is not NAME=VALUE."),
        (["set", "PATIENCE=3", "patience=4"], 2, "'patience=4' is given after another value of the same option."),
        (["get", "nothing"], 1, "There is no option 'nothing'."),
        (["reset"], 2, "Give names, or --all."),
        (["reset", "PATIENCE", "--all"], 2, "Give names, or --all."),
        (["history", "nothing"], 1, "There is no option 'nothing'."),
    ],
)
def test_what_can_not_be_done_is_said_and_nothing_is_changed(words: list[str], code: int, sentence: str) -> None:
    result = typed(*words)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (code, f"Error: {sentence}")
    assert told("list", "--changed") == ""


def test_changes_are_taken_back_one_by_one_or_all() -> None:
    told("set", "PATIENCE=3", "MAX_RETRIES=7", "TIME_OUT=9")
    assert told("reset", "PATIENCE") == "PATIENCE: 3.0 → 20.0\n"
    assert [row["name"] for row in read("reset", "--all")["changed"]] == ["max_retries", "time_out"]


def test_the_history_goes_back_page_by_page() -> None:
    for value in ("1", "2", "3"):
        told("set", f"PATIENCE={value}")
    told("set", "TIME_OUT=9")
    rows = read("history", "PATIENCE", "--most", "2")
    assert [(row["id"], row["who"], row["action"], row["before"], row["after"]) for row in rows] == [
        (3, "command line", "set", 2.0, 3.0),
        (2, "command line", "set", 1.0, 2.0),
    ]
    assert [row["id"] for row in read("history", "--before", "2")] == [1]
    assert told("history", "TIME_OUT").split()[2:] == ["command", "line", "TIME_OUT", "set", "300.0", "→", "9.0"]


def test_what_may_be_a_secret_is_shown_where_it_is_asked_for_by_name() -> None:
    assert told("set", "ALERT_SECRET=sesame") == "ALERT_SECRET: … → …\n"
    exported = told("export")
    others = [told("list"), told("list", "--json"), told("history", "--json"), told("import", given=exported)]
    told("reset", "ALERT_SECRET")
    others.append(told("import", "--preview", given=exported))
    assert [text for text in others if "sesame" in text] == []
    told("import", given=exported)
    assert told("get", "ALERT_SECRET") == "sesame\n"


def test_an_export_is_brought_in_after_a_preview(folder: Path) -> None:
    told("set", "PATIENCE=3", "MAX_RETRIES=7")
    told("export", "kept.json")
    told("reset", "--all")
    assert told("import", "kept.json", "--preview") == "MAX_RETRIES: 5 → 7\nPATIENCE: 20.0 → 3.0\n"
    assert told("list", "--changed") == ""
    assert told("import", "kept.json") == "MAX_RETRIES: 5 → 7\nPATIENCE: 20.0 → 3.0\n"
    assert json.loads(told("export")) == json.loads((folder / "kept.json").read_text())


def test_an_import_passes_over_what_it_does_not_know_or_refuses_it() -> None:
    document = '{"version": 1, "options": {"patience": 3, "of_tomorrow": 1}}'
    refused = typed("import", "--strict", given=document)
    assert (refused.exit_code, refused.stderr) == (1, "Error: There is no option 'of_tomorrow'.\n")
    taken = typed("import", given=document)
    assert (taken.exit_code, taken.stdout) == (0, "PATIENCE: 20.0 → 3.0\n")
    assert taken.stderr == "of_tomorrow is no option here: passed over.\n"


@pytest.mark.parametrize(("text", "sentence"), [("{", "is not JSON"), ("[]", "An import is a JSON object")])
def test_an_import_that_can_not_be_read_is_refused(text: str, sentence: str) -> None:
    refused = typed("import", given=text)
    assert (refused.exit_code, sentence in refused.stderr) == (1, True)


def test_settings_that_can_not_be_used_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_RETRIES", "often")
    refused = typed("list")
    assert (refused.exit_code, "MAX_RETRIES: 'often' is not a whole number." in refused.stderr) == (1, True)


def test_a_secret_key_that_is_wrong_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    told("list")
    monkeypatch.setenv("SECRET_KEY", "another key than the one it was")
    refused = typed("list")
    assert (refused.exit_code, "SECRET_KEY" in refused.stderr) == (1, True)
