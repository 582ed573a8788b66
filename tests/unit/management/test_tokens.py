"""/tokens: made, listed, changed, disabled, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.management.stage import CLIENT_TOKEN, Managed, managed

pytestmark = pytest.mark.anyio
MADE = {
    "name": "Cherry Studio",
    "models": ["gemini-2.5-flash"],
    "tags": [],
    "rpm": 10,
    "tokens_per_day": 0,
    "used_today": 0,
    "expires": None,
    "origin": "operator",
    "off": "",
    "off_since": 0.0,
    "last_used": None,
}
TERMS = {"name": "Cherry Studio", "models": ["gemini-2.5-flash"], "rpm": 10}


async def made(gateway: Managed, **terms: Any) -> Any:
    answer = await gateway.ask("POST", "/tokens", TERMS | terms)
    assert answer.status == 201, answer.body
    return answer.json


def knows(gateway: Managed, secret: str) -> bool:
    return gateway.app.door.tokens.find(secret.encode()) is not None


async def test_a_token_is_made_and_told_once() -> None:
    gateway = managed()
    told = await made(gateway)
    token, secret = told["token"], told["secret"]
    assert token.pop("created") > 1_700_000_000
    assert token == MADE | {"id": token["id"], "shown": secret[-4:]}
    assert knows(gateway, secret)
    shown = await gateway.ask("GET", f"/tokens/{token['id']}")
    assert shown.json["name"] == "Cherry Studio"
    assert secret.encode() not in shown.body


async def test_tokens_of_the_environment_are_listed_with_the_others_page_by_page() -> None:
    gateway = managed()
    for number in range(4):
        await made(gateway, name=f"number {number}")
    names, query = [], "limit=2"
    while query:
        page = (await gateway.ask("GET", "/tokens", query=query)).json
        names += [item["name"] for item in page["items"]]
        query = f"limit=2&after={page['next']}" if page["next"] else ""
    assert names == [f"…{CLIENT_TOKEN[-4:]}", "number 0", "number 1", "number 2", "number 3"]


async def test_only_what_is_said_is_changed() -> None:
    gateway = managed()
    token = (await made(gateway))["token"]
    answer = await gateway.ask("PATCH", f"/tokens/{token['id']}", {"rpm": 5, "expires": 4e9})
    assert answer.json == token | {"rpm": 5, "expires": 4e9}
    assert (await gateway.ask("PATCH", f"/tokens/{token['id']}", {"expires": None})).json == token | {"rpm": 5}


async def test_a_disabled_token_opens_nothing_until_it_is_enabled() -> None:
    gateway = managed()
    told = await made(gateway)
    path = f"/tokens/{told['token']['id']}"
    off = (await gateway.ask("POST", f"{path}/disable")).json
    assert (off["off"], off["off_since"] > 0, knows(gateway, told["secret"])) == ("operator", True, False)
    assert (await gateway.ask("POST", f"{path}/enable")).json == told["token"]
    assert knows(gateway, told["secret"])


async def test_a_deleted_token_is_gone() -> None:
    gateway = managed()
    told = await made(gateway)
    path = f"/tokens/{told['token']['id']}"
    assert (await gateway.ask("DELETE", path)).status == 204
    assert not knows(gateway, told["secret"])
    assert (await gateway.ask("GET", path)).error == (404, "not_found", None)
    assert (await gateway.ask("DELETE", path)).error == (404, "not_found", None)


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"rpm": -1}, "rpm"),
        ({"rpm": 1.5}, "rpm"),
        ({"expires": 1}, "expires"),
        ({"models": ["no model?"]}, "models"),
        ({"secret": "short"}, "secret"),
        ({"secret": CLIENT_TOKEN}, "secret"),
        ({"limit": 1}, "limit"),
    ],
    ids=str,
)
async def test_terms_that_cannot_be_are_refused(terms: dict[str, Any], param: str) -> None:
    answer = await managed().ask("POST", "/tokens", TERMS | terms)
    assert answer.error == (400, "invalid_request", param)


async def test_nothing_that_is_told_or_remembered_holds_the_secret() -> None:
    gateway = managed()
    told = await made(gateway, secret="sk-in-use-elsewhere")
    assert told["secret"] == "sk-in-use-elsewhere"
    for path in ("/tokens", f"/tokens/{told['token']['id']}", "/changes"):
        assert b"in-use-elsewhere" not in (await gateway.ask("GET", path)).body
