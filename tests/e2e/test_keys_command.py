"""`gemini-balance keys` on a database of its own, without a gateway."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.keys import key_id

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = ("AIzaSy" + letter * 3 + "0123456789-_0123456789abcdefXY" for letter in "ABC")
MANY, SECONDS = 10_000, 5.0


def keys(folder: Path, *words: str, stdin: str = "") -> tuple[int, str]:
    """The exit code, and all that was written."""
    command = [sys.executable, "-m", "gemini_balance", "keys", *words]
    environment = {"PATH": os.environ["PATH"]}
    ended = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False, input=stdin
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_what_is_imported_can_be_listed_exported_and_imported_again(tmp_path: Path) -> None:
    table = f"key,label,tags\n{A},Anna,night eu\n{B},,\n{A},,\nAIzaShort,,\n"
    code, out = keys(tmp_path, "import", "-", stdin=table)
    assert (code, out.splitlines()) == (
        0,
        [
            "2 added (2 new, 1 duplicate, 0 kept, 1 suspicious)",
            "…hort  too_short: It is too short for a key: a part of it may be missing.",
        ],
    )
    code, out = keys(tmp_path, "list", "--tag", "night")
    assert (code, out) == (0, f"{key_id(A)}  …efXY  ready  Anna  #eu #night\n1 keys\n")
    assert keys(tmp_path, "export", "--plain", "--output", "keys.json", "--format", "json") == (0, "")
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    other.mkdir()
    assert keys(other, "import", "../keys.json") == (0, "2 added (2 new, 0 duplicate, 0 kept, 0 suspicious)\n")
    assert json.loads(keys(other, "list", "--json")[1])["keys"][0]["tags"] == ["eu", "night"]


def test_the_database_of_the_well_known_implementation_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "default_db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t_settings (id INTEGER PRIMARY KEY, key VARCHAR(100), value TEXT)")
    rows = [("API_KEYS", json.dumps([A])), ("VERTEX_API_KEYS", json.dumps([B])), ("PAID_KEY", C)]
    rows += [("ALLOWED_TOKENS", '["sk-1234567890abcdef"]'), ("AUTH_TOKEN", "sk-1234567890abcdef")]
    connection.executemany("INSERT INTO t_settings (key, value) VALUES (?, ?)", rows)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    code, out = keys(tmp_path, "import", "default_db", "--json")
    told = json.loads(out)
    assert (code, told["added"], told["client_tokens"], path.read_bytes() == before) == (0, 3, 1, True)
    found = {
        row["id"]: (row["upstream"], row["tier"]) for row in json.loads(keys(tmp_path, "list", "--json")[1])["keys"]
    }
    assert found == {
        key_id(A): ("gemini_api", "free"),
        key_id(B, "vertex_express"): ("vertex_express", "free"),
        key_id(C): ("gemini_api", "paid"),
    }


def test_another_database_is_refused_in_words(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE other (id INTEGER)")
    connection.close()
    code, out = keys(tmp_path, "import", "other.db")
    assert (code, "has no table t_settings" in out, "Traceback" in out) == (1, True, False)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add", "AIza…wxyz", "--force"), 1, "Nothing was added"),
        (("add", A, "--weight", "0"), 1, "A weight is a whole number from 1 to 1000."),
        (("import", "nothing.txt"), 1, "nothing.txt"),
        (("remove", "key-none"), 1, "There is no key key-none."),
        (("remove",), 2, "Say which keys"),
        (("list", "--state", "happy"), 2, "'happy' is not one of"),
    ],
)
def test_what_can_not_be_done_is_said(tmp_path: Path, words: tuple[str, ...], code: int, says: str) -> None:
    got, out = keys(tmp_path, *words)
    assert (got, says in out, "Traceback" in out, A in out) == (code, True, False, False)


def test_keys_are_switched_by_filters(tmp_path: Path) -> None:
    keys(tmp_path, "import", "-", stdin=f"key,project\n{A},p\n{B},q")
    assert keys(tmp_path, "disable", "--project", "p") == (0, "1 keys switched off\n")
    assert keys(tmp_path, "enable", "--all", "--json") == (0, json.dumps({"changed": [key_id(A)]}, indent=2) + "\n")
    assert keys(tmp_path, "remove", "--project", "q") == (0, "1 keys deleted\n")
    assert keys(tmp_path, "add", "-", stdin=f"{B}\n")[0] == 0


@pytest.mark.prove
def test_ten_thousand_keys_are_imported_within_seconds(tmp_path: Path) -> None:
    keys(tmp_path, "list")
    (tmp_path / "keys.txt").write_text("\n".join(f"AIza{sha256(b'%d' % n).hexdigest()[:35]}" for n in range(MANY)))
    began = time.monotonic()
    code, out = keys(tmp_path, "import", "keys.txt")
    took = time.monotonic() - began
    print(f"{MANY:,} keys imported in {took:.1f} s")
    assert (code, out) == (0, f"{MANY} added ({MANY} new, 0 duplicate, 0 kept, 0 suspicious)\n")
    assert took <= SECONDS
