"""Changing options: what is about to be saved, what is wrong with it, and that it holds on the next call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

HOSTILE = """"><img src=x onerror=alert(1)></textarea><script>alert(1)</script>"""
OPTIONS = "/console/options"
SECRET = "hush-nobody-shall-read-this"


@pytest.fixture(autouse=True)
def as_it_was(served: GatewayProcess, desk: Desk) -> Iterator[None]:
    yield
    page = desk.sign_in(path=OPTIONS)
    for box in page.locator("[name=reset]").all():
        box.check()
    if page.locator("[name=reset]").count():
        page.get_by_role("button", name="Save").click()
        expect(page.locator("[data-toast]")).to_be_visible()


def test_a_changed_option_holds_on_the_next_call_and_can_be_taken_back(desk: Desk, served: GatewayProcess) -> None:
    page = desk.sign_in(path=OPTIONS)
    assert "x-gateway-trace" not in served.chat("Hello").headers
    page.get_by_label("Route in a header", exact=True).check()
    bar = page.get_by_role("region", name="Unsaved changes")
    expect(bar).to_contain_text("1 change")
    expect(bar.locator(".diff")).to_have_text("Route in a header Off → On")
    bar.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 option saved. It holds from the next call on.")).to_be_visible()
    assert "x-gateway-trace" in served.chat("Hello").headers
    page.get_by_label("Take back: the default is Off").check()
    expect(bar.locator(".diff")).to_have_text("Route in a header On → Off")
    bar.get_by_role("button", name="Save").click()
    expect(page.locator("#o-route_header .badge")).to_have_text("Default")
    assert "x-gateway-trace" not in served.chat("Hello").headers


def test_an_error_stands_beside_its_field_and_nothing_that_was_typed_is_lost(desk: Desk) -> None:
    page = desk.sign_in(path=OPTIONS)
    page.fill("#max_retries", "7")
    page.fill("#patience", "900")
    error = page.locator("#patience-error")
    expect(error).to_have_text("A number from 0 to 600.")
    expect(page.locator("#patience")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    expect(page.locator("#patience")).to_be_focused()
    page.fill("#search_models", "\n".join(f"model-{n}" for n in range(30)))
    expect(page.locator("#bar ins").last).to_contain_text("model-1")
    desk.look_over(page)
    page.fill("#search_models", page.locator("[name='was.search_models']").input_value())
    page.fill("#patience", "60")
    expect(error).to_be_empty()
    expect(page.locator("#max_retries")).to_have_value("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 options saved. They hold from the next call on.")).to_be_visible()


def test_without_scripts_the_same_form_saves_all_or_nothing(desk: Desk) -> None:
    page = desk.sign_in(path=OPTIONS, java_script_enabled=False)
    page.fill("#max_retries", "8")
    page.fill("#patience", "900")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#patience-error")).to_have_text("A number from 0 to 600.")
    expect(page.locator("#patience")).to_have_value("900")
    expect(page.locator("#max_retries")).to_have_value("8")
    page.goto(OPTIONS)
    expect(page.locator("#max_retries")).to_have_value("3")
    page.fill("[name=q]", "retries")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".option:visible")).to_have_count(1)


def test_options_are_found_while_one_types_and_what_was_typed_elsewhere_stays(desk: Desk) -> None:
    page = desk.sign_in(path=OPTIONS)
    page.fill("#max_retries", "7")
    page.keyboard.press("Escape")
    page.fill("[name=q]", "stream chunks smoothed")
    expect(page.locator(".option:visible")).to_have_count(1)
    page.fill("[name=q]", "further attempts")
    expect(page.locator(".option:visible")).to_contain_text("MAX_RETRIES")
    page.fill("[name=q]", "no option is like this")
    expect(page.get_by_text("No option is like that")).to_be_visible()
    page.fill("[name=q]", "")
    expect(page.locator("#max_retries")).to_have_value("7")


def test_hostile_text_stays_text_wherever_it_is_shown(desk: Desk) -> None:
    page = desk.sign_in(path=OPTIONS)
    page.fill("#create_image_model", HOSTILE)
    page.fill("#filtered_models", HOSTILE)
    page.fill("#quota_limits", HOSTILE)
    expect(page.locator("#quota_limits-error")).to_contain_text("A JSON object of models with rpm, tpm or rpd")
    expect(page.locator("#bar ins").last).to_contain_text("<img src=x")
    page.fill("#quota_limits", json.dumps({HOSTILE: {"rpm": 1}}))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("3 options saved")).to_be_visible()
    expect(page.locator("#create_image_model")).to_have_value(HOSTILE)
    page.goto(f"{OPTIONS}/history")
    expect(page.locator(".history ins").first).to_contain_text("<img src=x")
    desk.look_over(page)
    page.goto(f"{OPTIONS}/import")
    page.fill("#document", json.dumps({"version": 1, "options": {"create_image_model": HOSTILE * 2, HOSTILE: 1}}))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".diff ins")).to_contain_text("<img src=x")
    expect(page.get_by_text("1 name is no option here")).to_be_visible()


def test_a_secret_is_set_and_emptied_and_never_shown(desk: Desk) -> None:
    page = desk.sign_in(path=OPTIONS)
    page.fill("#alert_secret", SECRET)
    expect(page.locator("#bar .diff")).to_have_text("Signature of alerts … → …")
    assert SECRET not in page.content()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#alert_secret")).to_have_attribute("placeholder", "Set; type to replace it")
    for path in (OPTIONS, f"{OPTIONS}/history"):
        page.goto(path)
        assert SECRET not in page.content()
    page.goto(OPTIONS)
    page.locator("#o-alert_secret [name=clear]").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#alert_secret")).to_have_attribute("placeholder", "Not set")


def test_an_export_is_a_file_that_can_be_chosen_for_an_import(desk: Desk) -> None:
    page = desk.sign_in(path=OPTIONS)
    page.fill("#max_retries", "9")
    page.get_by_role("button", name="Save").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Export").click()
    assert downloading.value.suggested_filename == "gemini-balance-options.json"
    kept = downloading.value.path()
    assert json.loads(kept.read_text()) == {"version": 1, "options": {"max_retries": 9}}
    page.goto(f"{OPTIONS}/import")
    page.set_input_files(
        "#file",
        {"name": "o.json", "mimeType": "application/json", "buffer": b'{"version": 1, "options": {"max_retries": 2}}'},
    )
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".diff")).to_have_text("Further attempts 9 → 2")
    page.get_by_role("button", name="Import 1 change").click()
    expect(page.locator("#max_retries")).to_have_value("2")
