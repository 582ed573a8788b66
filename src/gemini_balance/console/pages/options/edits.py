"""What somebody typed into the form of options: which values that changes, and which of them can't be taken."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.console.pages.options.fields import FIELDS, Fault, Kind, differences, empty, fault_of, read, text_of
from gemini_balance.core.options import ROWS, OptionError
from gemini_balance.gateway.options import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.core.options import Json
    from gemini_balance.gateway.options import OptionBook

WAS = "was."
"""Before the name of a field's twin, which holds what stood in it when the page was drawn."""
RESET, CLEAR = "reset", "clear"


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one option, what is taken away and what comes; either may be empty. A `switch` is on or off."""

    name: str
    before: str
    after: str
    switch: bool = False


@dataclass(frozen=True, slots=True)
class Edits:
    """`typed` is as it was typed, by option; secrets are not in it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Json] = field(default_factory=dict)
    back: tuple[str, ...] = ()
    cleared: frozenset[str] = frozenset()
    faults: Mapping[str, Fault] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()

    @property
    def changed(self) -> frozenset[str]:
        return frozenset((*self.values, *self.back, *self.faults))


NONE = Edits()


def edits_in(form: Form, book: OptionBook) -> Edits:
    """A field that was not touched changes nothing, whatever holds meanwhile."""
    shown = [name for name in ROWS if f"{WAS}{name}" in form]
    back = tuple(name for name in shown if name in form.all(RESET) and book.source(name) is Source.OVERRIDE)
    cleared = frozenset(name for name in shown if name in form.all(CLEAR) and FIELDS[name].secret)
    values: dict[str, Json] = {}
    faults: dict[str, Fault] = {}
    for name in shown:
        if name in back:
            continue
        try:
            values |= _change(name, form, cleared=name in cleared)
        except OptionError:
            faults[name] = fault_of(name)
    typed = {name: form.one(name) for name in shown if not FIELDS[name].secret}
    return Edits(typed, values, back, cleared, faults, _differences(values, back, book))


def _change(name: str, form: Form, *, cleared: bool) -> dict[str, Json]:
    """The value that is new, by its name; nothing where it is none. Raises OptionError."""
    typed, was = _plain(form.one(name)), _plain(form.one(f"{WAS}{name}"))
    if FIELDS[name].secret:
        return {name: read(name, typed)} if typed else {name: empty(name)} if cleared else {}
    if typed == was:
        return {}
    value = read(name, typed)
    with suppress(OptionError):  # what was there could always be read, unless somebody made that up
        if read(name, was) == value:
            return {}
    return {name: value}


def _plain(text: str) -> str:
    """Browsers send the ends of lines in their own way."""
    return text.replace("\r\n", "\n").strip()


def _differences(values: Mapping[str, Json], back: tuple[str, ...], book: OptionBook) -> tuple[Difference, ...]:
    """In the order of the table."""
    standing = {name: book.standing(name) for name in ROWS if name in values or name in back}
    after = {name: values.get(name, one.otherwise) for name, one in standing.items()}
    return tuple(
        difference(name, one.value, after[name])
        for name, one in standing.items()
        if name in back or one.value != after[name]
    )


def difference(name: str, before: Json, after: Json) -> Difference:
    """Of one option."""
    return Difference(name, *differences(name, before, after), FIELDS[name].kind is Kind.SWITCH)


def standing_text(name: str, book: OptionBook) -> str:
    """What stands in the field of an option that nobody has touched."""
    return text_of(name, book.standing(name).value)
