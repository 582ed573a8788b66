"""How tests find the pages that have names in their paths."""

from __future__ import annotations

import pytest

from gemini_balance.console.page import Page
from gemini_balance.console.pages.system import PAGE
from tests.e2e.console.visiting import address

LIST, ADD, ONE = (
    Page(name, path, "system.title", PAGE.show)
    for name, path in (("keys", "/keys"), ("add", "/keys/add"), ("key", "/keys/{key}"))
)
PAGES = (PAGE, LIST, ADD, ONE)


def _address(page: Page, html: str) -> str:
    return address(page, {"/console/keys": html, "/console": ""}.__getitem__, (*PAGES, Page("", "", "", PAGE.show)))


def test_a_page_without_names_is_where_its_path_says() -> None:
    assert _address(ADD, "") == "/console/keys/add"


def test_a_page_with_names_is_where_the_page_above_leads() -> None:
    html = '<a href="/console/keys/add"></a><a href="/console/keys/key-1/x"></a><a href="/console/keys/key-1?a=1"></a>'
    assert _address(ONE, html) == "/console/keys/key-1"


def test_a_page_that_nothing_leads_to_is_no_page() -> None:
    with pytest.raises(LookupError, match="nothing on /console/keys or on the overview"):
        _address(ONE, '<a href="/console/keys/add"></a>')
