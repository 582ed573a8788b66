"""Models: found, looked at, and led from one to the option that says something of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import ROTATED

if TYPE_CHECKING:
    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

HOSTILE = """"><img src=x onerror=alert(1)>"""
MODELS = "/console/models"


@pytest.fixture(autouse=True, scope="module")
def some_calls(served: GatewayProcess) -> None:
    for n in range(3):
        served.chat(f"Hello {n}")


def test_a_model_is_found_with_its_calls_and_leads_to_the_option_that_names_it(desk: Desk) -> None:
    page = desk.sign_in(path=MODELS)
    page.fill("[name=q]", "gemini-2.5-flash -search")
    expect(page.locator("#models tr a.name")).to_have_text(["gemini-2.5-flash", "gemini-2.5-flash-lite"])
    page.wait_for_url("**q=*")
    page.get_by_role("link", name="gemini-2.5-flash", exact=True).click()
    expect(page.locator("dd").filter(has_text="3 calls, 0 failed")).to_be_visible()
    page.get_by_role("link", name="SEARCH_MODELS").click()
    expect(page.locator(".option:visible")).to_have_count(1)
    expect(page.locator("#search_models")).to_be_visible()


def test_an_option_that_names_a_model_nobody_lists_is_told_and_hostile_names_stay_text(desk: Desk) -> None:
    page = desk.sign_in(path="/console/options")
    page.fill("#search_models", f"gemini-1.5-pro\n{HOSTILE}")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-toast]")).to_be_visible()
    page.goto(f"{MODELS}?q={HOSTILE}")
    told = page.locator(".todo li")
    expect(told.first).to_contain_text("SEARCH_MODELS names gemini-1.5-pro, which no key lists")
    expect(told.first).to_contain_text("gemini-pro-latest answers instead.")
    expect(told.last).to_contain_text(HOSTILE)


def test_a_retired_name_says_what_answers_for_it(desk: Desk) -> None:
    page = desk.sign_in(path=f"{MODELS}?q=gemini-1.5-flash-8b")
    expect(
        page.get_by_role("row", name="gemini-1.5-flash-8b gemini-flash-lite-latest retired 2025-09-24")
    ).to_be_visible()


@pytest.mark.parametrize("look", ROTATED, ids=str)
def test_a_model_s_own_page_is_without_fault(desk: Desk, look: tuple[str, str, int]) -> None:
    page = desk.sign_in(look, f"{MODELS}/gemini-2.5-flash")
    desk.look_over(page)
