"""Client tokens: made, used, changed, turned off, ended; and hostile text wherever one may stand."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import ROTATED

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visitor import Desk
    from tests.e2e.processes import Answer, GatewayProcess

HOSTILE = """"><img src=x onerror=alert(1)>"""
TOKENS = "/console/tokens"


def _chat(served: GatewayProcess, secret: str) -> Answer:
    body = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    return served.request("POST", "/v1/chat/completions", json.dumps(body).encode(), headers)


def _make(page: Page, name: str, **fields: str) -> str:
    """The secret of a new token."""
    page.goto(f"{TOKENS}/new")
    page.fill("#name", name)
    for field, text in fields.items():
        page.fill(f"#{field}", text)
    page.get_by_role("button", name="Make a token").click()
    return page.locator("#secret").inner_text()


def test_a_token_is_made_shown_once_used_and_seen_in_its_usage(desk: Desk, served: GatewayProcess) -> None:
    page = desk.sign_in()
    secret = _make(page, "translator", rpm="60", tokens_per_day="1,000,000")
    expect(page.get_by_role("link", name="Connect a client")).to_have_attribute(
        "href", re.compile("/console/connect.token=token-")
    )
    desk.look_over(page)
    assert _chat(served, secret).status == 200
    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_role("heading", name="Calls with it are taken.")).to_be_visible()
    expect(page.locator("#tokens_per_day")).to_have_value("1000000")
    page.wait_for_timeout(1500)
    page.reload()
    expect(page.locator(".stat").first).to_contain_text("1")
    expect(page.locator("table")).to_contain_text("gemini-2.5-flash")
    assert secret not in page.content()
    page.goto(TOKENS)
    expect(page.get_by_role("row", name="translator")).to_contain_text("of 1 M")
    assert secret not in page.content()


def test_a_token_is_turned_off_and_on_from_the_list_and_revoked_by_its_name(desk: Desk, served: GatewayProcess) -> None:
    page = desk.sign_in()
    secret = _make(page, "scratch")
    for action, status in (("Disable", 401), ("Enable", 200)):
        page.goto(TOKENS)
        page.get_by_label("Actions for scratch").click()
        page.get_by_role("button", name=action).click()
        expect(page.locator("[data-toast]")).to_contain_text("scratch")
        assert _chat(served, secret).status == status
    page.fill("[name=q]", "no such token")
    expect(page.get_by_text("No token is like that")).to_be_visible()
    page.fill("[name=q]", "scratch")
    page.wait_for_url("**q=scratch*")
    page.get_by_label("Actions for scratch").click()
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke scratch").click()
    expect(page.get_by_text("scratch is revoked.")).to_be_visible()
    expect(page.get_by_role("row", name="scratch")).to_have_count(0)
    assert _chat(served, secret).status == 401


def test_an_error_stands_beside_its_field_and_what_was_typed_stays_but_no_secret(desk: Desk) -> None:
    page = desk.sign_in(path=f"{TOKENS}/new")
    page.fill("#name", "kept")
    page.fill("#rpm", "many")
    page.fill("#expires", "2020-01-01T00:00")
    page.locator("summary").click()
    page.fill("#secret", "short")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#rpm-error")).to_have_text("A whole number from 0 to 100,000; 0 is no limit.")
    page.fill("#rpm", "5")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#expires-error")).to_have_text("The moment it expires must lie ahead.")
    page.fill("#expires", "")
    page.locator("summary").click()
    page.fill("#secret", "short")
    page.get_by_role("button", name="Make a token").click()
    expect(page.locator("#secret-error")).to_be_visible()
    expect(page.locator("#secret")).to_have_value("")
    expect(page.locator("#name")).to_have_value("kept")


def test_terms_are_changed_and_the_history_says_from_what(desk: Desk) -> None:
    page = desk.sign_in()
    _make(page, "changing", models="gemini-2.5-pro")
    page.get_by_role("link", name="Look at it").click()
    page.fill("#rpm", "7")
    page.fill("#models", "gemini-2.5-pro\ngemini-2.5-flash")
    page.get_by_role("button", name="Save the token").click()
    expect(page.get_by_text("changing is changed.")).to_be_visible()
    expect(page.locator(".history li").first).to_contain_text("Requests a minute 0 → 7")
    expect(page.locator("#models")).to_have_value("gemini-2.5-flash\ngemini-2.5-pro")


def test_hostile_text_stays_text(desk: Desk) -> None:
    page = desk.sign_in()
    _make(page, HOSTILE, tags=HOSTILE)
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    page.goto(f"{TOKENS}?q={HOSTILE}&state=&sort={HOSTILE}")
    page.get_by_role("link", name=HOSTILE, exact=True).click()
    expect(page.locator("#name")).to_have_value(HOSTILE)
    page.get_by_role("button", name="Disable").click()
    expect(page.locator("[data-toast]")).to_contain_text(HOSTILE)
    page.fill("#models", HOSTILE)
    page.get_by_role("button", name="Save the token").click()
    expect(page.locator("#models-error")).to_be_visible()
    expect(page.locator("#models")).to_have_value(HOSTILE)


@pytest.mark.parametrize("look", ROTATED, ids=str)
def test_a_token_s_own_page_is_without_fault(desk: Desk, look: tuple[str, str, int]) -> None:
    page = desk.sign_in(look, TOKENS)
    page.locator("a.name").first.click()
    page.wait_for_load_state("load")
    page.locator("details summary.btn").click()
    desk.look_over(page)
