"""What the console says exists in every language, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from gemini_balance.console import words
from gemini_balance.console.words import MANNERS, NAMES, TAGS, catalog

ROOM = Path(words.__file__).parent
SOURCES = [*ROOM.rglob("*.py"), *ROOM.rglob("*.html")]
QUOTED = re.compile(r'"([a-z0-9_]+\.[a-z0-9_]+)"')
CALLED = re.compile(r'\bt\("([^"]+)"')
each_language = pytest.mark.parametrize("language", MANNERS)
ENGLISH = catalog("en")


def _texts(message: words.Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_has_a_catalog_and_a_name() -> None:
    assert {path.stem for path in (ROOM / "locale").glob("*.json")} == set(MANNERS) == set(NAMES) == set(TAGS)


@each_language
def test_every_language_has_the_same_messages(language: str) -> None:
    assert catalog(language).keys() == ENGLISH.keys()


@each_language
def test_a_message_names_the_same_values_in_every_language(language: str) -> None:
    for key, message in catalog(language).items():
        wanted = set().union(*(_names(text) for text in _texts(ENGLISH[key])))
        for text in _texts(message):
            assert _names(text) <= wanted, key
        assert set().union(*(_names(text) for text in _texts(message))) == wanted, key


@each_language
def test_what_depends_on_a_number_has_a_text_for_one_and_one_for_others(language: str) -> None:
    plural = [message for message in catalog(language).values() if isinstance(message, dict)]
    assert [
        message for message in plural if message.keys() != {"one", "other"} or "count" not in _names(message["other"])
    ] == []


def test_no_message_is_unused() -> None:
    used = {key for path in SOURCES for key in QUOTED.findall(path.read_text())}
    assert sorted(ENGLISH.keys() - used) == []


def test_what_templates_say_exists() -> None:
    said = {key for path in SOURCES for key in CALLED.findall(path.read_text())}
    assert sorted(said - ENGLISH.keys()) == []


def test_templates_hold_no_words_of_their_own() -> None:
    """But names, which are the same in every language."""
    own = ("Gemini Balance",)
    for path in ROOM.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
        bare = re.sub(r'<[^>]*>|[a-z-]+="[^"]*"', " ", text)
        for name in own:
            bare = bare.replace(name, "")
        assert re.findall(r"[A-Za-z]{2,}|[\u4e00-\u9fff]", bare) == [], path.name


def test_the_wording_keeps_to_its_rules() -> None:
    for text in (text for message in ENGLISH.values() for text in _texts(message)):
        assert not re.search(r"[Pp]lease|[Oo]ops|[Ii]nvalid input|!|'", text), text
    for text in (text for message in catalog("zh").values() for text in _texts(message)):
        assert not re.search(r"您|[,;:!?](?!\d)|[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]", text), text
