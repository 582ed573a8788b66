"""Commands work on a server that runs, when they are told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from gemini_balance.cli import main
from tests.e2e.management.commands import run, told

if TYPE_CHECKING:
    from tests.e2e.management.conftest import Operated


def test_an_option_of_the_server_is_set_shown_and_taken_back(operated: Operated) -> None:
    assert run(operated, "options", "set", "MAX_RETRIES=5").exit_code == 0
    assert operated.ask("GET", "/options/max_retries").json["value"] == 5
    assert told(operated, "options", "get", "MAX_RETRIES")["value"] == 5
    assert run(operated, "options", "reset", "MAX_RETRIES").exit_code == 0
    assert operated.ask("GET", "/options/max_retries").json["source"] == "default"
    history = told(operated, "options", "history", "max_retries", "--most", "2")
    assert [row["action"] for row in history] == ["reset", "set"]


def test_a_client_token_is_made_changed_and_revoked_on_the_server(operated: Operated) -> None:
    made = told(operated, "tokens", "add", "from afar", "--rpm", "5")
    assert operated.ask("GET", f"/tokens/{made['id']}").json["rpm"] == 5
    assert run(operated, "tokens", "change", made["id"], "--rpm", "7").exit_code == 0
    (listed,) = [one for one in told(operated, "tokens", "list") if one["id"] == made["id"]]
    assert (listed["name"], listed["rpm"]) == ("from afar", 7)
    assert run(operated, "tokens", "revoke", made["id"], "--delete").exit_code == 0
    assert operated.ask("GET", f"/tokens/{made['id']}").status == 404


def test_a_command_for_the_database_alone_says_so(operated: Operated) -> None:
    refused = run(operated, "password", "reset")
    assert (refused.exit_code, "not on a server" in refused.output) == (2, True)


def test_what_the_server_refuses_is_said_in_its_words(operated: Operated) -> None:
    refused = run(operated, "options", "set", "MAX_RETRIES=many")
    assert refused.exit_code == 1
    assert "MAX_RETRIES" in refused.output
    denied = run(operated, "options", "list", token="wrong")
    assert (denied.exit_code, "operator's token" in denied.output) == (1, True)


def test_a_server_that_is_away_and_a_token_that_is_missing_are_said(operated: Operated) -> None:
    away = CliRunner().invoke(main, ["--server", "http://127.0.0.1:9", "--token", "t", "options", "list"])
    assert (away.exit_code, "http://127.0.0.1:9 can't be reached" in away.output) == (1, True)
    assert run(operated, "options", "list", token="").exit_code == 2
    assert CliRunner().invoke(main, ["--server", "gateway", "options", "list"]).exit_code == 2
