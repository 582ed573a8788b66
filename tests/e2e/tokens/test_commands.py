"""The commands about client tokens and the password, as a person types them."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from gemini_balance.cli import main

if TYPE_CHECKING:
    from pathlib import Path


UNSET: dict[str, str | None] = dict.fromkeys(("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "AUTH_TOKEN"))


class Shell:
    """In a folder of its own, with nothing of the gateway's in the environment but what is given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, stdin: str = "", **settings: str) -> tuple[int, str, str]:
        ended = CliRunner().invoke(main, words, input=stdin, env=UNSET | settings)
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return ended.exit_code, ended.stdout, ended.stderr

    def json(self, *words: str) -> Any:
        code, out, err = self(*words, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


def test_a_token_is_made_shown_once_changed_revoked_and_enabled(shell: Shell) -> None:
    code, secret, hint = shell("tokens", "add", "translator", "--model", "gemini-2.5-flash", "--rpm", "60")
    assert (code, secret[:3], "can't be shown again" in hint) == (0, "sk-", True)
    listed = shell.json("tokens", "list")
    assert len(listed) == 1
    token = listed[0].pop("id")
    created = listed[0].pop("created")
    assert created.endswith("+00:00")
    assert listed == [
        {
            "name": "translator",
            "shown": secret.strip()[-4:],
            "state": "active",
            "origin": "operator",
            "models": ["gemini-2.5-flash"],
            "tags": [],
            "rpm": 60,
            "tokens_per_day": 0,
            "expires": None,
            "last_used": None,
        }
    ]
    assert (
        shell("tokens", "list")[1] == f"{token}  active  translator  only gemini-2.5-flash; 60 a minute  never used\n"
    )
    changed = shell.json("tokens", "change", token, "--all-models", "--rpm", "0", "--expires", "2100-01-01")
    assert (changed["models"], changed["rpm"], changed["expires"]) == ([], 0, "2100-01-01T00:00:00+00:00")
    assert shell.json("tokens", "revoke", "translator")["state"] == "disabled"
    assert shell.json("tokens", "enable", "translator")["state"] == "active"
    assert shell("tokens", "revoke", "--delete", "translator")[0] == 0
    assert shell.json("tokens", "list") == []
    assert secret.strip().encode() not in b"".join(path.read_bytes() for path in (shell.folder / "data").glob("*.db*"))


def test_a_token_that_is_in_use_elsewhere_is_taken_from_standard_input(shell: Shell) -> None:
    assert shell("tokens", "add", "mine", "--stdin", stdin="sk-from-elsewhere\n")[:2] == (0, "sk-from-elsewhere\n")
    code, out, err = shell("tokens", "add", "again", "--stdin", stdin="sk-from-elsewhere\n")
    assert (code, out, "has this token already" in err) == (1, "", True)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add", "a", "--rpm", "-1"), 1, "rpm must be between 0 and"),
        (("add", "a", "--model", "a b"), 1, "can't be the name of a model"),
        (("add", "a", "--expires", "2001-01-01"), 1, "must lie ahead"),
        (("add", "a", "--expires", "soon"), 2, "is no date"),
        (("add", "a", "--stdin"), 2, "no token on standard input"),
        (("change", "nobody", "--rpm", "1"), 1, "no client token of this id"),
        (("change", "nobody", "--all-keys", "--tag", "x"), 2, "Give a list"),
        (("revoke", "nobody"), 1, "no client token of this id"),
        (("enable",), 2, "Missing argument"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(shell: Shell, words: tuple[str, ...], code: int, says: str) -> None:
    ended, out, err = shell("tokens", *words)
    assert (ended, out) == (code, "")
    assert says in err


def test_tokens_of_one_name_are_told_apart_by_their_ids(shell: Shell) -> None:
    ids = [shell.json("tokens", "add", "twin")["id"] for _ in range(2)]
    code, _, err = shell("tokens", "revoke", "twin")
    assert (code, f"They are {', '.join(ids)}." in err) == (1, True)
    assert shell.json("tokens", "revoke", ids[1])["id"] == ids[1]


def test_a_lost_password_is_replaced(shell: Shell) -> None:
    code, password, _ = shell("password", "reset")
    file = shell.folder / "data" / "initial-password"
    assert (code, file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (0, password, 0o600)
    code, out, err = shell("password", "reset", AUTH_TOKEN="the operators own")
    assert (code, out, "AUTH_TOKEN of the environment" in err) == (1, "", True)
