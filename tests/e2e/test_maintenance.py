"""What looks after the database from the command line, as a person types it."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import stat
import threading
import time
from contextlib import closing
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gemini_balance.cli import main
from gemini_balance.storage.database import Database
from gemini_balance.storage.migrate import JOURNAL_CHAIN, KEPT_CHAIN
from tests.e2e.processes import free_port, gateway
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from gemini_balance import simulator

SECRET = "the first secret key of all"
HEADS = {"main": KEPT_CHAIN.head, "journal": JOURNAL_CHAIN.head}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a gateway was started once: its tables are there, and its SECRET_KEY."""
    Database("", tmp_path / "data")
    return tmp_path


def run(folder: Path, *command: str, **settings: str) -> Result:
    """In this process, as starting one for each would take a second; none of these commands ever leaves anything."""
    nothing = dict.fromkeys(("DATABASE_URL", "SECRET_KEY", "API_KEYS", "ALLOWED_TOKENS", "PROXIES"))
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, command, env={**nothing, **settings})


def checks(folder: Path, *command: str, **settings: str) -> dict[str, tuple[str, str]]:
    ran = run(folder, "doctor", "--json", *command, **settings)
    found = {check["name"]: (check["state"], check["message"]) for check in json.loads(ran.stdout)}
    assert ran.exit_code == ("fail" in {state for state, _ in found.values()})
    return found


def states(found: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {name: state for name, (state, _) in found.items() if state != "ok"}


def test_all_is_well_with_what_was_started_with_keys_and_tokens(folder: Path) -> None:
    found = checks(folder, API_KEYS="AIzaSy-one,AIzaSy-two", ALLOWED_TOKENS="sk-one")
    assert states(found) == {}
    assert list(found) == [
        *("settings", "data folder", "data/secret-key", "disk", "database", "integrity", "tables (main)"),
        *("tables (journal)", "SECRET_KEY", "journal", "keys", "tokens"),
    ]
    assert found["keys"] == ("ok", "2 may serve")


def test_an_empty_folder_is_told_what_is_missing_and_stays_empty(tmp_path: Path) -> None:
    assert states(checks(tmp_path)) == {"database": "warn", "keys": "warn", "tokens": "warn"}
    assert list(tmp_path.iterdir()) == []


def test_people_read_one_line_for_each_check(folder: Path) -> None:
    ran = run(folder, "doctor")
    assert "ok    integrity: its files are whole\n" in ran.stdout
    assert ran.exit_code == 0


def test_a_setting_that_can_not_be_taken_is_named(folder: Path) -> None:
    ran = run(folder, "doctor", PORT="many")
    assert (ran.exit_code, "port" in ran.stderr) == (1, True)


def test_a_secret_that_others_may_read_is_a_failure(folder: Path) -> None:
    (folder / "data" / "secret-key").chmod(0o644)
    assert checks(folder)["data/secret-key"] == ("fail", "others may read it (644): chmod 600 data/secret-key")


def test_a_wrong_secret_key_is_a_failure_and_nothing_is_changed(folder: Path) -> None:
    before = Database("", folder / "data").vault.secrets
    assert checks(folder, SECRET_KEY="quite another secret key")["SECRET_KEY"][0] == "fail"
    assert Database("", folder / "data").vault.secrets == before


def test_a_secret_key_that_was_lost_is_a_failure_and_none_is_made(folder: Path) -> None:
    (folder / "data" / "secret-key").unlink()
    state, message = checks(folder)["SECRET_KEY"]
    assert (state, message) == ("fail", "data/secret-key is missing: nothing that is sealed can be read without it.")
    assert not (folder / "data" / "secret-key").exists()


def test_a_damaged_database_is_a_failure(folder: Path) -> None:
    path = folder / "data" / "gemini-balance.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 4)
    found = checks(folder)
    assert {name for name, state in states(found).items() if state == "fail"} & {"integrity", "database"}


def test_a_database_that_does_not_answer_is_a_failure_and_its_password_is_not_told(folder: Path) -> None:
    address = "postgresql://gb:the-password@127.0.0.1:1/x"
    found = checks(folder, DATABASE_URL=address, SECRET_KEY=SECRET)
    state, message = found["database"]
    assert (state, message.startswith("postgresql+psycopg://gb:***@127.0.0.1:1/x: ")) == ("fail", True)
    assert "the-password" not in message


def test_proxies_are_tried_without_telling_their_passwords(folder: Path) -> None:
    with serving(BaseHTTPRequestHandler) as host:
        found = checks(folder, PROXIES=f"http://me:the-password@{host},socks5://127.0.0.1:{free_port()}")
    assert found["proxy 1"] == ("ok", f"{host} takes connections")
    assert found["proxy 2"][0] == "fail"


@pytest.mark.parametrize(("wrong_by", "state"), [(0, "ok"), (-100, "fail")])
def test_the_clock_is_compared_when_that_is_asked_for(folder: Path, wrong_by: int, state: str) -> None:
    class Google(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            self.send_header("date", formatdate(self.date_time + wrong_by, usegmt=True))
            self.end_headers()

        @property
        def date_time(self) -> float:
            return time.time()

    with serving(Google) as host:
        assert checks(folder, "--online", BASE_URL=f"http://{host}")["clock"][0] == state


def test_tables_are_brought_up_and_down(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, "migrate", "--json").stdout) == HEADS
    assert json.loads(run(tmp_path, "migrate", "--down", "0001", "--json").stdout) == HEADS | {"main": "0001"}
    assert run(tmp_path, "migrate", "--down", "base", "--journal").stdout == "Versions: main 0001, journal none\n"
    assert json.loads(run(tmp_path, "migrate", "--json").stdout) == HEADS


def test_a_version_that_there_is_not_is_named(folder: Path) -> None:
    ran = run(folder, "migrate", "--down", "9999")
    assert (ran.exit_code, "9999" in ran.stderr, "Traceback" in ran.stderr) == (1, True, False)
    assert run(folder, "migrate", "--journal").exit_code == 2


def test_a_backup_is_whole_though_others_write_meanwhile(folder: Path) -> None:
    path, stop = folder / "data" / "gemini-balance.db", threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30)) as database:
            while not stop.is_set():
                rows = [(f"{os.urandom(8).hex()}", os.urandom(2000)) for _ in range(50)]
                database.executemany("INSERT INTO states (name, value) VALUES (?, ?)", rows)
                database.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        ran = run(folder, "backup", "copy", "--json")
    finally:
        stop.set()
        writer.join()
    assert ran.exit_code == 0, ran.stderr
    assert set(json.loads(ran.stdout)["files"]) == {"gemini-balance.db", "journal.db"}
    copied = folder / "copy" / "gemini-balance.db"
    with closing(sqlite3.connect(copied)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) % 50 FROM states").fetchone() == (0,)
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (folder / "copy").iterdir()}
    assert (set(modes.values()), stat.S_IMODE((folder / "copy").stat().st_mode)) == ({0o600}, 0o700)


