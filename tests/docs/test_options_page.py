"""docs/options.md says what the code does."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.docs import options_page
from tests.docs.places import ROOT, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = ROOT / "docs" / "options.md"


def test_the_page_is_made_of_the_tables_of_today() -> None:
    page = options_page.render()
    if os.environ.get("UPDATE_DOCS") == "1":
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "run: UPDATE_DOCS=1 .venv/bin/pytest tests/docs"


def test_every_boot_setting_has_a_sentence_and_no_sentence_is_left_over() -> None:
    assert list(options_page.MEANINGS) == options_page.boot_names()


def test_every_well_known_name_is_on_the_page() -> None:
    page = PAGE.read_text()
    assert [name for name in options_page.WELL_KNOWN if f"`{name}`" not in page] == []


def test_what_the_page_calls_unused_is_unused_and_nothing_else_is() -> None:
    code = "\n".join(_code())
    unread = {name for name in options_page.names() if not re.search(rf"(?:options|settings)\.{name.lower()}\b", code)}
    assert unread == options_page.UNUSED


def _code() -> Iterator[str]:
    return (path.read_text() for path in SOURCE.rglob("*.py") if path.name not in ("options.py", "settings.py"))
