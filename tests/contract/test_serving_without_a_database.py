"""While the database is away calls are served as before; what is to be written waits until it is back."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gemini_balance import simulator
from tests.contract.databases import SECRET_KEY, away
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.processes import GatewayProcess

OPERATOR = {"Authorization": "Bearer sk-test-operator"}
SOON = 20.0  # seconds


@contextmanager
def served(folder: Path, url: str) -> Iterator[GatewayProcess]:
    google = simulator.serve_in_thread(simulator.demo())
    try:
        with gateway(google, folder, DATABASE_URL=url, SECRET_KEY=SECRET_KEY, AUTH_TOKEN="sk-test-operator") as running:
            yield running
    finally:
        google.stop()


def managed(running: GatewayProcess, path: str) -> Any:
    return running.request("GET", f"/api/admin/v1/{path}", headers=OPERATOR)


def soon(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + SOON
    while not (held := condition()) and time.monotonic() < until:
        time.sleep(0.1)
    return held


def test_calls_go_on_and_nothing_of_them_is_lost(postgresql_url: str, tmp_path: Path) -> None:
    with served(tmp_path, postgresql_url) as running:
        asked = [running.chat("before").headers["x-request-id"]]
        assert soon(lambda: managed(running, f"calls/{asked[0]}").status == 200)
        with away(postgresql_url):
            answers = [running.chat(f"meanwhile {number}") for number in range(5)]
            asked += [answer.headers["x-request-id"] for answer in answers]
            assert [answer.status for answer in answers] == [200] * 5
            refused = managed(running, "calls")
            assert (refused.status, refused.json["error"]["code"]) == (503, "store_unavailable")
            assert soon(lambda: b"calls are kept in memory" in running.log.read_bytes())
        assert soon(lambda: all(managed(running, f"calls/{one}").status == 200 for one in asked))
        assert managed(running, "system").json["lost_records"] == 0