def test_a_backup_of_a_running_gateway_starts_as_one(google: simulator.RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        assert served.chat("Hello").status == 200
        ran = run(tmp_path, "backup", "elsewhere/data", "--with-secret-key")
    assert ran.stdout == "Copied gemini-balance.db, journal.db, secret-key to elsewhere/data.\n"
    with gateway(google, tmp_path / "elsewhere") as again:
        assert again.chat("Hello").status == 200


def test_a_backup_never_overwrites_anything(folder: Path) -> None:
    (folder / "copy").mkdir()
    ran = run(folder, "backup", "copy")
    assert (ran.exit_code, "is there already" in ran.stderr) == (1, True)


def test_for_postgresql_the_command_is_told_without_the_password(folder: Path) -> None:
    ran = run(folder, "backup", "copy", DATABASE_URL="postgresql://gb:the-password@db:5433/x", SECRET_KEY=SECRET)
    command = "pg_dump --format=custom --no-owner --file=copy postgresql://gb@db:5433/x"
    assert (ran.exit_code, command in ran.stderr, "the-password" in ran.stderr) == (1, True, False)


def test_a_new_secret_key_takes_the_old_ones_place_and_opens_the_same(folder: Path) -> None:
    data, before = folder / "data", Database("", folder / "data").vault.secrets
    old = (data / "secret-key").read_text()
    ran = run(folder, "rotate-secret-key")
    assert ran.exit_code == 0, ran.stderr
    assert (data / "secret-key").read_text() != old
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert Database("", data).vault.secrets == before
    assert checks(folder)["SECRET_KEY"][0] == "ok"


def test_a_secret_key_of_the_environment_is_told_once_and_to_be_set(tmp_path: Path) -> None:
    before = Database("", tmp_path / "data", SECRET).vault.secrets
    ran = run(tmp_path, "rotate-secret-key", "--json", SECRET_KEY=SECRET)
    new = json.loads(ran.stdout)["secret_key"]
    assert Database("", tmp_path / "data", new).vault.secrets == before
    assert checks(tmp_path, SECRET_KEY=SECRET)["SECRET_KEY"][0] == "fail"
    (tmp_path / "next").write_text("another one, given in a file\n")
    ran = run(tmp_path, "rotate-secret-key", "--new-file", "next", SECRET_KEY=new)
    assert ("another one" in ran.stdout, "on every replica" in ran.stdout) == (False, True)
    assert Database("", tmp_path / "data", "another one, given in a file").vault.secrets == before


def test_a_wrong_secret_key_rotates_nothing(folder: Path) -> None:
    ran = run(folder, "rotate-secret-key", SECRET_KEY="quite another secret key")
    assert (ran.exit_code, "SECRET_KEY is not the one" in ran.stderr) == (1, True)
    assert checks(folder)["SECRET_KEY"][0] == "ok"
