"""What the form of options changes: what was touched, nothing else, and nothing that can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.console.forms import Form
from gemini_balance.console.pages.options.edits import Difference, Edits, edits_in, standing_text
from gemini_balance.console.pages.options.fields import Fault
from gemini_balance.console.pages.options.shown import drawn, marked
from gemini_balance.core.options import ROWS, options_from
from gemini_balance.gateway.options import OptionBook
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.options import MemoryOptions
from tests.unit.gateway.stage import Hands

if TYPE_CHECKING:
    from gemini_balance.console.pages.options.shown import Shown
    from gemini_balance.core.options import Json

pytestmark = pytest.mark.anyio
HOSTILE = """"><img src=x onerror=alert(1)>"""


async def _book(**values: Json) -> OptionBook:
    changes = MemoryChanges()
    book = OptionBook(options_from({"PATIENCE": "25"}), MemoryOptions(changes), changes, Hands())
    await book.set(values, "operator")
    return book


def _form(book: OptionBook, **typed: str | list[str]) -> Form:
    """As a browser sends the whole page: every field, its twin, and what was typed over it."""
    fields: dict[str, list[str]] = {}
    for name in ROWS:
        text = standing_text(name, book)
        fields |= {f"was.{name}": [text]} | ({name: [text]} if text else {})
    return Form(fields | {name: [one] if isinstance(one, str) else one for name, one in typed.items()})


def _row(book: OptionBook, name: str, language: str = "en", q: str = "", *, changed: bool = False) -> Shown:
    view = drawn(book, language, q=q, changed=changed)
    return next(row for row in view.rows if row.name == name)


async def test_a_form_that_nobody_touched_changes_nothing() -> None:
    book = await _book(max_retries=5, metrics_open=True)
    edits = edits_in(_form(book), book)
    assert (edits.values, edits.back, edits.faults, edits.differences) == ({}, (), {}, ())


async def test_what_was_typed_is_read_and_shown_as_a_difference() -> None:
    book = await _book()
    edits = edits_in(_form(book, max_retries="5", paid_models="a\r\nb", metrics_open="on"), book)
    assert edits.values == {"max_retries": 5, "paid_models": ["a", "b"], "metrics_open": True}
    assert edits.differences == (
        Difference("paid_models", "", "a, b"),
        Difference("max_retries", "3", "5"),
        Difference("metrics_open", "false", "true", switch=True),
    )


async def test_what_can_t_be_taken_is_told_by_field_and_kept_as_it_was_typed() -> None:
    book = await _book()
    edits = edits_in(_form(book, patience="900", max_retries="5"), book)
    assert edits.faults == {"patience": Fault("options.wrong_number", "0", "600")}
    assert (edits.values, edits.typed["patience"]) == ({"max_retries": 5}, "900")


async def test_what_somebody_else_changed_meanwhile_is_not_undone() -> None:
    book = await _book()
    form = _form(book, max_retries="5")
    await book.set({"patience": 60}, "somebody else")
    assert edits_in(form, book).values == {"max_retries": 5}


async def test_another_spelling_of_the_same_value_is_no_change() -> None:
    book = await _book(thinking_budget_map={"m": 1})
    edits = edits_in(_form(book, patience=" 25.0 ", thinking_budget_map='{"m":1}'), book)
    assert (edits.values, edits.differences) == ({}, ())


async def test_an_option_goes_back_to_what_holds_otherwise_whatever_was_typed() -> None:
    book = await _book(patience=60)
    edits = edits_in(_form(book, patience="nonsense", reset=["patience", "max_retries"]), book)
    assert (edits.back, edits.values, edits.faults) == (("patience",), {}, {})
    assert edits.differences == (Difference("patience", "60", "25"),)


async def test_a_secret_stays_unless_it_is_typed_anew_or_emptied() -> None:
    book = await _book(alert_secret="hush", alert_webhook_url="https://example.com/hush")
    assert edits_in(_form(book), book).values == {}
    anew = edits_in(_form(book, alert_secret="new", clear=["alert_webhook_url"]), book)
    assert anew.values == {"alert_secret": "new", "alert_webhook_url": ""}
    assert anew.differences == (Difference("alert_webhook_url", "…", "…"), Difference("alert_secret", "…", "…"))
    assert "new" not in str(anew.typed)


async def test_fields_that_were_not_on_the_page_change_nothing() -> None:
    book = await _book(metrics_open=True)
    assert edits_in(Form({"max_retries": ["9"], "metrics_open": [""]}), book) == Edits()


async def test_a_row_says_where_its_value_comes_from_and_what_holds_otherwise() -> None:
    book = await _book(max_retries=5)
    rows = [_row(book, name) for name in ("max_retries", "patience", "time_out")]
    assert [(row.origin, row.overridden, row.text, row.otherwise, row.given) for row in rows] == [
        ("options.from_console", True, "5", "3", False),
        ("options.from_environment", False, "25", "25", True),
        ("options.from_default", False, "300", "300", False),
    ]


async def test_options_are_found_by_name_and_by_help_in_the_reader_s_language() -> None:
    book = await _book(max_retries=5)
    assert _row(book, "max_retries", q="RETRIES fault").found
    assert not _row(book, "max_retries", q="retries nonsense").found
    assert _row(book, "max_retries", "zh", "第一次尝试").found
    assert _row(book, "max_retries", changed=True).found
    assert not _row(book, "patience", changed=True).found


async def test_no_secret_is_in_what_is_drawn() -> None:
    book = await _book(alert_secret="hush-hush", custom_headers={"x-a": "hush-hush"})
    view = drawn(book, "en")
    assert "hush-hush" not in repr(view)
    assert [row.name for row in view.rows if row.filled] == ["custom_headers", "alert_secret"]


def test_what_is_typed_as_it_is_stands_between_backticks() -> None:
    assert str(marked(f"a `{HOSTILE}` b")) == "a <code>&#34;&gt;&lt;img src=x onerror=alert(1)&gt;</code> b"
