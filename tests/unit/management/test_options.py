"""/options: what is in force, changes, export and import."""

from typing import Any

import pytest

from tests.unit.management.stage import Managed, managed

pytestmark = pytest.mark.anyio
RETRIES = {
    "name": "max_retries",
    "env": "MAX_RETRIES",
    "group": "requests",
    "value": 3,
    "source": "default",
    "otherwise": 3,
    "default": 3,
    "expected": "a whole number",
    "choices": [],
    "low": 0.0,
    "high": 20.0,
    "help": "Attempts after the first one that failed for no fault of a key.",
    "help_zh": "第一次尝试失败且错不在密钥时，最多再试几次。",
}


async def put(gateway: Managed, name: str, value: Any) -> Any:
    return await gateway.ask("PUT", f"/options/{name}", {"value": value})


async def test_an_option_tells_its_value_and_where_that_comes_from() -> None:
    gateway = managed(MAX_RETRIES="7")
    assert (await gateway.ask("GET", "/options/max_retries")).json == RETRIES | {
        "value": 7,
        "otherwise": 7,
        "source": "environment",
    }
    assert (await managed().ask("GET", "/options/MAX_RETRIES")).json == RETRIES


async def test_all_options_are_listed() -> None:
    gateway = managed()
    items = (await gateway.ask("GET", "/options")).json["items"]
    assert RETRIES in items
    assert [item["name"] for item in items] == [standing.name for standing in gateway.app.options.all()]
    (style,) = [item for item in items if item["name"] == "thinking_style"]
    assert style["choices"] == ["reasoning_content", "think"]


async def test_an_override_is_in_force_at_once_and_can_be_taken_back() -> None:
    gateway = managed()
    changed = await put(gateway, "max_retries", 5)
    assert (changed.status, changed.json) == (200, RETRIES | {"value": 5, "source": "override"})
    assert gateway.app.door.gateway.policy.max_retries == 5
    back = await gateway.ask("DELETE", "/options/max_retries")
    assert (back.status, back.json) == (200, RETRIES)
    assert gateway.app.door.gateway.policy.max_retries == 3


async def test_several_are_set_together_or_not_at_all() -> None:
    gateway = managed()
    refused = await gateway.ask("PATCH", "/options", {"values": {"max_retries": 5, "patience": -1}})
    assert refused.error == (400, "invalid_option", "patience")
    assert gateway.app.options.current.max_retries == 3
    done = await gateway.ask("PATCH", "/options", {"values": {"max_retries": 5, "PATIENCE": 1.5, "max_failures": 3}})
    assert {item["name"]: item["value"] for item in done.json["items"]} == {
        "max_retries": 5,
        "patience": 1.5,
        "max_failures": 3,
    }


@pytest.mark.parametrize("value", ["many", 21, -1, None, [], {}, True, 1.5])
async def test_a_value_that_cannot_be_taken_is_refused(value: Any) -> None:
    assert (await put(managed(), "max_retries", value)).error == (400, "invalid_option", "max_retries")


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {"value": 1}), ("DELETE", None)])
async def test_an_option_that_is_none_is_not_found(method: str, body: Any) -> None:
    answer = await managed().ask(method, "/options/max_retires", body)
    assert answer.error == (404, "not_found", None)
    assert "Did you mean MAX_RETRIES?" in answer.json["error"]["message"]


async def test_who_changed_an_option_is_remembered() -> None:
    gateway = managed()
    for value in (5, 6, 7):
        await put(gateway, "max_retries", value)
    await put(gateway, "patience", 1)
    first = (await gateway.ask("GET", "/options/max_retries/changes", query="limit=2")).json
    (rest,) = (await gateway.ask("GET", "/options/max_retries/changes", query=f"limit=2&after={first['next']}")).json[
        "items"
    ]
    assert [change["after"] for change in first["items"]] == [7, 6]
    assert rest.pop("at") > 0
    assert 0 < rest.pop("id") < first["items"][1]["id"]
    assert rest == {
        "who": "operator",
        "subject": "option",
        "target": "max_retries",
        "action": "set",
        "before": 3,
        "after": 5,
    }
    everything = (await gateway.ask("GET", "/changes", query="subject=option")).json
    assert ([change["target"] for change in everything["items"]], everything["next"]) == (
        ["patience", "max_retries", "max_retries", "max_retries"],
        None,
    )


async def test_an_export_is_an_import_elsewhere() -> None:
    gateway, other = managed(), managed()
    await put(gateway, "max_retries", 5)
    exported = (await gateway.ask("GET", "/options/export")).json
    assert exported == {"version": 1, "options": {"max_retries": 5}}
    planned = {"changed": [{"name": "max_retries", "before": 3, "after": 5}], "unknown": []}
    preview = await other.ask("POST", "/options/import", exported, query="preview=true")
    assert (preview.json, other.app.options.current.max_retries) == (planned, 3)
    done = await other.ask("POST", "/options/import", exported)
    assert (done.json, other.app.options.current.max_retries) == (planned, 5)


async def test_an_import_passes_over_what_it_does_not_know_unless_it_shall_not() -> None:
    document = {"version": 1, "options": {"unheard_of": 1, "max_retries": 4}}
    gateway = managed()
    strict = await gateway.ask("POST", "/options/import", document, query="strict=true")
    assert strict.error == (400, "invalid_option", "unheard_of")
    done = await gateway.ask("POST", "/options/import", document)
    assert done.json["unknown"] == ["unheard_of"]
    assert (await gateway.ask("POST", "/options/import", {"version": 2, "options": {}})).status == 400
