"""Pages as data: what becomes of what `show` and the actions give back."""

from __future__ import annotations

import pytest

from tests.unit.console.desk import OUTSIDE, Desk

pytestmark = pytest.mark.anyio
SAMPLE = "/console/sample"
HOSTILE = """"><img src=x onerror=alert(1)>"""


async def test_a_page_is_drawn_in_the_frame_with_what_it_shows() -> None:
    desk = Desk()
    page = await desk.get(f"{SAMPLE}?name=Ada", {"cookie": await desk.signed_in()})
    assert page.status == 200
    assert 'value="Ada"' in page.body
    assert 'aria-current="page"' in page.body


async def test_an_action_that_is_done_leads_on_and_is_told_once() -> None:
    desk = Desk()
    session = await desk.signed_in()
    done = await desk.post(f"{SAMPLE}/save", {"name": ["a", "b"]}, {"cookie": session})
    assert (done.status, done["location"]) == (303, SAMPLE)
    told = await desk.get(SAMPLE, {"cookie": f"{session}; {done.cookie('gemini-balance-said')}"})
    assert "2 keys" in told.body.partition("<template")[0]
    assert told.cookie("gemini-balance-said") == 'gemini-balance-said=""'


async def test_htmx_is_led_on_by_a_header() -> None:
    desk = Desk()
    headers = {"cookie": await desk.signed_in(), "hx-request": "true"}
    done = await desk.post(f"{SAMPLE}/save", {"name": "a"}, headers)
    assert (done.status, done["hx-redirect"]) == (200, SAMPLE)


@pytest.mark.parametrize(
    ("name", "status", "error"), [("", 422, "A name is wanted."), ("taken", 409, "There is one of this name.")]
)
async def test_an_action_that_can_t_be_done_keeps_what_was_typed(name: str, status: int, error: str) -> None:
    desk = Desk()
    kept = await desk.post(f"{SAMPLE}/save", {"name": name}, {"cookie": await desk.signed_in()})
    assert kept.status == status
    assert f'value="{name}"' in kept.body
    assert 'aria-describedby="name-error" aria-invalid="true"' in kept.body
    assert error in kept.body


async def test_a_part_is_a_piece_of_html_and_nothing_typed_is() -> None:
    desk = Desk()
    part = await desk.post(f"{SAMPLE}/piece", {"name": HOSTILE}, {"cookie": await desk.signed_in()})
    assert (part.status, part["vary"]) == (200, "HX-Request")
    assert part.body == "<p>&#34;&gt;&lt;img src=x onerror=alert(1)&gt;</p>"


async def test_what_a_use_case_refuses_is_a_page_that_says_why() -> None:
    desk = Desk()
    refused = await desk.post(f"{SAMPLE}/refuse", {"name": HOSTILE}, {"cookie": await desk.signed_in()})
    assert refused.status == 400
    assert "&lt;img src=x onerror=alert(1)&gt; can&#39;t be done." in refused.body
    assert "<img" not in refused.body


async def test_to_who_reads_no_english_a_refusal_says_first_what_kind_it_is() -> None:
    desk = Desk()
    asked = {"cookie": await desk.signed_in(), "accept-language": "zh-CN"}
    refused = await desk.post(f"{SAMPLE}/refuse", {"name": "Fold"}, asked)
    assert "提交的内容有误。返回修改后再试。" in refused.body
    assert '<small lang="en">Fold can&#39;t be done.</small>' in refused.body


async def test_a_mistake_of_ours_is_a_page_too_and_goes_to_the_log() -> None:
    desk = Desk()
    session = await desk.signed_in()
    with pytest.raises(RuntimeError):
        await desk.post(f"{SAMPLE}/fail", {}, {"cookie": session})


async def test_an_address_that_leads_nowhere_says_so() -> None:
    desk = Desk()
    lost = await desk.get("/console/nowhere", {"cookie": await desk.signed_in()})
    assert (lost.status, "There is no such page" in lost.body) == (404, True)


@pytest.mark.parametrize("action", ["save", "piece", "refuse", "fail"])
async def test_nothing_is_done_for_who_is_not_signed_in(action: str) -> None:
    refused = await Desk().post(f"{SAMPLE}/{action}", {"name": "a"}, {"cookie": "gemini-balance=x.y"})
    assert (refused.status, refused["location"]) == (303, "/console/sign-in")


async def test_a_proxy_that_names_another_host_doesn_t_make_our_own_pages_foreign() -> None:
    desk = Desk()
    outside = {"origin": OUTSIDE, "host": "10.0.0.1:8000"}
    assert (await desk.post("/console/look", {"theme": "dark"}, outside)).status == 303
    elsewhere = outside | {"origin": "https://elsewhere.example"}
    assert (await desk.post("/console/look", {"theme": "dark"}, elsewhere)).status == 403
