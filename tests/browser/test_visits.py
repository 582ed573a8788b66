"""Signing in and out, what the browser remembers, and a page that stays true while it is looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.visitor import PASSWORD, ROTATED
from tests.e2e.processes import KEYS, control

if TYPE_CHECKING:
    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess


def test_whoever_opens_the_address_is_led_to_the_door_and_then_to_the_overview(desk: Desk) -> None:
    page = desk.open()
    page.goto("/")
    expect(page).to_have_title("Sign in · Gemini Balance")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("Overview · Gemini Balance")


def test_a_wrong_password_is_said_beside_the_field_and_what_was_asked_for_is_not_forgotten(desk: Desk) -> None:
    page = desk.open()
    page.goto("/console/system")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is not the password.")).to_be_visible()
    expect(page.locator("#password")).to_have_value("")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("System · Gemini Balance")


def test_no_script_can_read_the_session_and_no_other_site_sends_it(desk: Desk) -> None:
    page = desk.sign_in()
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "gemini-balance")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/")
    assert "gemini-balance=" not in page.evaluate("document.cookie")


def test_signing_out_ends_the_session_also_for_who_kept_its_cookie(desk: Desk) -> None:
    page = desk.sign_in()
    kept = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · Gemini Balance")
    page.context.add_cookies([{**cookie, "url": None} for cookie in kept])
    page.goto("/console/system")
    expect(page).to_have_title("Sign in · Gemini Balance")


def test_the_theme_is_switched_at_once_and_kept(desk: Desk) -> None:
    page = desk.sign_in()
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Switch to light or dark").click()
    dark = page.evaluate(ground)
    assert light != dark
    page.goto("/console/system")
    assert page.evaluate(ground) == dark


def test_the_language_is_the_browser_s_until_another_one_is_chosen(desk: Desk) -> None:
    page = desk.sign_in(ROTATED[3])
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/console/system")
    expect(page.get_by_role("heading", level=1)).to_have_text("System")


def test_times_are_those_of_the_reader_s_zone(desk: Desk) -> None:
    page = desk.sign_in(path="/console/system")
    started = page.locator("dd time")
    stands, utc = started.text_content(), started.get_attribute("datetime")
    assert stands is not None
    assert utc is not None
    assert re.fullmatch(r"\d\d:\d\d", stands)
    assert (int(stands[:2]) - int(utc[11:13])) % 24 == 8


def test_a_page_can_be_reached_and_left_with_the_keyboard_alone(desk: Desk) -> None:
    page = desk.sign_in()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_a_phone_the_menu_opens_over_the_page(desk: Desk) -> None:
    page = desk.sign_in(("en-US", "light", 360))
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Main menu").click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="System").click()
    expect(page).to_have_title("System · Gemini Balance")


def test_without_scripts_the_console_still_works(desk: Desk) -> None:
    page = desk.sign_in(java_script_enabled=False)
    expect(page.get_by_role("heading", name="Serving well.")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_whoever_is_signed_out_elsewhere_is_led_to_the_door(desk: Desk) -> None:
    watched, other = desk.sign_in(), desk.sign_in()
    other.get_by_role("button", name="Sign out").click()
    expect(watched).to_have_title("Sign in · Gemini Balance", timeout=20_000)


def test_the_overview_shows_a_key_that_dies_while_somebody_looks(desk: Desk, served: GatewayProcess) -> None:
    page = desk.sign_in()
    expect(page.get_by_text("3 of 5 keys are ready.")).to_be_visible()
    page.evaluate("window.untouched = true")
    control(served.google, faults=[{"kind": "key_invalid", "key": KEYS[0]}])
    for n in range(6):
        served.chat(f"Hello {n}")
    expect(page.get_by_text("3 invalid")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("2 of 5 keys are ready.")).to_be_visible()
    assert page.evaluate("window.untouched") is True
