"""Looking at the overview and at the system: charts that stay under the pointer, and work whose progress is seen."""

from __future__ import annotations

import re
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PASSWORD, ROTATED
from tests.e2e.processes import control

if TYPE_CHECKING:
    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

EVIL = '"><img src=x onerror=alert(1)>'
SOME = re.compile(r"whole \d")  # which minute it is, the clock decides


@pytest.fixture(autouse=True, scope="module")
def some_calls(served: GatewayProcess) -> None:
    for n in range(6):
        served.chat(f"Hello {n}", model="nonsense" if n == 3 else "gemini-2.5-flash")
    time.sleep(2)


def test_numbers_follow_and_the_chart_stays_with_what_the_pointer_is_over(desk: Desk, served: GatewayProcess) -> None:
    page = desk.sign_in(path="/console?range=1h")
    expect(page.locator(".stat").first).to_contain_text("6")
    plot = page.locator("[data-chart]").first
    box = plot.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20)
    read = page.locator("[data-read]").first
    expect(read).to_contain_text(SOME)
    page.evaluate("window.drawn = document.querySelector('[data-chart] canvas')")
    for n in range(4):
        served.chat(f"Once more {n}")
    expect(page.locator(".stat").first).to_contain_text("10", timeout=15_000)
    assert page.evaluate("window.drawn === document.querySelector('[data-chart] canvas')") is True
    expect(read).to_contain_text(SOME)
    page.mouse.move(2, 2)
    expect(read).to_contain_text("10 calls, 1 failed.")


def test_how_far_back_is_in_the_address_and_charts_follow(desk: Desk) -> None:
    page = desk.sign_in()
    expect(page.get_by_text("each bar: 1 h").first).to_be_visible()
    page.get_by_role("link", name="7 d").click()
    expect(page).to_have_url(re.compile(r"range=7d$"))
    expect(page.get_by_text("each bar: 3 h").first).to_be_visible()
    expect(page.locator("[data-chart] canvas").first).to_be_visible()


def test_an_error_leads_to_its_call(desk: Desk) -> None:
    page = desk.sign_in()
    link = page.get_by_role("link", name="No such model")
    expect(link).to_have_attribute("href", re.compile(r"^/console/calls/[0-9a-f]{22}$"))


def test_an_examination_and_a_backup_are_seen_through(desk: Desk) -> None:
    page = desk.sign_in(path="/console/system")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("its files are whole")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Make a backup").click()
    expect(page.locator("#backups td.mono")).to_contain_text("data/backups/", timeout=20_000)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download the backup").click()
    assert re.fullmatch(r"gemini-balance-[\dTZ-]+\.tar", downloading.value.suggested_filename)
    with tarfile.open(downloading.value.path()) as kept:
        assert [Path(name).name for name in kept.getnames()] == ["gemini-balance.db", "journal.db"]
    desk.look_over(page)


def test_the_process_that_answers_is_listed_and_its_changes_are_told_in_words(
    desk: Desk, served: GatewayProcess
) -> None:
    headers = {"Authorization": f"Bearer {PASSWORD}", "Content-Type": "application/json"}
    served.request("PATCH", "/api/admin/v1/options", b'{"values": {"max_retries": 7, "metrics_open": true}}', headers)
    page = desk.sign_in(path="/console/system")
    expect(page.locator("#replicas tbody tr")).to_have_count(1)
    expect(page.locator("#replicas tbody tr")).to_contain_text("this one")
    page.get_by_role("link", name="All changes").click()
    expect(page.locator("tbody tr", has_text="MAX_RETRIES").locator(".diff")).to_have_text("3 → 7")
    expect(page.locator("tbody tr", has_text="METRICS_OPEN").locator(".diff")).to_have_text("Off → On")
    page.get_by_role("link", name="Further attempts").click()
    expect(page.get_by_role("heading", name="Further attempts MAX_RETRIES")).to_be_visible()
    served.request("PATCH", "/api/admin/v1/options", b'{"values": {"max_retries": 3, "metrics_open": false}}', headers)


@pytest.mark.parametrize("look", ROTATED[1:3], ids=str)
def test_what_callers_and_google_write_never_runs(
    desk: Desk, served: GatewayProcess, look: tuple[str, str, int]
) -> None:
    headers = {"Authorization": f"Bearer {PASSWORD}", "Content-Type": "application/json"}
    keys = served.request("GET", "/api/admin/v1/keys", headers=headers).json["items"]
    body = b'{"label": "\\"><img src=x onerror=alert(1)>", "notes": "<script>alert(1)</script>"}'
    for key in keys:
        served.request("PATCH", f"/api/admin/v1/keys/{key['id']}", body, headers)
    control(served.google, faults=[{"kind": "key_invalid"}])
    for _ in range(8):
        served.chat("Hello", model=EVIL)
        served.chat("Hello")
    control(served.google, faults=[])
    page = desk.sign_in(look)
    expect(page.locator(".todo h3").first).to_contain_text(EVIL)
    for path in ("/console/system", "/console/system/changes"):
        page.goto(path)
        page.wait_for_timeout(300)
        desk.look_over(page)
