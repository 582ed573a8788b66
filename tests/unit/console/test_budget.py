"""What is written by hand for the browser stays small, and says nothing that the policy would stop."""

from __future__ import annotations

import re

from gemini_balance.console.drawing import TEMPLATES
from gemini_balance.console.files import FOLDER

MOST_SCRIPT, MOST_STYLE = 600, 1200


def _lines(kind: str) -> int:
    return sum(len(path.read_text().splitlines()) for path in FOLDER.glob(f"*.{kind}"))


def test_scripts_and_styles_keep_to_their_budget() -> None:
    assert _lines("js") <= MOST_SCRIPT
    assert _lines("css") <= MOST_STYLE


def test_no_template_has_a_style_a_script_or_a_handler_of_its_own() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        assert re.findall(r"\bstyle=|<style|<script(?! src=)|\son[a-z]+=|hx-on|\bjs:|javascript:", text) == [], (
            path.name
        )


def test_no_style_sheet_fetches_anything() -> None:
    for path in FOLDER.glob("*.css"):
        assert re.findall(r"url\(|@import", path.read_text()) == []
