"""What a requested model name means."""

from datetime import date
from itertools import permutations

import pytest

from gemini_balance.core.catalog.aliases import ALIASES
from gemini_balance.core.catalog.resolve import Resolved, resolve, successor, warning
from gemini_balance.core.errors import BadRequest, ModelNotFound

TODAY = date(2026, 11, 15)
LISTED = frozenset({"gemini-2.5-pro", "gemini-flash-latest", "gemini-2.0-flash", "odd-search"})
UNKNOWN: frozenset[str] = frozenset()
SEARCH = frozenset({"gemini-2.5-pro", "gemini-flash-latest"})


@pytest.mark.parametrize(
    ("name", "listed", "resolved"),
    [
        pytest.param("gemini-2.5-pro", LISTED, Resolved("gemini-2.5-pro"), id="listed"),
        pytest.param("models/gemini-2.5-pro", LISTED, Resolved("gemini-2.5-pro"), id="with models/ in front"),
        pytest.param("gemini-2.5-pro-search", LISTED, Resolved("gemini-2.5-pro", search=True), id="search"),
        pytest.param("odd-search", LISTED, Resolved("odd-search"), id="a listed name may end in -search"),
        pytest.param("gemini-1.5-flash", LISTED, Resolved("gemini-flash-latest"), id="retired"),
        pytest.param("gemini-1.5-flash", UNKNOWN, Resolved("gemini-flash-latest"), id="retired by date"),
        pytest.param(
            "gemini-1.5-flash-search", LISTED, Resolved("gemini-flash-latest", search=True), id="retired, with search"
        ),
        pytest.param("gemini-2.0-flash", LISTED, Resolved("gemini-2.0-flash"), id="in the table, but still listed"),
        pytest.param("tts-1", LISTED, Resolved("gemini-3.8-flash-lite-tts"), id="OpenAI's"),
        pytest.param("tts-1", UNKNOWN, Resolved("gemini-3.8-flash-lite-tts"), id="OpenAI's, with no list known"),
        pytest.param("gemini-9-ultra", LISTED, Resolved("gemini-9-ultra"), id="Google may know what we don't"),
    ],
)
def test_a_name_is_resolved(name: str, listed: frozenset[str], resolved: Resolved) -> None:
    assert resolve(name, listed, SEARCH, TODAY) == resolved


SUFFIXES = ("-search", "-image", "-non-thinking")


@pytest.mark.parametrize("order", [order for size in (1, 2, 3) for order in permutations(SUFFIXES, size)], ids="".join)
@pytest.mark.parametrize("listed", [LISTED, UNKNOWN], ids=["listed", "list unknown"])
def test_suffixes_combine_in_any_order(order: tuple[str, ...], listed: frozenset[str]) -> None:
    resolved = Resolved(
        "gemini-2.5-pro", search="-search" in order, image="-image" in order, non_thinking="-non-thinking" in order
    )
    assert resolve("gemini-2.5-pro" + "".join(order), listed, SEARCH, TODAY, SEARCH) == resolved


@pytest.mark.parametrize(
    ("name", "resolved"),
    [
        ("gemini-2.5-flash-image", Resolved("gemini-2.5-flash-image")),
        ("gemini-2.5-flash-image-non-thinking", Resolved("gemini-2.5-flash-image", non_thinking=True)),
        ("odd-search-search", Resolved("odd-search", search=True)),
        ("odd-search-non-thinking", Resolved("odd-search", non_thinking=True)),
        ("gemini-2.5-pro-image", Resolved("gemini-2.5-pro-image")),
        ("x-non-thinking-non-thinking", Resolved("x-non-thinking", non_thinking=True)),
    ],
)
def test_real_names_that_end_like_a_suffix_still_work(name: str, resolved: Resolved) -> None:
    search = frozenset({"odd-search"})
    assert resolve(name, LISTED | {"gemini-2.5-flash-image"}, search, TODAY) == resolved


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "The request names no model."),
        ("models/", "The request names no model."),
        ("gemini-3-x-search", "Web search is not switched on for gemini-3-x."),
    ],
)
def test_a_name_that_cannot_be_served_is_refused(name: str, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence) as refused:
        resolve(name, LISTED, SEARCH, TODAY)
    assert refused.value.param == "model"


@pytest.mark.parametrize(
    "name",
    [
        *("../../v1/files", "a/b", "a?key=x", "a#b", "a:countTokens", "a b", "a%2Fb", ".hidden", "-x", "é"),
        *("a\r\nx: y", "a\n", "\x00", "x" * 201, "-search"),
    ],
)
def test_a_name_never_reaches_beyond_its_place_in_a_path(name: str) -> None:
    with pytest.raises(ModelNotFound):
        resolve(name, UNKNOWN, SEARCH, TODAY)
    with pytest.raises(ModelNotFound):
        successor(name, UNKNOWN, TODAY)


@pytest.mark.parametrize("today", [date(2025, 9, 23), date(2025, 9, 24)], ids=["the day before", "the day"])
def test_with_no_list_known_the_retirement_date_decides(today: date) -> None:
    expected = "gemini-pro-latest" if today.day == 24 else "gemini-1.5-pro"
    assert successor("gemini-1.5-pro", UNKNOWN, today) == expected


def test_no_alias_leads_to_another_retired_name() -> None:
    assert {alias.successor for alias in ALIASES.values()} & set(ALIASES) == set()


@pytest.mark.parametrize(
    ("asked", "called", "told"),
    [
        ("gemini-2.5-flash", "gemini-2.5-flash", ""),
        (
            "models/text-embedding-004",
            "gemini-embedding-001",
            "(announced for 2026-01-14); gemini-embedding-001 answers",
        ),
        ("gemini-1.5-pro-search", "gemini-pro-latest", "gemini-1.5-pro is retired"),
        ("whisper-1", "gemini-flash-latest", "whisper-1 is a model of OpenAI's; gemini-flash-latest answers instead."),
        ("whisper-1", "whisper-1", ""),
        ("gemini-2.0-flash", "gemini-2.0-flash", "Google retires gemini-2.0-flash (announced for 2026-06-01)"),
    ],
)
def test_a_retired_models_caller_is_warned(asked: str, called: str, told: str) -> None:
    said = warning(asked, called)
    assert told in said
    assert bool(said) == bool(told)
