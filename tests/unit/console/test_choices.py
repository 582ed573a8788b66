"""Which models are offered for what, and which one first."""

from __future__ import annotations

import pytest

from gemini_balance.console import choices

GENERATES = frozenset({"generateContent", "countTokens"})


@pytest.mark.parametrize(
    ("name", "methods", "made"),
    [
        ("gemini-flash-latest", GENERATES, "chat"),
        ("gemini-2.5-pro", GENERATES, "chat"),
        ("gemini-2.5-flash-image", GENERATES, "image"),
        ("imagen-4.0-generate-001", frozenset({"predict"}), "image"),
        ("gemini-2.5-flash-preview-tts", GENERATES, "speech"),
        ("gemini-embedding-001", frozenset({"embedContent"}), "embeddings"),
        ("gemini-3.8-live", frozenset({"bidiGenerateContent"}), ""),
    ],
)
def test_a_model_is_offered_for_what_it_makes(name: str, methods: frozenset[str], made: str) -> None:
    assert choices.made_by(name, methods) == made


def test_a_model_that_is_not_offered_is_never_chosen() -> None:
    offered = ("gemini-flash-latest", "gemini-2.5-pro")
    assert choices.model(offered, "chat", "gemini-2.5-pro") == "gemini-2.5-pro"
    assert choices.model(offered, "chat", "$(reboot)") == "gemini-flash-latest"
    assert choices.model((), "image", "$(reboot)") == "gemini-2.5-flash-image"
