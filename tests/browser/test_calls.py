"""From an error to its call, a list that stays true without jumping, and strings that callers can set."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from gemini_balance import simulator
from tests.browser.visitor import LOOKS, PASSWORD, ROTATED
from tests.e2e.processes import KEYS, TOKEN, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.visitor import Desk, Look
    from tests.e2e.processes import GatewayProcess

EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}'
HOME = "/console/calls"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    settings = {
        "AUTH_TOKEN": PASSWORD,
        "ERROR_LOG_RECORD_REQUEST_BODY": "true",
        "API_KEYS": json.dumps([{"key": key, "label": f"{EVIL}{n or ''}"} for n, key in enumerate(KEYS)]),
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    with (
        simulator.serve_in_thread(simulator.SimulatorConfig()) as google,
        gateway(google, tmp_path_factory.mktemp("calls"), **settings) as running,
    ):
        yield running


def _attack(served: GatewayProcess) -> list[str]:
    """Calls with markup wherever a caller may write something. Returns their request ids."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "User-Agent": EVIL}
    headers["X-Forwarded-For"] = EVIL
    body = json.dumps({"model": EVIL, "messages": [{"role": EVIL, "content": EVIL}], EVIL: EVIL}).encode()
    sent = [
        served.chat(f"[[sim: fault=internal]] {EVIL}"),
        served.chat(EVIL, model=EVIL),
        served.request("POST", "/v1/chat/completions", body, headers),
        served.request("POST", f"/v1/{quote(EVIL, safe='')}", body, headers),
        served.request("GET", f"/v1beta/models/{quote(EVIL, safe='')}?{quote(EVIL)}", None, headers),
        served.request("POST", "/v1/chat/completions", body, headers | {"Authorization": f"Bearer {quote(EVIL)}"}),
    ]
    return [answer.headers["x-request-id"] for answer in sent]


def test_above_the_list_stands_how_many_calls_there_were_and_when(desk: Desk, served: GatewayProcess) -> None:
    for n in range(3):
        served.chat(f"Hello {n}")
    served.chat("[[sim: fault=internal]] always")
    page = desk.sign_in(path=f"{HOME}?range=1h")
    panel = page.locator("#counted")
    expect(panel.locator("canvas")).to_be_visible(timeout=10_000)
    expect(panel.get_by_role("heading")).to_have_text(re.compile(r"^\d+ calls$|^\d+ of \d+ calls$|shown, of"))
    expect(panel.locator("[data-read]")).to_contain_text("failed")
    before = int(re.findall(r"\d+", panel.locator("[data-read]").inner_text())[0])
    served.chat("One more")
    expect(panel.locator("[data-read]")).to_contain_text(re.compile(rf"^(?!{before} )\d+ calls"), timeout=15_000)
    page.goto(f"{HOME}?range=1h&outcome=failed")
    expect(panel.get_by_text("The bars count all calls of that time")).to_be_visible()
    desk.look_over(page)


def _until_listed(page: Page, request: str) -> None:
    page.goto(HOME)
    expect(page.locator(f"#call-{request}")).to_be_visible(timeout=10_000)


def test_an_error_is_followed_to_its_call_with_the_keyboard_alone(desk: Desk, served: GatewayProcess) -> None:
    request = served.chat("[[sim: fault=overload]] follow me").headers["x-request-id"]
    page = desk.sign_in()
    _until_listed(page, request)
    page.goto("/console/errors?range=1h")
    page.get_by_role("link", name="Overloaded at Google").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title("Calls · Gemini Balance")
    page.locator(f"#call-{request}").get_by_role("link", name="Failed").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Failed: Overloaded at Google")).to_be_visible()
    expect(page.get_by_text("At fault: Google.")).to_be_visible()
    lanes = page.get_by_role("img", name="Attempt")
    assert lanes.count() == 4
    expect(page.get_by_text("503 after").first).to_be_visible()
    expect(page.locator("#told")).to_contain_text("is overloaded at Google")
    expect(page.locator("#curl")).to_contain_text("[[sim: fault=overload]] follow me")
    desk.look_over(page)


