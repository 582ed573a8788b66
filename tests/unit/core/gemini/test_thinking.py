"""How much to think, in each family's words: Google's table of efforts cell by cell, and what the fake Google takes."""

import json

import pytest

from gemini_balance.core.gemini.families import EFFORTS, Family, family_of
from gemini_balance.core.gemini.request_schema import ThinkingConfig
from gemini_balance.core.gemini.thinking import by_budget, by_effort, by_level, fitted
from gemini_balance.core.wire.codec import encode
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate

# columns: none minimal low medium high xhigh max
TABLE: dict[str, tuple[int | str, ...]] = {
    "gemini-2.5-pro": (128, 1024, 1024, 8192, 24576, 24576, 24576),
    "gemini-2.5-flash": (0, 1024, 1024, 8192, 24576, 24576, 24576),
    "gemini-2.5-flash-lite": (0, 1024, 1024, 8192, 24576, 24576, 24576),
    "gemini-3-pro-preview": ("LOW", "LOW", "LOW", "HIGH", "HIGH", "HIGH", "HIGH"),
    "gemini-3.1-pro-preview": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.1-pro-preview-customtools": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-pro-latest": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.1-flash-lite": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3-flash-preview": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.5-flash": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.5-flash-lite": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.6-flash": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-flash-latest": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-flash-lite-latest": ("MINIMAL", "MINIMAL", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.7-flash": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-3.8-flash": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-4-argon": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
    "gemini-5-xenon": ("LOW", "LOW", "LOW", "MEDIUM", "HIGH", "HIGH", "HIGH"),
}
CELLS = [(model, effort, cell) for model, row in TABLE.items() for effort, cell in zip(EFFORTS, row, strict=True)]
UNTOLD = ("gemma-4-31b-it", "gemini-2.5-flash-image", "gemini-3-pro-image", "gemini-3.8-flash-tts", "gpt-4o", "m")


def config(cell: int | str) -> ThinkingConfig:
    return ThinkingConfig(thinking_level=cell) if isinstance(cell, str) else ThinkingConfig(thinking_budget=cell)


@pytest.mark.parametrize(("model", "effort", "cell"), CELLS)
def test_an_effort_is_what_googles_table_says(model: str, effort: str, cell: int | str) -> None:
    assert by_effort(effort, family_of(model)) == config(cell)


def taken(model: str, thinking: ThinkingConfig | None) -> None:
    body = {"contents": [{"parts": [{"text": "Hi"}]}]}
    if thinking is not None:
        body["generationConfig"] = {"thinkingConfig": json.loads(encode(thinking))}  # type: ignore[assignment]
    read_generate(json.dumps(body).encode(), BY_NAME[model], streamed=True)


@pytest.mark.parametrize("model", [name for name, model in BY_NAME.items() if model.outputs == ("TEXT",)])
def test_google_takes_whatever_is_asked_of_its_models(model: str) -> None:
    family = family_of(model)
    for effort in EFFORTS:
        taken(model, by_effort(effort, family))
        taken(model, by_level(effort.upper(), family))
    for budget in (-1, 0, 1, 127, 512, 40_000, 10**6):
        taken(model, by_budget(budget, family))


@pytest.mark.parametrize("model", UNTOLD)
def test_a_family_that_takes_none_is_told_nothing(model: str) -> None:
    family = family_of(model)
    assert [by_effort(effort, family) for effort in EFFORTS] == [None] * 7
    assert (by_budget(5, family), by_level("LOW", family)) == (None, None)


@pytest.mark.parametrize(
    ("model", "budget", "fitted_"),
    [
        ("gemini-2.5-pro", 0, config(128)),
        ("gemini-2.5-pro", 1, config(128)),
        ("gemini-2.5-pro", 99_999, config(32_768)),
        ("gemini-2.5-flash", 0, config(0)),
        ("gemini-2.5-flash", 99_999, config(24_576)),
        ("gemini-2.5-flash-lite", 0, config(0)),
        ("gemini-2.5-flash-lite", 5, config(512)),
        ("gemini-2.5-flash", -1, config(-1)),
        ("gemini-3.6-flash", 0, config("MINIMAL")),
        ("gemini-3.8-flash", 0, config("LOW")),
        ("gemini-3.8-flash", 777, config(777)),
    ],
)
def test_a_budget_is_moved_into_the_familys_range(model: str, budget: int, fitted_: ThinkingConfig) -> None:
    assert by_budget(budget, family_of(model)) == fitted_


@pytest.mark.parametrize(
    ("effort", "asked", "model", "expected"),
    [
        ("", None, "gemini-2.5-flash", None),
        ("low", None, "gemini-2.5-flash", config(1024)),
        ("", ThinkingConfig(thinking_level="HIGH"), "gemini-2.5-flash", config(24_576)),
        ("", ThinkingConfig(thinking_level="MINIMAL"), "gemini-3.8-flash", config("LOW")),
        ("", ThinkingConfig(thinking_level="ULTRA"), "gemini-3.8-flash", config("ULTRA")),
        ("", ThinkingConfig(thinking_level="ULTRA"), "gemini-2.5-flash", None),
        ("", ThinkingConfig(include_thoughts=True), "gemini-2.5-flash", None),
    ],
)
def test_what_the_caller_asks_for_is_fitted(
    effort: str, asked: ThinkingConfig | None, model: str, expected: ThinkingConfig | None
) -> None:
    assert fitted(effort, asked, family_of(model)) == expected


@pytest.mark.parametrize(
    ("model", "combines", "signs", "validates", "outputs"),
    [
        ("gemini-2.0-flash", False, False, False, ("TEXT",)),
        ("gemini-1.5-pro", False, False, False, ("TEXT",)),
        ("gemini-2.5-flash-preview-09-2025", False, False, True, ("TEXT",)),
        ("gemini-2.5-flash-image", False, False, True, ("TEXT", "IMAGE")),
        ("gemini-3-flash-preview", True, True, True, ("TEXT",)),
        ("gemini-3.1-flash-image", True, True, True, ("TEXT", "IMAGE")),
        ("gemini-nano-banana-2.1", True, True, True, ("TEXT", "IMAGE")),
        ("gemini-3.8-flash-tts", False, False, False, ("AUDIO",)),
        ("gemini-4-argon", True, True, True, ("TEXT",)),
        ("gemini-9", True, True, True, ("TEXT",)),
        ("gemma-4-31b-it", False, False, False, ("TEXT",)),
        ("anything", False, False, False, ()),
    ],
)
def test_a_family_is_told_by_the_models_name(
    model: str, combines: bool, signs: bool, validates: bool, outputs: tuple[str, ...]
) -> None:
    found: Family = family_of(model)
    assert (found.combines, found.signs, found.validates, found.outputs) == (combines, signs, validates, outputs)


@pytest.mark.parametrize("name", [name for name, model in BY_NAME.items() if "generateContent" in model.methods])
def test_the_table_agrees_with_the_models_that_google_lists(name: str) -> None:
    model, family = BY_NAME[name], family_of(name)
    assert set(family.outputs) == set(model.outputs)
    assert family.output_limit <= model.output_limit
    assert set(family.levels) <= set(model.levels)
    if model.outputs == ("TEXT",) and name.startswith("gemini"):
        assert family.combines is (model.generation >= 3)
