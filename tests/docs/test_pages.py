"""What the pages name exists, and both READMEs say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gemini_balance import cli
from gemini_balance.api import names
from gemini_balance.api.routes import PREFIXES
from gemini_balance.cli import serving
from tests.docs.places import PAGES, READMES, ROOT, SOURCE, block, blocks, code, prose, spans, targets, words

if TYPE_CHECKING:
    from pathlib import Path

FIRST_SCREEN = 40  # lines
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
each_readme = pytest.mark.parametrize("readme", READMES, ids=lambda page: page.name)


@each_page
def test_links_lead_to_files_that_exist(page: Path) -> None:
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", prose(page.read_text()))]
    local = [link for link in links if link and "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


@each_page
def test_make_commands_exist(page: Path) -> None:
    named = {found[1] for line in code(page.read_text()) if (found := re.match(r"make ([a-z]+)", line))}
    assert named <= targets()


@each_page
def test_commands_of_the_program_exist(page: Path) -> None:
    named = {found[1] for line in code(page.read_text()) if (found := re.match(r"gemini-balance ([a-z-]+)", line))}
    assert named <= set(cli.main.commands)


@each_readme
def test_a_readme_names_every_command_of_the_program(readme: Path) -> None:
    assert {f"gemini-balance {command}" for command in cli.main.commands} <= set(spans(readme.read_text()))


@each_readme
def test_a_readme_lists_exactly_the_prefixes_that_are_served(readme: Path) -> None:
    rows = [line for line in readme.read_text().splitlines() if line.startswith("|") and "http://" in line]
    listed = [prefix for row in rows for prefix in re.findall(r"`(/[^`]*)`", row)]
    assert set(listed) == set(PREFIXES)


@each_readme
def test_a_readme_lists_exactly_our_headers(readme: Path) -> None:
    ours = {name.decode() for name in (names.MODEL, names.WARNING, names.DROPPED, names.ATTEMPTS, names.ROUTE)}
    assert {span for span in spans(readme.read_text()) if span.startswith("gemini-balance-")} == ours


@each_readme
def test_the_first_screen_holds_the_commands_the_call_and_the_other_language(readme: Path) -> None:
    first = "\n".join(readme.read_text().splitlines()[:FIRST_SCREEN])
    other = next(page.name for page in READMES if page != readme)
    assert [
        wanted for wanted in ("make demo", "make test", "curl", "OpenAI(", f"]({other})") if wanted not in first
    ] == []


@each_readme
def test_the_pasted_call_is_the_one_that_the_demo_prints(readme: Path) -> None:
    printed = serving.DEMO.format(port=8000, token=serving.DEMO_TOKEN, password=serving.DEMO_PASSWORD)
    printed = printed[printed.index("curl") : printed.index("Ctrl-C")]
    assert words(block(readme.read_text(), "sh", "curl")) == words(printed)


def test_both_readmes_hold_the_same_code() -> None:
    english, chinese = (page.read_text() for page in READMES)
    assert blocks(english) == blocks(chinese)


@pytest.mark.parametrize("mark", ["## ", "|", "* "], ids=["headings", "table rows", "points"])
def test_both_readmes_have_the_same_shape(mark: str) -> None:
    english, chinese = (prose(page.read_text()).splitlines() for page in READMES)
    assert sum(line.startswith(mark) for line in english) == sum(line.startswith(mark) for line in chinese)


def test_contributing_gives_every_room_a_row() -> None:
    rows = re.findall(r"^\| .* \| `([a-z/_.]+)`.* \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    rooms = {str(path.relative_to(SOURCE)) for folder in (SOURCE, SOURCE / "core") for path in _rooms(folder)}
    assert {row.partition("/")[0] if not row.startswith("core/") else row for row in rows} >= rooms - {"core"}
    assert [row for row in rows if not (SOURCE / row).exists()] == []


def _rooms(folder: Path) -> list[Path]:
    return [path.parent for path in folder.glob("*/__init__.py")]
