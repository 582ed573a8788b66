"""The pure room stays pure, also where import contracts can't see it."""

import ast
from pathlib import Path

import pytest

import gemini_balance.core

CORE = Path(gemini_balance.core.__file__).parent
FILES = sorted(CORE.rglob("*.py"))
WAITS = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
REACHES = {"open", "print", "input", "exec", "eval", "__import__"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CORE)))
def test_nothing_in_core_waits_or_reaches_outside(file: Path) -> None:
    tree = ast.parse(file.read_text())
    waits = [node.lineno for node in ast.walk(tree) if isinstance(node, WAITS)]
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    reaches = [func.id for func in calls if isinstance(func, ast.Name) and func.id in REACHES]
    assert (waits, reaches) == ([], [])
