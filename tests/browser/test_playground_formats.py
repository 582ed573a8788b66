"""The playground in Gemini's own format, for vectors, and with a call that is made again."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from gemini_balance import simulator
from tests.browser.test_playground import HOSTILE, PIXEL, _say
from tests.browser.visitor import PASSWORD, ROTATED
from tests.e2e.processes import KEYS, TOKEN, control, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.visitor import Desk
    from tests.e2e.processes import GatewayProcess

HERE = "/console/playground"
VECTOR = re.compile(r"^[\d,]+ numbers: -?\d[\d.e-]*(, -?\d[\d.e-]*){7} …$")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    settings = {"AUTH_TOKEN": PASSWORD, "ERROR_LOG_RECORD_REQUEST_BODY": "true", "API_KEYS": ",".join(KEYS)}
    with (
        simulator.serve_in_thread(simulator.SimulatorConfig()) as google,
        gateway(google, tmp_path_factory.mktemp("formats"), **settings) as running,
    ):
        yield running


def _native(desk: Desk, mode: str = "chat") -> Page:
    return desk.sign_in(path=f"{HERE}?mode={mode}&format=native")


def test_gemini_s_own_format_streams_thinks_and_goes_on(desk: Desk) -> None:
    page = _native(desk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("#model", "gemini-2.5-flash")
    page.select_option("[name=effort]", "low")
    turn = _say(page, "Hello", thoughts=9, text="one two three")
    expect(turn.locator("> .say")).to_have_text("one two three")
    expect(turn.get_by_text("Thoughts")).to_be_visible()
    expect(turn.locator(".who")).to_contain_text("tokens")
    expect(turn.get_by_role("link", name="How it was routed")).to_be_visible()
    page.get_by_role("switch", name="Stream").uncheck()
    expect(_say(page, "And again").locator("> .say")).to_contain_text("turn 2] And again")
    sent = [url.rpartition("/")[2] for url in asked if "/as/" in url]
    assert sent == ["gemini-2.5-flash:streamGenerateContent?alt=sse", "gemini-2.5-flash:generateContent"]
    desk.look_over(page)


def test_in_gemini_s_format_functions_searches_and_pictures_work_too(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "pixel.png").write_bytes(PIXEL)
    page = _native(desk)
    page.get_by_text("Tools", exact=True).click()
    page.get_by_role("switch", name="Offer these").check()
    called = _say(page, "Weather?", call="get_weather")
    expect(called.locator("[data-tools]")).to_have_text('get_weather({"place":"place"})')
    expect(_say(page, "18 degrees").locator("> .say")).to_contain_text("18 degrees")
    page.get_by_role("switch", name="Offer these").uncheck()
    page.get_by_role("switch", name="Web search").check()
    expect(_say(page, "News?").locator("[data-links] a").first).to_have_text("example.com")
    page.set_input_files("[name=pictures]", tmp_path / "pixel.png")
    expect(page.locator("#attached img")).to_have_count(1)
    expect(_say(page, "What is this?").locator(".err")).to_be_hidden()
    page.fill("#model", "gemini-2.5-flash-image")
    page.get_by_role("switch", name="Web search").uncheck()
    expect(_say(page, "A lens").locator("img").first).to_be_visible()


@pytest.mark.parametrize("form", ["openai", "native"])
def test_a_text_becomes_a_vector_of_which_size_and_first_numbers_are_shown(desk: Desk, form: str) -> None:
    page = desk.sign_in(path=f"{HERE}?mode=embeddings&format={form}")
    expect(_say(page, "A few words").locator("> .say")).to_have_text(VECTOR)
    expect(_say(page, "Others").locator("> .say")).to_have_text(VECTOR)
    desk.look_over(page)


def test_an_error_of_gemini_s_format_is_said_in_words(desk: Desk) -> None:
    page = _native(desk)
    page.fill("#model", "gemini-nowhere")
    expect(_say(page, "Hello").locator(".err")).to_contain_text("Status 404:")
    expect(page.locator("#message")).to_have_value("Hello")


def test_another_format_keeps_what_was_typed_and_chosen(desk: Desk) -> None:
    page = desk.sign_in(ROTATED[1], HERE)
    page.fill("#message", f"{HOSTILE} 你好")
    page.fill("#model", "gemini-2.5-pro")
    page.select_option("[name=format]", "native")
    expect(page.locator("#code")).to_contain_text("gemini-2.5-pro:streamGenerateContent?alt=sse")
    expect(page.locator("#message")).to_have_value(f"{HOSTILE} 你好")
    desk.look_over(page)


@pytest.mark.parametrize(
    ("query", "library", "printed"),
    [
        ("mode=chat&format=openai", "from openai import OpenAI", "chat.completion.chunk"),
        ("mode=chat&format=native", "from google import genai", 'It\'s "me"'),
        ("mode=embeddings&format=openai", "from openai import OpenAI", "0."),
        ("mode=embeddings&format=native", "from google import genai", "0."),
        ("mode=image", "from openai import OpenAI", ""),
        ("mode=speech", "from openai import OpenAI", ""),
    ],
)
def test_the_python_program_of_each_format_runs_as_it_stands(
    desk: Desk, tmp_path: Path, query: str, library: str, printed: str
) -> None:
    page = desk.sign_in(path=f"{HERE}?{query}")
    page.fill("#message", "It's \"me\" \\ '''")
    if "chat" in query:
        page.get_by_role("switch", name="Web search").check()
        page.select_option("[name=effort]", "high")
    page.get_by_text("Python", exact=True).click()
    program = page.locator("#code").inner_text()
    assert (library in program, TOKEN in program) == (True, False)
    ended = subprocess.run(
        [sys.executable, "-c", program.replace("YOUR_TOKEN", TOKEN)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ended.returncode, printed in ended.stdout) == (0, True), ended.stderr + ended.stdout


@pytest.mark.parametrize("query", ["mode=chat&format=native", "mode=embeddings&format=native", "mode=chat"])
def test_the_command_of_each_format_works_as_it_stands(desk: Desk, query: str) -> None:
    page = desk.sign_in(path=f"{HERE}?{query}")
    page.fill("#message", 'It\'s "me" $(reboot)')
    command = page.locator("#code").inner_text().replace("YOUR_TOKEN", TOKEN)
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, '"error"' in ended.stdout, len(ended.stdout) > 100) == (0, False, True), ended.stdout


def _failed(served: GatewayProcess, path: str, body: object) -> str:
    """The id of a call that failed at Google."""
    control(served.google, faults=[{"kind": "internal", "times": 99}])
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    answer = served.request("POST", path, json.dumps(body).encode(), headers)
    control(served.google, faults=[])
    assert answer.status >= 500, answer.body
    return answer.headers["x-request-id"]


def _again(desk: Desk, call: str) -> Page:
    """From the call's own page."""
    page = desk.sign_in(path="/console/calls")
    expect(page.locator(f"#call-{call}")).to_be_visible(timeout=10_000)
    page.goto(f"/console/calls/{call}")
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_text("A call is made again")).to_be_visible()
    return page


