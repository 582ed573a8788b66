"""Who reads Chinese finds no English sentence on any page: only names, codes and what others said."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING

import pytest

from gemini_balance.console.nav import PAGES
from tests.e2e.console.visiting import PATIENCE, Visitor, address, signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from gemini_balance.console.page import Page

PASSWORD = "password-of-the-operator"
CHINESE = {"Accept-Language": "zh-CN"}
ASIDE = re.compile(
    r"<(code|pre|script|style|svg|template|textarea|time)\b.*?</\1>"
    r'|<(\w+)[^>]*\blang="en"[^>]*>.*?</\2>'  # what others said, marked as such
    r"|<(?:[^>\"]|\"[^\"]*\")+>",
    re.DOTALL,
)
TOLD = re.compile(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"')
SENTENCE = re.compile(r"[A-Za-z']+(?: [a-z']+){2,}")
"""Three words in a row, of which only the first may begin with a capital: names are not like that."""


@pytest.fixture(scope="module")
def operator(running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with gateway(running_google, tmp_path_factory.mktemp("languages"), AUTH_TOKEN=PASSWORD) as served:
        visitor = signed_in(served, PASSWORD)
        served.chat("Hello")
        served.chat("Hello", model="gemini-unheard-of")
        visitor.post("/console/system/examine", {})
        until = time.monotonic() + PATIENCE
        while "SECRET_KEY" not in visitor.read("/console/system") and time.monotonic() < until:
            time.sleep(0.1)
        yield visitor


def sentences(page: str) -> list[str]:
    text = "\n".join([ASIDE.sub("\n", page), *TOLD.findall(page)])
    return SENTENCE.findall(html.unescape(text))


def test_a_sentence_is_found_and_names_and_what_others_said_are_not() -> None:
    assert sentences('<p title="Look at it"> It is over </p>') == ["It is over", "Look at it"]
    assert sentences('<p>Google AI Studio</p> <code>a b c</code> <small lang="en">it is over</small>') == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_an_english_sentence_for_a_reader_of_chinese(page: Page, operator: Visitor) -> None:
    operator.address(page)  # waits until there is one of these
    shown = operator.get(address(page, operator.read), **CHINESE).body.decode()
    assert 'lang="zh-CN"' in shown
    assert sentences(shown) == []
