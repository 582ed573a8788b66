"""The upstream's model list."""

import json

import pytest

from gemini_balance.gateway.models import AT_ONCE, MOST_PAGES, SIDE_BY_SIDE, ModelBook
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


async def test_projects_that_see_different_models_are_merged() -> None:
    stage = Stage(page("a"), page("a"), page("b"), page("a", "c"))
    book = ModelBook(stage.gateway)
    await book.refresh()
    await book.merge()
    assert book.listed == {"a", "b", "c"}
    assert len({request.head.split(b"x-goog-api-key: ")[1].split()[0] for request in stage.transport.asked[1:]}) == 3


async def test_a_model_that_no_key_lists_any_more_is_forgotten() -> None:
    stage = Stage(page("a", "b"), page("a"), page("a"), page("a"))
    book = ModelBook(stage.gateway)
    await book.refresh()
    assert book.listed == {"a", "b"}
    await book.merge()
    assert book.listed == {"a"}


async def test_what_only_a_failing_key_lists_stays_for_another_round() -> None:
    lost = refuses(500, "no")
    stage = Stage(page("a"), page("b"), page("a"), lost, page("a"), lost, keys="ab")
    book = ModelBook(stage.gateway)
    await book.merge()
    await book.merge()
    assert book.listed == {"a", "b"}
    await book.merge()
    assert book.listed == {"a"}


async def test_keys_of_one_project_are_asked_once() -> None:
    stage = Stage(page("a"))
    for key in stage.pool.keys.values():
        stage.pool.label(key, "one")
    await ModelBook(stage.gateway).merge()
    assert len(stage.transport.asked) == 1


async def test_thousands_of_keys_take_turns() -> None:
    stage = Stage(*[page("a")] * (AT_ONCE + 2), keys="abcdefghijklmnopqr")
    book = ModelBook(stage.gateway)
    await book.merge()
    assert len(stage.transport.asked) == AT_ONCE
    await book.merge()
    assert len({request.head for request in stage.transport.asked}) == AT_ONCE + 2


async def test_hidden_models_are_shown_under_no_name() -> None:
    book = ModelBook(Stage(page("b", "a", "gemini-3.8-flash")).gateway)
    await book.refresh()
    assert book.shown(["a", "b"], ["b"], {"b", "gemini-3.8-flash"}) == ["a", "a-search"]
    assert set(book.entries({"b", "gemini-3.8-flash"})) == {"a"}
    assert "b" in book.listed


async def test_keys_are_asked_side_by_side_and_one_that_is_silent_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gemini_balance.gateway.models.ROUND_SECONDS", 0.1)
    stage = Stage(Line([None]), page("b"), page("c"))
    book = ModelBook(stage.gateway)
    await book.merge()
    assert (set(book.listed), len(stage.transport.asked), stage.at_rest) == ({"b", "c"}, 3, True)


async def test_a_bounded_number_of_keys_is_asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gemini_balance.gateway.models.ROUND_SECONDS", 0.1)
    stage = Stage(*[Line([None])] * AT_ONCE, keys="abcdefghijklmnop")
    await ModelBook(stage.gateway).merge()
    assert len(stage.transport.asked) == SIDE_BY_SIDE
