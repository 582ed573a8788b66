"""A real browser before a real gateway on the fake Google. Each module has its own of all three: a browser that was
left open would stand in the way of tests that run event loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance import simulator
from tests.browser.chromium import ABSENT, ARGUMENTS, found
from tests.browser.visitor import PASSWORD, Desk
from tests.e2e.processes import KEYS, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

SICK = ("AIzaSim-dune-1-dead", "AIzaSim-elm-1-nobilling")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = found()
    if path is None:
        pytest.skip(ABSENT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with simulator.serve_in_thread(simulator.SimulatorConfig()) as google:
        settings = {"API_KEYS": ",".join((*KEYS, *SICK)), "AUTH_TOKEN": PASSWORD, "MAX_FAILURES": "3"}
        with gateway(google, tmp_path_factory.mktemp("console"), **settings) as running:
            yield running


@pytest.fixture
def desk(browser: Browser, served: GatewayProcess) -> Iterator[Desk]:
    desk = Desk(browser, served.url)
    yield desk
    desk.close()
    assert desk.troubles == []
