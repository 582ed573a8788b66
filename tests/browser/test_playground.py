"""The playground in a real browser: what an answer is made of is shown, and none of it is ever run."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.visitor import ROTATED
from tests.e2e.processes import TOKEN, control

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script><a href="javascript:alert(1)">'
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# A promise, not Playwright's `wait_for_function`: that one evaluates its text again for every look,
# and the page's own policy refuses each after the first.
HEARD = """sound => new Promise((heard) => {
    const tell = () => heard(sound.duration || 0);
    sound.addEventListener("loadedmetadata", tell);
    setTimeout(tell, 10_000);
    if (sound.duration) tell();
})"""


def _open(desk: Desk, query: str = "") -> Page:
    return desk.sign_in(path=f"/console/playground{query}")


def _say(page: Page, message: str, **directives: str | int) -> Locator:
    """The answer's turn, once it is whole."""
    told = " ".join(f"{name}={json.dumps(value)}" for name, value in directives.items())
    page.fill("#message", f"{message} [[sim: {told}]]" if told else message)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Send")).to_be_visible(timeout=20_000)
    return page.locator(".turn").last


def test_an_answer_is_shown_while_it_is_written_with_its_thoughts_and_its_facts(desk: Desk) -> None:
    page = _open(desk)
    page.fill("#message", 'Hello [[sim: text="one two three four five six" events=6 pace_ms=300 thoughts=20]]')
    page.keyboard.press("Enter")
    said = page.locator(".turn").last.locator("> .say")
    expect(said).to_contain_text("one")
    assert "six" not in said.inner_text()
    expect(said).to_have_text("one two three four five six", timeout=10_000)
    turn = page.locator(".turn").last
    expect(turn.get_by_text("Thoughts")).to_be_visible()
    expect(turn.locator(".who")).to_contain_text("first byte")
    expect(turn.locator(".who")).to_contain_text("tokens")
    expect(turn.locator(".who")).to_contain_text("stop")
    expect(turn.get_by_role("link", name="How it was routed")).to_have_attribute("href", "/console/calls/" + _id(turn))
    expect(page.locator("#message")).to_have_value("")
    desk.look_over(page)


def _id(turn: Locator) -> str:
    address = turn.get_by_role("link", name="How it was routed").get_attribute("href")
    assert address is not None
    return address.rpartition("/")[2]


def test_a_conversation_goes_on_and_can_be_had_whole_instead_of_streamed(desk: Desk) -> None:
    page = _open(desk)
    _say(page, "Hello")
    page.get_by_role("switch", name="Stream").uncheck()
    expect(_say(page, "And again").locator("> .say")).to_contain_text("turn 2] And again")


def test_what_is_written_can_be_stopped_and_what_was_asked_is_kept(desk: Desk) -> None:
    page = _open(desk)
    page.fill("#message", "Hello [[sim: words=400 events=100 pace_ms=100]]")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped here.")).to_be_visible()
    expect(page.locator("#message")).to_have_value("Hello [[sim: words=400 events=100 pace_ms=100]]")


def test_a_function_is_called_and_what_is_written_next_is_its_result(desk: Desk) -> None:
    page = _open(desk)
    page.get_by_text("Tools", exact=True).click()
    page.get_by_role("switch", name="Offer these").check()
    turn = _say(page, "Weather?", call="get_weather")
    expect(turn.locator("[data-tools]")).to_have_text('get_weather({"place":"place"})')
    expect(page.locator("#message")).to_have_attribute("placeholder", "Write what get_weather returns.")
    expect(_say(page, "18 degrees").locator("> .say")).to_contain_text("18 degrees")


def test_a_search_names_its_sources(desk: Desk) -> None:
    page = _open(desk)
    page.get_by_role("switch", name="Web search").check()
    source = _say(page, "News?").locator("[data-links] a").first
    expect(source).to_have_text("example.com")
    expect(source).to_have_attribute("href", re.compile("^https://vertexaisearch.cloud.google.com/"))


def test_a_picture_goes_in_and_pictures_come_out(desk: Desk, tmp_path: Path, served: GatewayProcess) -> None:
    (tmp_path / "pixel.png").write_bytes(PIXEL)
    page = _open(desk)
    page.set_input_files("[name=pictures]", tmp_path / "pixel.png")
    expect(page.locator("#attached img")).to_have_count(1)
    _say(page, "What is this?")
    expect(page.locator(".turn.me img")).to_have_count(1)
    expect(page.locator("#attached img")).to_have_count(0)
    page.get_by_role("link", name="Image").click()
    image = _say(page, "A lens").locator("img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") > 0


def test_speech_can_be_heard(desk: Desk) -> None:
    page = _open(desk, "?mode=speech")
    sound = _say(page, "A few words that are spoken").locator("audio")
    expect(sound).to_be_visible()
    assert sound.evaluate(HEARD) > 0


