"""The upstream's model list."""

import json

import pytest

from gemini_balance.gateway.models import MOST_PAGES, ModelBook
from tests.unit.gateway.stage import Line, Stage, refuses

pytestmark = pytest.mark.anyio


def page(*names: str, token: str = "") -> Line:
    body = {"models": [{"name": f"models/{name}"} for name in names]} | ({"nextPageToken": token} if token else {})
    return Line([json.dumps(body).encode()], content_type="application/json")


async def test_all_pages_are_read() -> None:
    stage = Stage(page("a", "b", token="x+/= &"), page("c"))
    book = ModelBook(stage.gateway)
    assert (await book.refresh(), set(book.listed)) == (True, {"a", "b", "c"})
    assert [asked.head.decode().split("\r\n")[0] for asked in stage.transport.asked] == [
        "GET /v1beta/models?pageSize=1000 HTTP/1.1",
        "GET /v1beta/models?pageSize=1000&pageToken=x%2B%2F%3D%20%26 HTTP/1.1",
    ]


async def test_pages_without_end_are_ended() -> None:
    stage = Stage(*[page("a", token="again")] * (MOST_PAGES + 5))
    assert await ModelBook(stage.gateway).refresh()
    assert len(stage.transport.asked) == MOST_PAGES


async def test_a_dead_key_is_passed_over() -> None:
    book = ModelBook(Stage(refuses(400, "API key not valid."), page("a")).gateway)
    assert (await book.refresh(), set(book.listed)) == (True, {"a"})


@pytest.mark.parametrize(
    "then", [refuses(400, "no"), Line([b"<html>"]), page()], ids=["refused", "not JSON", "an empty list"]
)
async def test_the_old_list_stays_when_a_new_one_does_not_come(then: Line) -> None:
    book = ModelBook(Stage(page("a"), then).gateway)
    assert (await book.refresh(), await book.refresh(), set(book.listed)) == (True, False, {"a"})


async def test_without_keys_there_is_no_list() -> None:
    book = ModelBook(Stage(keys="").gateway)
    assert (await book.refresh(), set(book.listed)) == (False, set())


async def test_callers_are_shown_the_list_and_the_names_with_a_suffix() -> None:
    book = ModelBook(Stage(page("b", "a", "gemini-3.8-flash")).gateway)
    await book.refresh()
    shown = ["a", "a-search", "b", "b-image", "gemini-3.8-flash", "gemini-3.8-flash-non-thinking"]
    assert book.shown(["a", "not-listed"], ["b"]) == shown
