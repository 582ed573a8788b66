"""docs/errors.md explains every code, in both languages."""

from __future__ import annotations

import os

import pytest

from tests.docs import errors_page
from tests.docs.places import ROOT


@pytest.mark.parametrize(("page", "chinese"), [("errors.md", False), ("errors.zh.md", True)])
def test_the_page_is_made_of_the_errors_of_today(page: str, chinese: bool) -> None:
    path, written = ROOT / "docs" / page, errors_page.render(chinese=chinese)
    if os.environ.get("UPDATE_DOCS") == "1":
        path.write_text(written)
    assert path.read_text() == written, "run: UPDATE_DOCS=1 .venv/bin/pytest tests/docs"


def test_no_code_is_explained_that_there_is_not() -> None:
    assert [code for code, _ in errors_page.codes()] == list(errors_page.SAID)
