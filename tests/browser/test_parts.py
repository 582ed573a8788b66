"""Every component in a real browser, and hostile text in every place where text may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gemini_balance.console.guard import HEADERS
from tests.browser.parts import draw
from tests.browser.visitor import LOOKS, ROTATED

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.visitor import Desk, Look

HOSTILE = (
    """"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}${alert(1)}""",
    """' autofocus onfocus=alert(1) x='</textarea></title></style><svg onload=alert(1)><a hx-on:click="alert(1)">""",
    """javascript:alert(1)//<hx-partial hx-get="https://elsewhere.example" hx-trigger="load">""",
)


def _open(desk: Desk, text: str, look: Look) -> Page:
    """From the gateway's own address, under its own policy; drawn here, as no such page is served."""
    page = desk.open(look)
    html = draw(text, "zh" if look[0] == "zh-CN" else "en")
    headers = HEADERS | {"content-type": "text/html; charset=utf-8"}
    page.route("**/console/parts", lambda route: route.fulfill(body=html, headers=headers))
    page.goto("/console/parts")
    return page


@pytest.mark.parametrize("look", ROTATED, ids=str)
def test_no_component_has_a_fault(desk: Desk, look: Look) -> None:
    page = _open(desk, "main 04", look)
    expect(page.locator("canvas")).to_have_count(2)
    page.locator("[data-tick]").first.check()
    expect(page.locator("[data-bulk]")).to_be_visible()
    desk.look_over(page)


@pytest.mark.prove
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_no_component_has_a_fault_in_any_look(desk: Desk, look: Look) -> None:
    desk.look_over(_open(desk, "main 04", look))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_ever_run(desk: Desk, text: str) -> None:
    page = _open(desk, text, ROTATED[0])
    expect(page.locator("h1")).to_have_text(text)
    expect(page.locator("#f2")).to_have_value(text)
    page.locator("[data-chart]").first.hover()
    page.locator("#f1").focus()
    page.wait_for_timeout(100)
    assert (
        page.evaluate(
            "document.querySelectorAll('main script, main img, main [onerror], main [hx-on\\\\:click]').length"
        )
        == 0
    )


def test_text_can_be_taken_away(desk: Desk) -> None:
    page = _open(desk, "sk-example", ROTATED[0])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.locator("[data-copy=c2]")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "sk-example"


def test_the_slash_leads_to_the_search_and_escape_closes_what_is_open(desk: Desk) -> None:
    page = _open(desk, "main 04", ROTATED[0])
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete", exact=True).first).to_be_focused()


def test_ticking_counts_and_all_can_be_ticked_at_once(desk: Desk) -> None:
    page = _open(desk, "main 04", ROTATED[0])
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.locator("[data-tick]").first.check()
    expect(page.locator("[data-ticked]")).to_have_text("1 ticked")
    page.locator("[data-tick-all]").check()
    expect(page.locator("[data-ticked]")).to_have_text("3 ticked")


def test_a_chart_says_what_the_pointer_is_over_and_follows_the_theme(desk: Desk) -> None:
    page = _open(desk, "whole", ROTATED[0])
    page.locator("[data-chart] .u-over").first.hover()
    expect(page.locator("[data-read]").first).to_contain_text("failed")
    before = page.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("button", name="Switch to light or dark").click()
    page.wait_for_timeout(200)
    assert page.locator("canvas").first.evaluate("canvas => canvas.toDataURL()") != before
