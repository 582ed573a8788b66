"""Calls as one of the client tokens: who may make them, and what of the browser's request goes along."""

from __future__ import annotations

import json

import pytest

from gemini_balance.console.calling import as_client
from gemini_balance.gateway.token_rows import Terms
from tests.unit.console.desk import Desk

pytestmark = pytest.mark.anyio
CALL = "v1/chat/completions"
BODY = {"model": "gemini-flash-latest", "messages": [{"role": "user", "content": "Hello"}]}


def test_the_browser_s_own_credentials_stay_behind() -> None:
    headers = [(b"cookie", b"a"), (b"authorization", b"b"), (b"x-goog-api-key", b"c"), (b"origin", b"d")]
    scope = {"headers": [*headers, (b"host", b"gate")], "path": "/console/as/x/v1", "root_path": "", "method": "POST"}
    expected = {"headers": [(b"host", b"gate")], "path": "/v1", "raw_path": b"/v1", "root_path": "", "method": "POST"}
    assert as_client(scope, "/v1") == expected


async def test_a_call_is_made_as_the_token_that_was_chosen() -> None:
    desk = Desk()
    made = await desk.sources.tokens.make(Terms(name="narrow", models=frozenset({"gemini-2.5-pro"})), "test")
    answer = await desk.send(f"/console/as/{made.token.id}/{CALL}", BODY, {"cookie": await desk.signed_in()})
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["code"]) == (404, "model_not_found")  # this token has no other model
    assert answer["x-request-id"]
    assert answer["content-security-policy"].startswith("sandbox")


async def test_no_token_can_be_used_without_a_session() -> None:
    desk = Desk()
    made = await desk.sources.tokens.make(Terms(name="open"), "test")
    for headers in ({}, {"cookie": "gemini-balance=forged"}, {"authorization": f"Bearer {made.secret}"}):
        answer = await desk.send(f"/console/as/{made.token.id}/{CALL}", BODY, headers)
        assert (answer.status, answer.body) == (401, "")


async def test_a_token_that_is_off_is_none() -> None:
    desk = Desk()
    session = {"cookie": await desk.signed_in()}
    made = await desk.sources.tokens.make(Terms(name="off"), "test")
    await desk.sources.tokens.disable(made.token.id, "test")
    for name in (made.token.id, "token-nowhere", "%22%3E"):
        answer = await desk.send(f"/console/as/{name}/{CALL}", BODY, session)
        assert (answer.status, "disabled" in json.loads(answer.body)["error"]["message"]) == (404, True)


async def test_what_lists_owned_things_still_wants_a_token() -> None:
    desk = Desk()
    made = await desk.sources.tokens.make(Terms(name="open"), "test")
    answer = await desk.send(
        f"/console/as/{made.token.id}/v1beta/cachedContents", {}, {"cookie": await desk.signed_in()}
    )
    assert answer.status == 401


async def test_another_site_s_page_can_t_call() -> None:
    desk = Desk()
    made = await desk.sources.tokens.make(Terms(name="open"), "test")
    headers = {"cookie": await desk.signed_in(), "sec-fetch-site": "cross-site"}
    assert (await desk.send(f"/console/as/{made.token.id}/{CALL}", BODY, headers)).status == 403
