"""The OpenAPI document is made of the table, and says what every field means."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from gemini_balance.management.endpoint import EVENTS, PREFIX, Access, Endpoint, Nothing
from gemini_balance.management.openapi import errors_of
from gemini_balance.management.table import ENDPOINTS, the_document
from tests.unit.management.stage import managed

if TYPE_CHECKING:
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked, Row

each = pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: f"{row.method} {row.path}")
DOCUMENT: dict[str, Any] = the_document("1.2.3")


async def handler(_: UseCases, __: Asked[Nothing, Nothing]) -> None: ...


def test_an_endpoint_that_does_not_say_who_may_use_it_cannot_be_made() -> None:
    made: Any = Endpoint
    with pytest.raises(TypeError, match="access"):
        made(method="GET", path="/open", handler=handler, summary="Open.", answer=None)


def test_only_signing_in_is_for_anybody() -> None:
    assert {row.name for row in ENDPOINTS if row.access is Access.ANYBODY} == {"sign_in"}
    assert {row.name for row in ENDPOINTS if row.access is Access.SIGNED_IN} == {
        "show_session",
        "sign_out",
        "change_password",
    }


def test_no_two_endpoints_have_one_place_or_one_name() -> None:
    assert [place for place, count in Counter((row.method, row.path) for row in ENDPOINTS).items() if count > 1] == []
    assert [name for name, count in Counter(row.name for row in ENDPOINTS).items() if count > 1] == []


def test_every_endpoint_is_in_the_document_and_nothing_else() -> None:
    told = {(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert told == {(row.method, PREFIX + row.path) for row in ENDPOINTS}
    assert (DOCUMENT["openapi"], DOCUMENT["info"]["version"]) == ("3.1.0", "1.2.3")


@each
def test_errors_have_one_meaning_for_each_status(row: Row) -> None:
    statuses = [error.status for error in errors_of(row)]
    assert len(statuses) == len(set(statuses))


@each
def test_a_summary_is_one_line_that_ends_in_a_period(row: Row) -> None:
    assert row.summary.endswith(".")
    assert "\n" not in row.summary


def test_every_field_says_what_it_means() -> None:
    schemas = {name: schema for name, schema in DOCUMENT["components"]["schemas"].items() if "properties" in schema}
    silent = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, told in schema["properties"].items()
        if not told.get("description") and name not in {"Problem", "Failed"}
    ]
    assert silent == []
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_every_parameter_of_a_query_says_what_it_means() -> None:
    asked = [one for path in DOCUMENT["paths"].values() for told in path.values() for one in told.get("parameters", ())]
    assert [one["name"] for one in asked if one["in"] == "query" and not one["description"]] == []


@each
def test_what_is_asked_is_taken_strictly_and_what_is_answered_is_data(row: Row) -> None:
    assert all(msgspec.structs.fields(kind) is not None for kind in (row.body, row.query))
    for kind in (row.body, row.query):
        assert kind.__struct_config__.forbid_unknown_fields, kind
    assert row.answer is not None or row.kind != EVENTS


@pytest.mark.anyio
async def test_the_operator_can_read_it() -> None:
    answer = await managed().ask("GET", "/openapi.json")
    assert answer.status == 200
    assert answer.json["paths"].keys() == DOCUMENT["paths"].keys()
    assert (await managed().ask("GET", "/openapi.json", headers={})).status == 401
