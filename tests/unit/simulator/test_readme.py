"""The folder's README names everything that can be asked for."""

from pathlib import Path

import pytest

from gemini_balance.simulator import Resources, app
from gemini_balance.simulator.control import ENDPOINTS
from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.faults import Kind
from gemini_balance.simulator.keys import FLAVOURS
from gemini_balance.simulator.methods.table import ROWS, Row

README = (Path(app.__code__.co_filename).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*FLAVOURS, *Kind])
def test_flavours_and_faults_are_named(word: str) -> None:
    assert f"`{word}`" in README


@pytest.mark.parametrize("name", Directives.__struct_fields__)
def test_directives_are_named(name: str) -> None:
    assert f"`{name}=" in README


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_control_endpoints_are_named(method: str, path: str) -> None:
    assert f"`{method} {path}`" in README


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operation} {row.path}")
def test_resources_are_named(row: Row) -> None:
    assert f"`{row.path.partition('/')[0].partition(':')[0]}`" in README


@pytest.mark.parametrize("name", Resources.__struct_fields__)
def test_settings_of_resources_are_named(name: str) -> None:
    assert f"`{name}`" in README
