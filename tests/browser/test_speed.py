"""Every page with ten thousand keys and a million calls: soon on its way, soon usable, and no call waits for it."""

from __future__ import annotations

import asyncio
import http.client
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from gemini_balance import simulator
from gemini_balance.console.nav import PAGES
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.stores import Change, KeptKey, Off, Subject
from gemini_balance.storage.database import Database
from gemini_balance.storage.engine import journal_of, url_of
from tests.browser.console_page import record
from tests.browser.visitor import PASSWORD, Desk
from tests.contract.ten_million import build
from tests.e2e.console.visiting import Visitor, signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.e2e.processes import GatewayProcess

KEYS, CALLS = 10_000, 1_000_000
MOST = (300.0, 50.0, 1000.0)
"""Milliseconds on the server, of holding up others, and until a page is usable."""
TIMES = 7
PAUSE = 0.001  # seconds between two of the small requests
TIMING = "performance.getEntriesByType('navigation')[0].loadEventEnd"

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """Its journal ends now; some of its keys are off, and some turn out to be dead."""
    folder = tmp_path_factory.mktemp("large")
    with ThreadPoolExecutor(1) as thread:  # the browser's own loop runs in this one
        thread.submit(lambda: asyncio.run(_keep_keys(folder / "data"))).result()
    build(journal_of(url_of("", folder / "data")), CALLS, time.time())
    with (
        simulator.serve_in_thread(simulator.SimulatorConfig()) as google,
        gateway(google, folder, AUTH_TOKEN=PASSWORD) as running,
    ):
        headers = {"Authorization": f"Bearer {PASSWORD}", "Content-Type": "application/json"}
        running.request("POST", "/api/admin/v1/keys/verify", b'{"filter": {"tag": "sick"}}', headers)
        for n in range(30):
            running.chat(f"Hello {n}", model="nonsense" if n % 10 == 0 else "gemini-2.5-flash")
        time.sleep(5)
        yield running


async def _keep_keys(data: Path) -> None:
    """The first ones have the ids that the journal names."""
    database = Database("", data)
    change = Change(at=time.time(), who="operator", subject=Subject.KEY, target=f"{KEYS} keys", action="import")
    await database.keys.put([_key(n) for n in range(KEYS)], change)
    await database.close()


def _key(n: int) -> KeptKey:
    sick = n % 100 == 7
    return KeptKey(
        id=KeyId(f"key-00000000{n}"),
        secret=f"AIzaSim-project{n // 2}-{n}{'-dead' if sick else ''}",
        label=f"main {n:05}",
        project=f"project{n // 2}" if n % 3 else "",
        tags=frozenset({"sick"} if sick else {f"team{n % 20}"}),
        notes="From the spring.",
        off=Off.OPERATOR if n % 50 == 3 else Off.NO,
        created=time.time() - n,
    )


@contextmanager
def _small_requests(served: GatewayProcess) -> Iterator[list[float]]:
    """Milliseconds that each of many took while something else goes on."""
    took: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as connection:
            while not over.is_set():
                began = time.perf_counter()
                connection.request("GET", "/health/live")
                connection.getresponse().read()
                took.append((time.perf_counter() - began) * 1000)
                time.sleep(PAUSE)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.05)
    took.clear()
    try:
        yield took
    finally:
        over.set()
        asking.join()


def _on_the_server(visitor: Visitor, path: str) -> tuple[float, float]:
    """Milliseconds until the whole page is there, and the longest that another request waits meanwhile: each the
    median of several times, after a first one."""
    visitor.read(path)
    pages, held = [], []
    for _ in range(TIMES):
        with _small_requests(visitor.served) as took:
            began = time.perf_counter()
            visitor.read(path)
            pages.append((time.perf_counter() - began) * 1000)
        held.append(max(took, default=0.0))
    return statistics.median(pages), statistics.median(held)


def _in_the_browser(page: Page, path: str) -> float:
    """Milliseconds from the click on a link until everything is drawn and listens."""
    times = []
    for _ in range(3):
        page.goto(path, wait_until="load")
        times.append(float(page.evaluate(TIMING)))
    return statistics.median(times)


def test_every_page_is_there_in_time_and_nothing_waits_for_it(browser: Browser, large: GatewayProcess) -> None:
    visitor, desk = signed_in(large, PASSWORD), Desk(browser, large.url)
    assert f"{KEYS + 3:,} keys" in visitor.read("/console")
    page = desk.sign_in()
    measured = {}
    for shown in PAGES:
        address = visitor.address(shown)
        measured[f"/console{shown.path}"] = (*_on_the_server(visitor, address), _in_the_browser(page, address))
    desk.close()
    record(measured)
    slow = {
        path: took for path, took in measured.items() if any(one > most for one, most in zip(took, MOST, strict=True))
    }
    assert (slow, desk.troubles) == ({}, [])
