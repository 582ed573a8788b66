"""First run: where an operator without keys is led, and what each step says."""

from __future__ import annotations

import pytest

from gemini_balance.console.pages import first_run
from tests.unit.console.desk import PASSWORD, Desk

pytestmark = pytest.mark.anyio
HERE = "/console/first-run"
HOSTILE = """"><img src=x onerror=alert(1)>"""
KEY = "AIza" + "Sy0123456789-" * 2 + "abcdefghi"


async def test_without_keys_signing_in_leads_here_unless_another_page_was_asked_for() -> None:
    desk = Desk(first_run.PAGE)
    assert (await desk.post("/console/sign-in", {"password": PASSWORD}))["location"] == HERE
    asked = await desk.post("/console/sign-in", {"password": PASSWORD, "to": "/console/system"})
    assert asked["location"] == "/console/system"


async def test_text_without_a_key_is_kept_with_what_is_wrong_beside_it() -> None:
    desk = Desk(first_run.PAGE)
    session = {"cookie": await desk.signed_in()}
    for text, error in [(HOSTILE, "There is no key in this text"), ("", "Paste at least one key")]:
        kept = await desk.post(f"{HERE}/keys", {"keys": text}, session)
        assert (kept.status, error in kept.body, "<img" in kept.body) == (422, True, False)
        assert "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;" in kept.body or not text


async def test_keys_are_kept_and_checked_and_what_was_found_is_told() -> None:
    desk = Desk(first_run.PAGE)
    session = {"cookie": await desk.signed_in()}
    told = await desk.post(f"{HERE}/keys", {"keys": f"{KEY}\n{KEY}\nAIzaShort"}, session)
    job = desk.sources.verifier.jobs()[0]
    assert (told.status, told["location"]) == (303, f"{HERE}?job={job.id}&new=1&double=1&odd=1")
    page = await desk.get(told["location"], session)
    assert "1 key was found in the text. 1 stood there twice. 1 looks like no key and was left out." in page.body
    assert KEY not in page.body
    stopped = await desk.post(f"{HERE}/stop", {"job": job.id}, session)
    assert stopped["location"] == f"{HERE}?job={job.id}"
    assert (await desk.post("/console/sign-in", {"password": PASSWORD}))["location"] == "/console"


async def test_a_token_is_shown_once_and_stands_in_the_settings() -> None:
    desk = Desk(first_run.PAGE)
    session = {"cookie": await desk.signed_in()}
    await desk.post(f"{HERE}/keys", {"keys": KEY}, session)
    made = await desk.post(f"{HERE}/token", {"name": "My <b>client"}, session)
    kept = desk.sources.tokens.all()[0]
    secret = made.body.partition('<code id="secret">')[2].partition("<")[0]
    assert (made.status, kept.name, desk.sources.tokens.knows(secret.encode())) == (200, "My <b>client", True)
    assert f"export GEMINI_API_KEY={secret}" in made.body
    again = await desk.get(HERE, session)
    assert (secret in again.body, "export GEMINI_API_KEY=YOUR_TOKEN" in again.body) == (False, True)
    assert "My &lt;b&gt;client" in again.body


async def test_a_name_that_can_t_be_is_kept_with_the_rule_beside_it() -> None:
    desk = Desk(first_run.PAGE)
    session = {"cookie": await desk.signed_in()}
    await desk.post(f"{HERE}/keys", {"keys": KEY}, session)
    refused = await desk.post(f"{HERE}/token", {"name": "x" * 101}, session)
    assert (refused.status, "x" * 101 in refused.body) == (422, True)
    assert "A name has 1 to 100 characters" in refused.body
    assert desk.sources.tokens.all() == []


async def test_an_address_with_nonsense_shows_the_page_without_it() -> None:
    desk = Desk(first_run.PAGE)
    session = {"cookie": await desk.signed_in()}
    for query in ("job=nothing", "new=-1", "new=99999999999999", "new=%3Cb%3E", "token=x&client=y"):
        page = await desk.get(f"{HERE}?{query}", session)
        assert (page.status, "found in the text" in page.body) == (200, False), query
