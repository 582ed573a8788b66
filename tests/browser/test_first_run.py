"""First run in a real browser: from an empty folder to a call that succeeds."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gemini_balance import simulator
from tests.browser.visitor import PASSWORD, Desk
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.e2e.processes import GatewayProcess

KEYS = [f"AQ.Sim-{project * 3}-{n}" for project in ("amber", "basil", "cedar") for n in range(1, 9)]
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[GatewayProcess]:
    with simulator.serve_in_thread(simulator.SimulatorConfig()) as google:
        none = {"API_KEYS": "", "ALLOWED_TOKENS": "", "AUTH_TOKEN": PASSWORD}
        with gateway(google, tmp_path, **none) as running:
            yield running


def test_from_an_empty_folder_to_a_call_that_succeeds(browser: Browser, empty: GatewayProcess) -> None:
    desk = Desk(browser, empty.url)
    page = desk.open()
    page.goto("/")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ready in four steps")).to_be_visible()
    desk.look_over(page)
    page.fill("#keys", "\n".join([HOSTILE, *KEYS, "AQ.Sim-dunedunedune-1-dead"]))
    page.get_by_role("button", name="Add and check these keys").click()
    expect(page.get_by_text("25 of 25 checked")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("24 work")).to_be_visible()
    expect(page.get_by_text("1 key can’t be used:")).to_be_visible()
    expect(page.locator(".cells .t-bad")).to_have_count(1)
    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_role("button", name="Make token").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Send test call").click()
    expect(page.get_by_text("Works.")).to_be_visible(timeout=20_000)
    expect(page.locator("#secret")).to_have_text(secret)
    page.locator("summary", has_text="Gemini CLI").click()
    expect(page.locator("#gemini-cli-text-1")).to_contain_text(f"GEMINI_API_KEY={secret}")
    desk.look_over(page)
    page.get_by_role("link", name="Go to the overview").click()
    expect(page).to_have_title("Overview · Gemini Balance")
    desk.close()
    assert desk.troubles == []


def test_a_check_that_takes_long_can_be_stopped(browser: Browser, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, simulator.serve_in_thread(simulator.demo()) as google:
        never = f"http://127.0.0.1:{silent.getsockname()[1]}"  # takes calls, and answers none
        with gateway(google, tmp_path, AUTH_TOKEN=PASSWORD, API_KEYS="", BASE_URL=never) as served:
            desk = Desk(browser, served.url)
            page = desk.open()
            page.goto("/console/first-run")
            page.fill("#password", PASSWORD)
            page.keyboard.press("Enter")
            page.fill("#keys", "\n".join(KEYS))
            page.get_by_role("button", name="Add and check these keys").click()
            expect(page.get_by_text("0 of 24 checked")).to_be_visible()
            page.get_by_role("button", name="Stop checking").click()
            expect(page.get_by_text("stopped", exact=True)).to_be_visible()
            expect(page.get_by_text("24 to go")).to_be_visible()
            desk.close()
            assert desk.troubles == []
