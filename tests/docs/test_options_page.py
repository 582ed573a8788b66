"""docs/options.md and docs/options.zh.md say what the code does."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.docs import options_page
from tests.docs.option_words import CHINESE, ENGLISH
from tests.docs.places import ROOT, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.option_words import Language

TABLES = (SOURCE / "core" / "options", SOURCE / "settings.py")
each_page = pytest.mark.parametrize(
    ("page", "words"), [("options.md", ENGLISH), ("options.zh.md", CHINESE)], ids=["English", "Chinese"]
)


@each_page
def test_the_page_is_made_of_the_tables_of_today(page: str, words: Language) -> None:
    path, written = ROOT / "docs" / page, options_page.render(words)
    if os.environ.get("UPDATE_DOCS") == "1":
        path.write_text(written)
    assert path.read_text() == written, "run: UPDATE_DOCS=1 .venv/bin/pytest tests/docs"


@each_page
def test_every_boot_setting_has_a_sentence_and_no_sentence_is_left_over(page: str, words: Language) -> None:
    assert list(words.meanings) == options_page.boot_names()
    assert all(words.meanings.values())


@each_page
def test_every_well_known_name_is_on_the_page(page: str, words: Language) -> None:
    shown = (ROOT / "docs" / page).read_text()
    assert [name for name in options_page.WELL_KNOWN if f"`{name}`" not in shown] == []


def test_what_the_page_calls_unused_is_unused_and_nothing_else_is() -> None:
    code = "\n".join(_code())
    fields = {name: name.lower() for name in options_page.boot_names()} | options_page.option_names()
    unread = {name for name, field in fields.items() if not re.search(rf"\.{field}\b", code)}
    assert unread == options_page.UNUSED


def _code() -> Iterator[str]:
    return (path.read_text() for path in SOURCE.rglob("*.py") if not any(path.is_relative_to(one) for one in TABLES))
