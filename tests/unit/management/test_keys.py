"""/keys: listed, added, imported, changed, exported, deleted; groups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.management.stage import Managed, managed

pytestmark = pytest.mark.anyio
CEDAR = "AIzaSyD3kP9wXqZ1vB7mN4tR8cF2hJ6gL5sQ0Ya"
SHOWN = {
    "upstream": "gemini_api",
    "label": "",
    "project": "",
    "inferred": "",
    "tags": [],
    "notes": "",
    "weight": 1,
    "models": [],
    "proxy": "",
    "tier": "free",
    "origin": "operator",
    "state": "ready",
    "reason": "",
    "since": None,
    "until": None,
    "failures": 0,
    "in_flight": 0,
}


async def added(gateway: Managed, **said: Any) -> Any:
    answer = await gateway.ask("POST", "/keys", {"key": CEDAR} | said)
    assert answer.status == 201, answer.body
    return answer.json


async def names(gateway: Managed, query: str = "") -> list[str]:
    return [item["id"] for item in (await gateway.ask("GET", "/keys", query=query)).json["items"]]


def serving(gateway: Managed) -> set[str]:
    return {key.id for key in gateway.app.door.gateway.pool.keys.values() if key.free(0.0)}


async def test_a_key_is_added_and_serves_at_once() -> None:
    gateway = managed()
    key = await added(gateway, label="cedar", tags=["fast"], weight=3, tier="paid")
    assert key["id"] in serving(gateway)
    assert key.pop("created") > 1_700_000_000
    said = {"label": "cedar", "tags": ["fast"], "weight": 3, "tier": "paid"}
    assert key == SHOWN | said | {"id": key["id"], "shown": "…Q0Ya"}


async def test_a_key_that_is_there_already_is_a_conflict() -> None:
    gateway = managed()
    await added(gateway)
    assert (await gateway.ask("POST", "/keys", {"key": CEDAR})).error == (409, "conflict", "key")


@pytest.mark.parametrize(
    ("said", "param"),
    [
        ({"key": "YOUR_API_KEY"}, "key"),
        ({"key": "two keys"}, "key"),
        ({"key": CEDAR, "weight": 0}, "weight"),
        ({"key": CEDAR, "upstream": "openai"}, "upstream"),
        ({"key": CEDAR, "wieght": 2}, "wieght"),
        ({}, "key"),
    ],
    ids=str,
)
async def test_what_can_be_no_key_is_refused_and_not_repeated(said: dict[str, Any], param: str) -> None:
    answer = await managed().ask("POST", "/keys", said)
    assert (answer.status, answer.json["error"]["param"]) == (400, param)
    assert CEDAR.encode() not in answer.body


async def test_an_import_says_first_what_it_would_do() -> None:
    gateway = managed()
    body = {"text": f"{CEDAR}\n{CEDAR}\nYOUR_API_KEY"}
    seen = (await gateway.ask("POST", "/keys/import", body | {"preview": True})).json
    assert ([item["standing"] for item in seen["items"]], seen["added"]) == (["new", "duplicate"], 1)
    assert len(await names(gateway)) == 2
    assert (await gateway.ask("POST", "/keys/import", body)).json == seen
    assert len(await names(gateway)) == 3


async def test_keys_are_listed_by_what_is_asked_for_page_by_page() -> None:
    gateway = managed()
    key = await added(gateway, label="cedar", tags=["fast"])
    everything = await names(gateway)
    assert (len(everything), everything[-1]) == (3, key["id"])
    assert await names(gateway, "tag=fast") == await names(gateway, "text=CEDAR") == [key["id"]]
    assert await names(gateway, "state=invalid") == []
    assert await names(gateway, f"ids={everything[0]}&ids={everything[1]}") == everything[:2]
    first = (await gateway.ask("GET", "/keys", query="limit=2")).json
    rest = (await gateway.ask("GET", "/keys", query=f"limit=2&after={first['next']}")).json
    assert ([*map(_id, first["items"]), *map(_id, rest["items"])], rest["next"]) == (everything, None)


def _id(item: Any) -> str:
    return str(item["id"])


async def test_only_what_is_said_of_a_key_is_changed() -> None:
    gateway = managed()
    key = await added(gateway, label="cedar")
    changed = await gateway.ask("PATCH", f"/keys/{key['id']}", {"project": "p", "add_tags": ["fast"]})
    assert changed.json == key | {"project": "p", "tags": ["fast"]}
    assert (await gateway.ask("PATCH", f"/keys/{key['id']}", {"proxy": "nowhere"})).status == 400
    assert (await gateway.ask("GET", f"/keys/{key['id']}")).json == changed.json


async def test_a_key_gets_another_secret_which_is_checked_and_never_told() -> None:
    gateway, fresh = managed(), CEDAR[:-4] + "New1"
    key = await added(gateway, label="cedar", notes="renew in March")
    answer = await gateway.ask("POST", f"/keys/{key['id']}/secret", {"secret": f" {fresh}\n"})
    assert (answer.status, answer.json["progress"]["total"]) == (202, 1)
    assert (await gateway.ask("GET", f"/keys/{key['id']}")).json == key | {"shown": "…New1"}
    (change,) = (await gateway.ask("GET", "/changes", query="limit=1")).json["items"]
    assert (change["action"], change["target"], change["after"]) == ("replace", key["id"], {"shown": "…New1"})
    assert (await gateway.ask("POST", "/keys", {"key": fresh})).json["error"]["message"].endswith(f"{key['id']}.")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"secret": CEDAR}, (409, "conflict", "secret")),
        ({"secret": "two keys"}, (400, "invalid_key", "secret")),
        ({"secret": ""}, (400, "invalid_key", "secret")),
        ({}, (400, "invalid_request", "secret")),
    ],
    ids=["another's", "no key", "nothing", "not said"],
)
async def test_a_secret_that_can_not_be_taken_is_refused_and_not_repeated(
    said: dict[str, str], told: tuple[int, str, str]
) -> None:
    gateway = managed()
    await added(gateway)
    first = (await names(gateway))[0]
    answer = await gateway.ask("POST", f"/keys/{first}/secret", said)
    assert (answer.error, CEDAR.encode() in answer.body) == (told, False)
    assert (await gateway.ask("POST", "/keys/nowhere/secret", {"secret": CEDAR})).status == 404


async def test_what_is_done_with_many_is_done_with_those_that_fit() -> None:
    gateway = managed()
    key = await added(gateway, tags=["fast"])
    fast = {"filter": {"tag": "fast"}}
    done = {"ids": [key["id"]]}
    assert (await gateway.ask("POST", "/keys/disable", fast)).json == done
    assert key["id"] not in serving(gateway)
    assert await names(gateway, "state=disabled") == [key["id"]]
    assert (await gateway.ask("POST", "/keys/enable", fast)).json == done
    assert (await gateway.ask("POST", "/keys/reset", fast)).json == done
    assert (await gateway.ask("PATCH", "/keys", fast | {"edit": {"weight": 5}})).json == done
    assert (await gateway.ask("POST", "/keys/delete", fast)).json == done
    assert await names(gateway, "tag=fast") == []
    assert (await gateway.ask("POST", "/keys/delete", fast)).json == {"ids": []}
    assert (await gateway.ask("POST", "/keys/delete")).error == (415, "unsupported_media_type", None)


async def test_a_deleted_key_is_gone() -> None:
    gateway = managed()
    key = await added(gateway)
    assert (await gateway.ask("DELETE", f"/keys/{key['id']}")).status == 204
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"weight": 2})):
        assert (await gateway.ask(method, f"/keys/{key['id']}", body)).error == (404, "not_found", None)
    assert (await added(gateway))["id"] == key["id"]


async def test_an_export_hides_secrets_unless_they_are_asked_for_which_is_remembered() -> None:
    gateway = managed()
    key = await added(gateway)
    one = {"filter": {"ids": [key["id"]]}, "format": "json"}
    masked = (await gateway.ask("POST", "/keys/export", one)).json["text"]
    assert CEDAR not in masked
    plain = (await gateway.ask("POST", "/keys/export", one | {"plain": True})).json["text"]
    assert [entry["key"] for entry in json.loads(plain)["keys"]] == [CEDAR]
    latest = (await gateway.ask("GET", "/changes", query="limit=1")).json["items"][0]
    assert (latest["action"], latest["target"], latest["subject"]) == ("export", key["id"], "key")


async def test_no_answer_but_a_plain_export_holds_a_secret() -> None:
    gateway = managed()
    key = await added(gateway)
    for path in ("/keys", f"/keys/{key['id']}", "/changes", "/pool", "/system", "/jobs"):
        assert CEDAR.encode() not in (await gateway.ask("GET", path)).body


async def test_groups_are_listed_and_an_unknown_one_is_not_found() -> None:
    gateway = managed()
    assert (await gateway.ask("GET", "/keys/groups")).json == {"items": []}
    for verb in ("confirm", "reject"):
        assert (await gateway.ask("POST", f"/keys/groups/none/{verb}")).error == (404, "not_found", None)