def test_what_was_refused_is_said_in_words_and_can_be_sent_again(desk: Desk) -> None:
    page = _open(desk)
    page.fill("#model", "gemini-nowhere")
    expect(_say(page, "Hello").locator(".err")).to_contain_text("Status 404:")
    expect(page.locator("#message")).to_have_value("Hello")
    page.fill("#model", "gemini-2.5-flash")
    expect(_say(page, "Hello").locator("> .say")).to_contain_text("turn 1] Hello")


def test_the_call_is_shown_as_code_that_can_be_taken_away(desk: Desk, served: GatewayProcess) -> None:
    page = _open(desk)
    page.fill("#message", 'It\'s "me" $(reboot)')
    code = page.locator("#code")
    expect(code).to_contain_text(f'curl "{served.url}/v1/chat/completions"')
    expect(code).to_contain_text("It'\\''s \\\"me\\\" $(reboot)")
    page.get_by_text("Python", exact=True).click()
    program = code.inner_text()
    compile(program, "sample", "exec")
    page.get_by_text("JS", exact=True).click()
    expect(code).to_contain_text(f'new OpenAI({{ baseURL: "{served.url}/v1", apiKey: "YOUR_TOKEN" }})')
    assert TOKEN not in program


def test_nothing_that_a_model_says_is_ever_run(desk: Desk) -> None:
    page = _open(desk)
    turn = _say(page, HOSTILE, text=HOSTILE, thoughts=3)
    expect(turn.locator("> .say")).to_have_text(HOSTILE)
    page.get_by_text("Tools", exact=True).click()
    page.get_by_role("switch", name="Offer these").check()
    called = _say(page, "Weather?", call="get_weather", args=json.dumps({"place": HOSTILE}))
    expect(called.locator("[data-tools]")).to_contain_text("onerror=alert(1)")
    page.wait_for_timeout(200)
    assert page.evaluate("document.querySelectorAll('#talk script, #talk img, #talk a[href^=javascript]').length") == 0


def test_nothing_that_the_gateway_s_answer_names_is_fetched_or_followed(desk: Desk) -> None:
    """A model, or whoever is behind one, may send any address."""
    page = _open(desk)
    told = {
        "content": "",
        "images": [
            {"image_url": {"url": "https://elsewhere.example/x.png"}},
            {"image_url": {"url": "javascript:alert(1)"}},
        ],
        "annotations": [{"url_citation": {"url": "javascript:alert(1)", "title": HOSTILE}}],
        "tool_calls": [{"index": 0, "id": "a", "function": {"name": HOSTILE, "arguments": "{}"}}],
    }
    answer = json.dumps({"choices": [{"message": told, "finish_reason": HOSTILE}], "usage": {"total_tokens": HOSTILE}})
    headers = {"gemini-balance-model": HOSTILE, "x-request-id": HOSTILE, "content-type": "application/json"}
    page.route("**/console/as/**", lambda route: route.fulfill(body=answer, headers=headers))
    turn = _say(page, "Hello")
    expect(turn.locator("[data-tools]")).to_have_text(f"{HOSTILE}({{}})")
    expect(turn.locator("[data-links] a")).not_to_have_attribute("href", "javascript:alert(1)")
    assert page.evaluate("[...document.querySelectorAll('#talk img')].map(image => image.getAttribute('src'))") == [
        None,
        None,
    ]
    expect(page.locator("#message")).to_have_attribute("placeholder", f"Write what {HOSTILE} returns.")


def test_whoever_was_signed_out_is_led_to_the_door(desk: Desk) -> None:
    page = _open(desk)
    page.context.clear_cookies()
    page.fill("#message", "Hello")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Sign in · Gemini Balance")


def test_without_scripts_the_page_says_what_is_missing(desk: Desk) -> None:
    page = desk.sign_in(path="/console/playground", java_script_enabled=False)
    assert "The playground needs scripts" in page.locator("main").inner_text()


def test_a_token_that_is_filled_in_completes_the_samples_and_is_sent_nowhere(desk: Desk) -> None:
    page = desk.sign_in(ROTATED[0], "/console/connect?client=gemini-cli")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    page.fill("#fill", "sk-of-mine")
    expect(page.locator("#gemini-cli-text-1")).to_contain_text("GEMINI_API_KEY=sk-of-mine")
    page.get_by_role("link", name="Cline").click()
    expect(page.locator("#cline-3")).to_have_text("sk-of-mine")
    page.get_by_role("button", name="Send test call").click()
    expect(page.get_by_text("Works.")).to_be_visible(timeout=20_000)
    page.fill("#fill", "")
    expect(page.locator("#cline-3")).to_have_text("YOUR_TOKEN")
    assert [line for line in sent if "sk-of-mine" in line] == []


def test_an_error_in_the_middle_of_an_answer_keeps_what_came(desk: Desk, served: GatewayProcess) -> None:
    control(served.google, faults=[{"kind": "error_in_stream", "after": 2, "times": 9}])
    turn = _say(_open(desk), "Hello", text="one two three four", events=4, pace_ms=300)  # shown before the error comes
    control(served.google, faults=[])
    expect(turn.locator("> .say")).to_contain_text("one")
    expect(turn.locator(".err")).to_be_visible()
