"""The overview over sockets: before there is anything, while it goes on, and while the journal is away."""

from __future__ import annotations

import http.client
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.e2e.console.visiting import signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import GatewayProcess

PASSWORD = "password-of-the-operator"


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("overview"), AUTH_TOKEN=PASSWORD) as running:
        yield running


def test_without_keys_it_leads_to_where_they_are_added(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("empty")
    with gateway(running_google, folder, AUTH_TOKEN=PASSWORD, API_KEYS="") as served:
        page = signed_in(served, PASSWORD).read("/console")
    assert "Nothing yet: there is no key." in page
    assert re.search(r'<a class="btn primary" href="/console/first-run">Add keys</a>', page)


def test_before_the_first_call_it_says_how_to_make_one_and_then_it_counts(served: GatewayProcess) -> None:
    operator = signed_in(served, PASSWORD)
    empty = operator.read("/console?range=1h")
    assert "No call: last hour" in empty
    assert 'href="/console/connect"' in empty
    assert "data-chart=" not in empty
    served.chat("Hello")
    served.chat("Hello", model="nonsense")
    page = operator.shows("/console?range=1h", "2 calls, 1 failed.", "No such model", "data-chart=", tries=150)
    assert page.count("data-chart=") == 4
    assert re.search(r'href="/console/calls/[0-9a-f]{22}"', page)


def test_how_far_back_is_asked_for_in_the_address(served: GatewayProcess) -> None:
    operator = signed_in(served, PASSWORD)
    for asked, shown in (("1h", "1 h"), ("24h", "24 h"), ("7d", "7 d"), ("", "24 h"), ("x", "24 h")):
        page = operator.read(f"/console?range={asked}")
        assert re.findall(r'aria-current="true">([^<]+)</a>', page) == [shown]
        assert f'hx-sse:connect="/console/live?range={asked}"' in page


def test_what_changes_is_sent_for_the_range_that_is_shown(served: GatewayProcess) -> None:
    operator = signed_in(served, PASSWORD)
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as watching:
        watching.request("GET", "/console/live?range=7d", headers={"Cookie": operator.cookie})
        stream = watching.getresponse()
        sent = b""
        while b"\n\n" not in sent:
            sent += stream.read1(65_536)
        assert b"last 7 days" in sent


def test_while_the_journal_is_away_the_rest_is_shown(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its tables are gone: whatever is asked of them fails."""
    with gateway(running_google, tmp_path_factory.mktemp("away"), AUTH_TOKEN=PASSWORD) as served:
        with closing(sqlite3.connect(served.log.parent / "data" / "journal.db")) as journal:
            for table in ("minutes", "hours", "calls", "key_days"):
                journal.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
        page = signed_in(served, PASSWORD).read("/console")
    assert "The journal does not answer" in page
    assert "All 3 keys are ready." in page
