"""The figures of docs/journal.md and docs/journal.zh.md: tables between two marks, written by `make prove`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {"": ROOT / "docs" / "journal.md", "zh": ROOT / "docs" / "journal.zh.md"}
FIGURE = re.compile(r"^\| (.+?) \| ([\d.]+) (ms|µs) \|$", re.MULTILINE)


def figures(page: str, table: str) -> dict[str, float]:
    """What the table of this name says, by what was measured."""
    return {name: float(value) for name, value, _ in FIGURE.findall(_block(page, table))}


def record(table: str, measured: dict[str, float], unit: str) -> None:
    """Write what was measured into both pages."""
    rows = "\n".join(f"| {name} | {value:.1f} {unit} |" for name, value in measured.items())
    for language, page in PAGES.items():
        head = "| 测量 | 数值 |" if language else "| Measured | Figure |"
        text = page.read_text()
        block = f"<!-- {table} -->\n{head}\n|---|---|\n{rows}\n<!-- /{table} -->"
        page.write_text(text.replace(_block(text, table), block))


def _block(page: str, table: str) -> str:
    found = re.search(rf"<!-- {table} -->.*?<!-- /{table} -->", page, re.DOTALL)
    assert found, table
    return found[0]
