"""A database that goes away and comes back, and what others changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.app import SystemClock
from gemini_balance.core.errors import StoreAway
from gemini_balance.core.options import Options
from gemini_balance.gateway.following import Follower
from gemini_balance.gateway.options import OptionBook
from gemini_balance.storage.database import Database
from tests.contract.databases import SECRET_KEY, away

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_database_that_was_away_is_caught_up_with(
    postgresql_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours, theirs = (Database(postgresql_url, tmp_path, SECRET_KEY) for _ in range(2))
    book, other = (OptionBook(Options(), one.options, one.changes, SystemClock()) for one in (ours, theirs))
    follower = Follower(ours.changes, [book.reload])
    await follower.begin()
    await other.set({"patience": 3}, "operator")
    with away(postgresql_url):
        for _ in range(3):
            await follower.look()
        assert book.current == Options()
        with pytest.raises(StoreAway):
            await book.set({"max_retries": 1}, "operator")
    await follower.look()
    assert (book.current.patience, book.current.max_retries) == (3.0, 3)
    assert caplog.text.count("serving goes on") == 1
    await ours.close()
    await theirs.close()
