"""What is told while the database is away: one sentence, whichever store is asked, and none of the driver's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.errors import StoreAway
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import AWAY, sync_engine
from tests.contract.databases import SECRET_KEY, away

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

pytestmark = pytest.mark.anyio
CHANGE = Change(at=1.0, who="operator", subject=Subject.OPTION, target="patience", action="set")
ASKED: dict[str, Callable[[Database], Awaitable[object]]] = {
    "keys": lambda database: database.keys.all(),
    "tokens": lambda database: database.tokens.all(),
    "options": lambda database: database.options.put({"patience": "5"}, [CHANGE]),
    "changes": lambda database: database.changes.page(None, 10),
    "accounts": lambda database: database.accounts.get("operator"),
}


@pytest.mark.parametrize("store", ASKED)
async def test_a_server_that_lets_nobody_in(postgresql_url: str, tmp_path: Path, store: str) -> None:
    database = Database(postgresql_url, tmp_path, SECRET_KEY)
    await database.changes.latest()
    with away(postgresql_url), pytest.raises(StoreAway) as raised:
        await ASKED[store](database)
    await database.close()
    assert (str(raised.value), raised.value.status) == (AWAY, 503)


async def test_a_file_that_somebody_else_keeps_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gemini_balance.storage.engine.PRAGMAS", ("PRAGMA busy_timeout = 50",))
    database = Database("", tmp_path, SECRET_KEY)
    engine = sync_engine(database.url)
    with engine.connect() as other, other.begin(), pytest.raises(StoreAway):
        await database.options.put({"patience": "5"}, [CHANGE])
    await database.options.put({"patience": "5"}, [CHANGE])
    engine.dispose()
    await database.close()