def test_the_command_is_copied_without_a_token(desk: Desk, served: GatewayProcess) -> None:
    request = served.chat("Hello").headers["x-request-id"]
    page = desk.sign_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _until_listed(page, request)
    page.goto(f"{HOME}/{request}")
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl {served.url}/v1/chat/completions")
    assert ("YOUR_TOKEN" in copied, TOKEN in copied) == (True, False)


def test_what_callers_write_is_shown_and_never_runs(desk: Desk, served: GatewayProcess) -> None:
    requests = _attack(served)
    page = desk.sign_in()
    _until_listed(page, requests[-1])
    expect(page.locator(f"#call-{requests[1]}")).to_contain_text("<img src=x onerror=alert(1)>")
    asked = (
        f"?q={quote(EVIL)}",
        f"?key={quote(EVIL)}",
        f"?class={quote(EVIL)}&model={quote(EVIL)}&token={quote(EVIL)}",
    )
    paths = [f"{HOME}{query}" for query in asked] + ["/console/errors"]
    for path in (*paths, *(f"{HOME}/{request}" for request in requests)):
        page.goto(path)
        page.wait_for_load_state("load")
        assert page.evaluate("document.querySelectorAll('main img, main script').length") == 0
    page.goto(f"{HOME}/{requests[2]}")
    expect(page.locator("#sent")).to_contain_text("<script>alert(2)</script>")
    desk.look_over(page)


EACH_LOOK = [look if look in ROTATED[1:3] else pytest.param(look, marks=pytest.mark.prove) for look in LOOKS]


@pytest.mark.parametrize("look", EACH_LOOK, ids=str)
def test_a_call_is_without_fault_in_every_look(desk: Desk, served: GatewayProcess, look: Look) -> None:
    sent = (
        served.chat("[[sim: fault=rpd times=1 pace_ms=30]] once", stream=True),
        served.chat("a", model="no-such-model"),
    )
    page = desk.sign_in(look)
    for answer in sent:
        _until_listed(page, answer.headers["x-request-id"])
        page.goto(f"{HOME}/{answer.headers['x-request-id']}")
        desk.look_over(page)


def test_a_new_call_appears_by_itself_but_not_under_the_pointer(desk: Desk, served: GatewayProcess) -> None:
    first = served.chat("first").headers["x-request-id"]
    page = desk.sign_in()
    _until_listed(page, first)
    page.evaluate("window.untouched = true")
    page.locator(f"#call-{first}").hover()
    second = served.chat("second").headers["x-request-id"]
    expect(page.get_by_text("Held while you read")).to_be_visible(timeout=10_000)
    assert page.locator(f"#call-{second}").count() == 0
    page.mouse.move(2, 2)
    expect(page.locator(f"#call-{second}")).to_be_visible(timeout=10_000)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert page.evaluate("window.untouched") is True


def test_filters_act_at_once_and_stand_in_the_address(desk: Desk, served: GatewayProcess) -> None:
    good, bad = served.chat("good").headers["x-request-id"], served.chat("x", model="no-such").headers["x-request-id"]
    page = desk.sign_in()
    _until_listed(page, bad)
    page.evaluate("window.untouched = true")
    page.get_by_role("combobox", name="Outcome").select_option("refused")
    expect(page.locator(f"#call-{good}")).to_have_count(0)
    expect(page.locator(f"#call-{bad}")).to_be_visible()
    assert "outcome=refused" in page.url
    later = served.chat("later").headers["x-request-id"]
    refused = served.chat("later", model="no-such").headers["x-request-id"]
    expect(page.locator(f"#call-{refused}")).to_be_visible(timeout=10_000)
    assert page.locator(f"#call-{later}").count() == 0
    assert page.evaluate("window.untouched") is True
    page.go_back()
    expect(page.locator(f"#call-{later}")).to_be_visible()


def test_a_class_is_unticked_away(desk: Desk, served: GatewayProcess) -> None:
    good, bad = served.chat("good").headers["x-request-id"], served.chat("x", model="no-such").headers["x-request-id"]
    page = desk.sign_in()
    _until_listed(page, bad)
    page.goto(f"{HOME}?class=model_unknown")
    expect(page.locator(f"#call-{bad}")).to_be_visible()
    expect(page.locator(f"#call-{good}")).to_have_count(0)
    page.get_by_role("checkbox", name="No such model").focus()
    page.keyboard.press("Space")
    expect(page.locator(f"#call-{good}")).to_be_visible()
