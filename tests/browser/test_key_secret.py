"""Another secret for a key, on its own page. Apart from other tests of keys: for Google it is another key then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from gemini_balance.core.keys import key_id
from tests.browser.visitor import ROTATED
from tests.e2e.processes import KEYS, requests

if TYPE_CHECKING:
    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'


def test_a_key_gets_another_secret_and_serves_with_it(desk: Desk, served: GatewayProcess) -> None:
    fresh, here = "AQ.Sim-willow_tree-7", f"/console/keys/{key_id(KEYS[2])}"
    page = desk.sign_in(ROTATED[1], here)
    page.get_by_text("更换密钥明文").click()
    for wrong, sentence in ((HOSTILE, "这不是密钥"), (KEYS[0], "另一个密钥已经在用这个明文")):
        page.fill("#secret", wrong)
        page.keyboard.press("Enter")
        expect(page.locator("#secret-error")).to_contain_text(sentence)
        expect(page.locator("#secret")).to_have_value("")
    desk.look_over(page)
    page.fill("#secret", fresh)
    page.keyboard.press("Enter")
    expect(page.get_by_text("密钥明文已更换。")).to_be_visible()
    page.goto(here)
    expect(page.locator("h1")).to_contain_text("…ee-7")
    expect(page.get_by_text("更换了密钥明文")).to_be_visible()
    for n in range(6):
        assert served.chat(f"Hello {n}").status == 200
    assert {request["key"] for request in requests(served.google)} >= {fresh}
