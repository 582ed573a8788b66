"""The operator's password, from the first start on."""

from __future__ import annotations

import asyncio
import json
import stat
from typing import TYPE_CHECKING

import pytest

from gemini_balance.app import SystemClock
from gemini_balance.core.errors import NotSignedIn
from gemini_balance.gateway.accounts import Operators
from gemini_balance.storage.database import Database
from gemini_balance.storage.passwords import Argon2, PasswordFile
from tests.contract.databases import SECRET_KEY
from tests.e2e.processes import TOKEN, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator


async def _change(folder: Path, old: str, new: str) -> None:
    """As the console does it."""
    database = Database("", folder, SECRET_KEY)
    first, secret = PasswordFile(folder), database.vault.secrets.sessions
    operators = Operators(database.accounts, Argon2(), secret, SystemClock(), None, first)
    try:
        await operators.begin()
        with pytest.raises(NotSignedIn):
            await operators.sign_in("a guess", "127.0.0.1")
        who = operators.session(await operators.sign_in(old, "127.0.0.1"))
        assert who is not None
        assert who.must_change
        await operators.change_password(who, old, new)
    finally:
        await database.close()


def test_the_first_start_tells_a_password_once_and_its_file_goes_with_it(
    google: RunningSimulator, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "initial-password"
    with gateway(google, tmp_path, SECRET_KEY=SECRET_KEY) as first:
        password = file.read_text().strip()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        told = [line for line in first.log.read_text().splitlines() if password in line]
        assert told == [f"The operator's password: {password}"]  # no line of the log
    with gateway(google, tmp_path, SECRET_KEY=SECRET_KEY) as again:
        assert password not in again.log.read_text()
    asyncio.run(_change(tmp_path / "data", password, "correct horse battery"))
    assert not file.exists()
    with gateway(google, tmp_path, SECRET_KEY=SECRET_KEY):
        assert not file.exists()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("*.db*"))
    assert [word in kept for word in (password.encode(), b"correct horse battery")] == [False, False]


def test_with_a_password_of_the_environment_none_is_made(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, AUTH_TOKEN="the operators own") as served:
        assert not (tmp_path / "data" / "initial-password").exists()
        assert "password" not in served.log.read_text()
        assert served.request("GET", "/v1/models", None, {"Authorization": "Bearer the operators own"}).status == 401


def test_a_password_that_is_a_client_token_is_warned_about_and_still_a_client_token(
    google: RunningSimulator, tmp_path: Path
) -> None:
    with gateway(google, tmp_path, AUTH_TOKEN=TOKEN) as served:
        lines = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]
        assert [line for line in lines if "AUTH_TOKEN is one of ALLOWED_TOKENS" in str(line)]
        assert TOKEN not in served.log.read_text()
        assert served.request("GET", "/v1/models", None, {"Authorization": f"Bearer {TOKEN}"}).status == 200
