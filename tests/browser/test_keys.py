"""Keys in a browser: what is done to many of them, and what happens before the reader's eyes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from gemini_balance.core.keys import key_id
from tests.browser.visitor import ROTATED
from tests.e2e.processes import KEYS, control

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'
HOSTILE_WORD = '"><img/src=x/onerror=alert(1)>'


def _row(page: Page, secret: str) -> Locator:
    return page.locator(f"#row-{key_id(secret)}")


def _tick(page: Page, *secrets: str) -> None:
    for secret in secrets:
        _row(page, secret).get_by_role("checkbox").check()


def _bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Actions for the ticked keys")


def test_a_key_rests_and_recovers_while_somebody_watches_and_ticks_stay(desk: Desk, served: GatewayProcess) -> None:
    page = desk.sign_in(path="/console/keys")
    _tick(page, KEYS[0])
    expect(_row(page, KEYS[1])).to_contain_text("Ready")
    control(served.google, faults=[{"kind": "tuned_permission", "key": KEYS[1], "times": 1}])
    for n in range(6):
        served.chat(f"Hello {n}")
    expect(_row(page, KEYS[1])).to_contain_text("Resting until", timeout=10_000)
    expect(_row(page, KEYS[1])).to_contain_text("Google refuses this key.")
    expect(_row(page, KEYS[1])).to_contain_text("Ready", timeout=30_000)
    expect(_row(page, KEYS[0]).get_by_role("checkbox")).to_be_checked()
    expect(_bar(page)).to_contain_text("1 ticked")


def test_what_is_done_to_ticked_keys_can_be_undone(desk: Desk) -> None:
    page = desk.sign_in(path="/console/keys")
    _tick(page, KEYS[0], KEYS[1])
    _bar(page).get_by_role("button", name="Disable").click()
    expect(page.get_by_text("2 keys disabled.")).to_be_visible()
    expect(_row(page, KEYS[0])).to_contain_text("Switched off by the operator")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: 2 keys are as they were.")).to_be_visible()
    expect(_row(page, KEYS[0])).to_contain_text("Ready")


def test_a_dialog_asks_for_tags_keeps_what_was_typed_and_the_filter_finds_them(desk: Desk) -> None:
    page = desk.sign_in(path="/console/keys")
    _tick(page, KEYS[0])
    button = _bar(page).get_by_role("button", name="Tag")
    button.click()
    dialog = page.get_by_role("dialog", name="Tag 1 key")
    expect(dialog).to_be_visible()
    desk.look_over(page)
    dialog.get_by_label("Tags to add").fill("one;two")
    dialog.get_by_role("button", name="Tag 1 key").click()
    expect(dialog.get_by_text("A tag is one word")).to_be_visible()
    expect(dialog.get_by_label("Tags to add")).to_have_value("one;two")
    dialog.get_by_label("Tags to add").fill("blue")
    dialog.get_by_role("button", name="Tag 1 key").click()
    expect(page.get_by_text("Tags of 1 key changed.")).to_be_visible()
    page.get_by_label("Tag", exact=True).select_option("blue")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("[?&]tag=blue(&|$)"))
    page.get_by_label("Search keys").fill("nothing like it")
    expect(page.get_by_text("No key fits")).to_be_visible()


def test_everything_that_the_filter_matches_is_exported_masked_unless_it_is_meant(desk: Desk) -> None:
    page = desk.sign_in(path="/console/keys")
    page.get_by_role("button", name="Export").first.click()
    dialog = page.get_by_role("dialog", name="Export 5 keys")
    with page.expect_download() as masked:
        dialog.get_by_role("button", name="Export 5 keys").click()
    assert KEYS[0] not in masked.value.path().read_text()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Export").first.click()
    dialog.get_by_label("Format").select_option("json")
    dialog.get_by_label("The keys themselves").check()
    dialog.get_by_role("button", name="Export 5 keys").click()
    expect(page.get_by_text("Tick this box, or export the keys masked.")).to_be_visible()
    dialog.get_by_label("I keep this file safe").check()
    with page.expect_download() as plain:
        dialog.get_by_role("button", name="Export 5 keys").click()
    assert KEYS[0] in {one["key"] for one in json.loads(plain.value.path().read_text())["keys"]}


def test_failures_are_reset_after_503_and_service_resumes_at_once(desk: Desk, served: GatewayProcess) -> None:
    control(served.google, faults=[{"kind": "key_invalid", "key": key} for key in KEYS])
    while served.chat("Hello").status != 503:
        pass
    control(served.google, faults=[])
    page = desk.sign_in(path="/console/keys?state=invalid")
    page.get_by_label("Tick all on this page").check()
    page.get_by_label("Take all 5").check()
    _bar(page).get_by_role("button", name="Reset failures").click()
    expect(page.get_by_text("Failures of 5 keys reset. They serve at once.")).to_be_visible()
    assert served.chat("Hello").status == 200


def test_keys_are_verified_and_what_was_found_is_told_by_reason(desk: Desk) -> None:
    page = desk.sign_in(path="/console/keys")
    page.get_by_label("Tick all on this page").check()
    _bar(page).get_by_role("button", name="Verify").click()
    expect(page.get_by_role("heading", name="2 keys need attention")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("5 of 5 checked")).to_be_visible()
    for found in ("3 keys are well", "1 key is not valid", "The project of 1 key is blocked"):
        expect(page.get_by_role("heading", name=found)).to_be_visible()
    desk.look_over(page)


def test_nothing_that_is_said_of_a_key_is_taken_for_html(desk: Desk) -> None:
    page = desk.sign_in(path=f"/console/keys/{key_id(KEYS[2])}")
    for label, text in (("Label", HOSTILE), ("Project", HOSTILE), ("Notes", HOSTILE), ("Tags", HOSTILE_WORD)):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Models", exact=True).fill(HOSTILE_WORD)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("The key was saved.")).to_be_visible()
    expect(page.get_by_label("Label", exact=True)).to_have_value(HOSTILE)
    desk.look_over(page)
    for path in ("/console/keys", "/console/projects", "/console", f"/console/keys?q={HOSTILE}&tag={HOSTILE_WORD}"):
        page.goto(path)
        page.wait_for_load_state("load")
        desk.look_over(page)
    assert page.locator("img").count() == 0


def test_an_error_stands_beside_its_field(desk: Desk) -> None:
    page = desk.sign_in(path=f"/console/keys/{key_id(KEYS[0])}")
    page.get_by_label("Weight").fill("a lot")
    page.get_by_label("Proxy").fill("nowhere")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("Weight")).to_have_value("a lot")
    for label, error in (("Weight", "A whole number from 1 to 1,000"), ("Proxy", "A proxy is told with its scheme")):
        expect(page.get_by_label(label)).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_text(error)).to_be_visible()


def test_on_a_phone_keys_are_cards_and_the_bar_can_be_used(desk: Desk) -> None:
    page = desk.sign_in(ROTATED[1], path="/console/keys")
    _tick(page, KEYS[0])
    desk.look_over(page)
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_text("没有需要修改的。")).to_be_visible()


def test_without_scripts_a_question_is_a_page_and_deleting_names_the_count(desk: Desk) -> None:
    page = desk.sign_in(path="/console/keys", java_script_enabled=False)
    _tick(page, KEYS[0], KEYS[1])
    page.locator("button[formaction$='what=delete']").dispatch_event("click")
    page.get_by_role("button", name="Delete 2 keys").click()
    expect(page.get_by_text("2 keys deleted.")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(3)
