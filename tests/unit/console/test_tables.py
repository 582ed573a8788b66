"""Long lists: pages, order and filters as addresses."""

from __future__ import annotations

from gemini_balance.console.tables import Column, Paging, Query, paging

PATH = "/console/keys"


def test_a_filter_leads_to_the_first_page_and_keeps_the_others() -> None:
    query = Query(PATH, {"q": "main 0&", "state": "ready", "page": "3"})
    assert query.but(state="resting") == f"{PATH}?q=main+0%26&state=resting"
    assert query.but(q="", state="") == PATH


def test_pages_have_neighbours_until_they_end() -> None:
    query = Query(PATH, {"page": "1"})
    assert paging(query, 250) == Paging(101, 200, 250, PATH, f"{PATH}?page=2")
    assert paging(query, 150) == Paging(101, 150, 150, PATH, "")


def test_a_page_after_the_last_one_is_the_last_one() -> None:
    assert paging(Query(PATH, {"page": "99"}), 150) == Paging(101, 150, 150, PATH, "")
    assert paging(Query(PATH, {"page": "-1"}), 0) == Paging(0, 0, 0, "", "")


def test_a_column_sorts_one_way_then_the_other() -> None:
    label, calls = Column("x", "label"), Column("x", "calls")
    first = Query(PATH, {})
    assert (first.ordered(label), first.sorting(label)) == ("", f"{PATH}?sort=label")
    up = Query(PATH, {"sort": "label"})
    assert (up.ordered(label), up.sorting(label)) == ("ascending", f"{PATH}?sort=-label")
    down = Query(PATH, {"sort": "-label"})
    assert (down.ordered(label), down.sorting(label)) == ("descending", f"{PATH}?sort=label")
    assert (down.ordered(calls), down.sorting(calls)) == ("", f"{PATH}?sort=calls")
