"""The repository's files, and the few things that tests look for in Markdown."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "gemini_balance"
PAGES = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
READMES = (ROOT / "README.md", ROOT / "README.zh.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def blocks(text: str) -> list[tuple[str, str]]:
    """Language and content of every fenced block."""
    return [(found[1], found[2]) for found in _FENCE.finditer(text)]


def block(text: str, language: str, holding: str = "") -> str:
    return next(content for kind, content in blocks(text) if kind == language and holding in content)


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def spans(text: str) -> list[str]:
    """What stands between backticks in the prose."""
    return _CODE.findall(prose(text))


def tabled(text: str) -> list[list[str]]:
    """The cells of every table row, heads and rules too, with what is left and right of the outer bars."""
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.startswith("|")]


def code(text: str) -> list[str]:
    """Every line of code on a page, of blocks and of the prose."""
    return [line for _, content in blocks(text) for line in content.splitlines()] + spans(text)


def words(command: str) -> list[str]:
    """A shell command over several lines, as its words."""
    return shlex.split(command.replace("\\\n", " "))


def targets() -> set[str]:
    """What `make` can make."""
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
