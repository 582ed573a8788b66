"""Pages of Google's model list, read and written."""

import json

import msgspec
import pytest

from gemini_balance.core.catalog.models import Listed, page_of, read_page, suffixed
from gemini_balance.core.errors import BadRequest

ENTRY = (
    b'{ "name" : "models/a",\n  "inputTokenLimit": 1e3, "new\\u0046ield": [ ],\n "supportedGenerationMethods": ["x"] }'
)


def test_an_entry_keeps_googles_own_bytes() -> None:
    found, token = read_page(b'{"models": [' + ENTRY + b'],\n "nextPageToken": "n"}')
    assert found == {"a": Listed(msgspec.Raw(ENTRY), frozenset({"x"}))}
    assert token == "n"
    assert ENTRY in page_of(found, 50, "")


def test_pages_follow_each_other_by_name_also_when_the_list_changes_between() -> None:
    models = {name: Listed(msgspec.Raw(json.dumps({"name": name}).encode())) for name in "dbca"}
    first = json.loads(page_of(models, 2, ""))
    assert [model["name"] for model in first["models"]] == ["a", "b"]
    del models["b"]
    second = json.loads(page_of(models, 2, first["nextPageToken"]))
    assert second == {"models": [{"name": "c"}, {"name": "d"}]}


@pytest.mark.parametrize("token", ["x", "/w==", "é", "____"])
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(BadRequest, match="pageToken"):
        page_of({}, 2, token)


def test_suffixes_are_for_the_models_that_options_name_and_for_those_that_think() -> None:
    search, image = ("gemini-3.6-flash",), ("gemini-nano-banana-2.1",)
    names = ("gemini-3.6-flash", "gemini-nano-banana-2.1", "gemma-4-31b-it", "gemini-embedding-2")
    assert [suffixed(name, search, image) for name in names] == [
        ("gemini-3.6-flash-search", "gemini-3.6-flash-non-thinking"),
        ("gemini-nano-banana-2.1-image",),
        (),
        (),
    ]
