"""What SECRET_KEY protects, in both databases."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, Engine, select

from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import sync_engine, url_of
from gemini_balance.storage.migrate import migrate
from gemini_balance.storage.schema import vault as table
from gemini_balance.storage.vault import FILE, MISSING, SHORT, WRONG, VaultClosed, open_vault, rewrap, secret_key_in
from tests.contract.databases import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANOTHER = "another secret key of these tests"
AT_ONCE = 4


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    url: URL = url_of(database_url, tmp_path)
    migrate(url)
    engine = sync_engine(url)
    yield engine
    engine.dispose()


def test_what_was_sealed_is_opened_after_a_restart(engine: Engine) -> None:
    with engine.begin() as connection:
        sealed = open_vault(connection, SECRET_KEY).seal("AIza-a-key", "keys/one")
    with engine.begin() as connection:
        assert open_vault(connection, SECRET_KEY).open(sealed, "keys/one") == "AIza-a-key"


def test_what_is_sealed_shows_nothing_and_never_looks_alike(engine: Engine) -> None:
    with engine.begin() as connection:
        vault = open_vault(connection, SECRET_KEY)
    first, second = vault.seal("AIza-a-key", "keys/one"), vault.seal("AIza-a-key", "keys/one")
    assert (first != second, b"AIza" in first) == (True, False)


@pytest.mark.parametrize("place", ["keys/two", ""])
def test_what_is_copied_to_another_row_is_not_opened(engine: Engine, place: str) -> None:
    with engine.begin() as connection:
        vault = open_vault(connection, SECRET_KEY)
    with pytest.raises(VaultClosed, match="changed, or copied"):
        vault.open(vault.seal("AIza-a-key", "keys/one"), place)


def test_what_was_changed_is_not_opened(engine: Engine) -> None:
    with engine.begin() as connection:
        vault = open_vault(connection, SECRET_KEY)
    sealed = bytearray(vault.seal("AIza-a-key", "keys/one"))
    sealed[-1] ^= 1
    with pytest.raises(VaultClosed, match="changed, or copied"):
        vault.open(bytes(sealed), "keys/one")


def test_a_wrong_secret_key_is_named_and_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        secrets = open_vault(connection, SECRET_KEY).secrets
    with pytest.raises(VaultClosed) as raised, engine.begin() as connection:
        open_vault(connection, ANOTHER)
    assert str(raised.value) == WRONG
    with engine.begin() as connection:
        assert open_vault(connection, SECRET_KEY).secrets == secrets


def test_a_new_secret_key_rewrites_one_row_and_keeps_all_random_keys(engine: Engine) -> None:
    with engine.begin() as connection:
        vault = open_vault(connection, SECRET_KEY)
    with engine.begin() as connection:
        rewrap(connection, SECRET_KEY, ANOTHER)
    with engine.begin() as connection:
        assert open_vault(connection, ANOTHER).secrets == vault.secrets
        assert open_vault(connection, ANOTHER).open(vault.seal("AIza", "keys/one"), "keys/one") == "AIza"
    with pytest.raises(VaultClosed), engine.begin() as connection:
        open_vault(connection, SECRET_KEY)


def test_the_old_secret_key_must_be_known_for_a_new_one(engine: Engine) -> None:
    with engine.begin() as connection:
        open_vault(connection, SECRET_KEY)
    with pytest.raises(VaultClosed, match="SECRET_KEY is not the one"), engine.begin() as connection:
        rewrap(connection, ANOTHER, ANOTHER)


def test_neither_row_nor_words_show_a_secret(engine: Engine) -> None:
    with engine.begin() as connection:
        secrets = open_vault(connection, SECRET_KEY).secrets
        row = connection.execute(select(table)).one()
    assert [secrets.pepper in bytes(part) for part in row[1:]] == [False, False, False]
    assert repr(secrets) == "Secrets()"


def test_a_short_secret_key_is_refused(engine: Engine) -> None:
    with pytest.raises(VaultClosed) as raised, engine.begin() as connection:
        open_vault(connection, "short")
    assert str(raised.value) == SHORT


def test_fingerprints_tell_whether_two_secrets_are_one_in_this_database_only(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        vault = open_vault(connection, SECRET_KEY)
    other = Database("", tmp_path / "other").vault
    assert vault.fingerprint("AIza") == vault.fingerprint("AIza") != vault.fingerprint("AIzb")
    assert vault.fingerprint("AIza") != other.fingerprint("AIza")


def test_a_server_needs_a_secret_key_of_the_operators(postgresql_url: str, tmp_path: Path) -> None:
    with pytest.raises(VaultClosed) as raised:
        Database(postgresql_url, tmp_path)
    assert str(raised.value) == MISSING


def test_a_file_gets_one_that_only_its_owner_may_read(tmp_path: Path) -> None:
    Database("", tmp_path)
    made = (tmp_path / FILE).read_text()
    assert ((tmp_path / FILE).stat().st_mode & 0o777, len(made.strip())) == (0o600, 64)
    Database("", tmp_path)
    assert (tmp_path / FILE).read_text() == made


def test_all_who_start_at_once_take_the_same_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert len(set(pool.map(secret_key_in, [tmp_path / "data"] * AT_ONCE))) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == [FILE]


def test_the_start_says_that_the_secret_key_is_wrong_and_ends(tmp_path: Path) -> None:
    Database("", tmp_path / "data", SECRET_KEY)
    environment = {"PATH": "", "SECRET_KEY": ANOTHER, "HOST": "127.0.0.1", "PORT": "0"}
    command = [sys.executable, "-m", "gemini_balance", "serve"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, WRONG in ended.stderr, ANOTHER in ended.stderr) == (1, True, False)