def test_a_call_that_failed_is_made_again_with_all_that_it_had_sent(desk: Desk, served: GatewayProcess) -> None:
    said = [{"role": "system", "content": "Be short."}, {"role": "user", "content": HOSTILE}]
    said += [{"role": "assistant", "content": "Yes."}, {"role": "user", "content": f"And now? {HOSTILE}"}]
    body = {"model": "gemini-2.5-flash", "messages": said, "temperature": 0.25, "reasoning_effort": "low"}
    page = _again(desk, _failed(served, "/v1/chat/completions", body | {"stream": True}))
    desk.look_over(page)
    expect(page.locator("#message")).to_have_value(f"And now? {HOSTILE}")
    expect(page.locator("#talk")).to_contain_text("3 earlier messages go along.")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".turn").last.locator("> .say")).to_contain_text("turn 2] And now?", timeout=20_000)
    expect(page.locator("#message")).to_have_value("")
    told = next(json.loads(one) for one in sent if one.startswith("{"))
    assert told == body | {"stream": True, "stream_options": {"include_usage": True}}


def test_a_call_in_gemini_s_format_is_made_again_to_the_letter(desk: Desk, served: GatewayProcess) -> None:
    pixel = base64.b64encode(PIXEL).decode()
    parts = [{"text": "What is this?"}, {"inlineData": {"mimeType": "image/png", "data": pixel}}]
    body = {
        "contents": [{"role": "user", "parts": parts}],
        "generationConfig": {"temperature": 0.5, "maxOutputTokens": 99},
        "systemInstruction": {"parts": [{"text": "Be short."}]},
        "tools": [{"googleSearch": {}}],
    }
    page = _again(desk, _failed(served, "/v1beta/models/gemini-2.5-flash:generateContent", body))
    expect(page.locator("#attached img")).to_have_count(1)
    expect(page.get_by_role("switch", name="Web search")).to_be_checked()
    expect(page.get_by_role("switch", name="Stream")).not_to_be_checked()
    with page.expect_request("**/console/as/**") as sending:
        page.get_by_role("button", name="Send").click()
    assert json.loads(sending.value.post_data or "") == body
    expect(page.locator(".turn").last.locator("> .say")).not_to_be_empty(timeout=20_000)


def test_of_a_call_whose_body_is_not_kept_what_is_known_is_filled_in(desk: Desk, served: GatewayProcess) -> None:
    page = _again(desk, served.chat("Hello", model="gemini-2.5-flash-lite").headers["x-request-id"])
    expect(page.get_by_text("ERROR_LOG_RECORD_REQUEST_BODY")).to_be_visible()
    expect(page.locator("#model")).to_have_value("gemini-2.5-flash-lite")
    expect(page.locator("#message")).to_have_value("")
    desk.look_over(page)


def test_nothing_that_a_model_says_in_gemini_s_format_is_run_or_fetched(desk: Desk) -> None:
    page = _native(desk)
    parts = [
        {"text": HOSTILE},
        {"functionCall": {"name": HOSTILE, "args": {HOSTILE: HOSTILE}}},
        {"inlineData": {"mimeType": HOSTILE, "data": HOSTILE}},
    ]
    chunks = [{"web": {"uri": "javascript:alert(1)", "title": HOSTILE}}]
    candidate = {"content": {"parts": parts}, "finishReason": HOSTILE, "groundingMetadata": {"groundingChunks": chunks}}
    answer = json.dumps({"candidates": [candidate], "usageMetadata": {"totalTokenCount": HOSTILE}})
    page.route("**/console/as/**", lambda route: route.fulfill(body=answer, content_type="application/json"))
    turn = _say(page, "Hello")
    expect(turn.locator("> .say")).to_have_text(HOSTILE)
    expect(turn.locator("[data-links] a")).not_to_have_attribute("href", "javascript:alert(1)")
    page.wait_for_timeout(200)
    assert (
        page.evaluate("document.querySelectorAll('#talk script, #talk img[src], #talk a[href^=javascript]').length")
        == 0
    )
