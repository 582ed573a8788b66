"""The page of options as it is drawn: groups of rows, and the bar that says what would be saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from gemini_balance.console.pages.options.edits import NONE, standing_text
from gemini_balance.console.pages.options.fields import FIELDS, Kind, short
from gemini_balance.core.options import OPTION_TITLES, ROWS, TITLES, to_json
from gemini_balance.core.options.rows import Group
from gemini_balance.gateway.options import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.console.pages.options.edits import Edits
    from gemini_balance.console.pages.options.fields import Fault, Field
    from gemini_balance.gateway.options import OptionBook, Standing
    from gemini_balance.gateway.stores import Change

ORIGINS = {
    Source.OVERRIDE: "options.from_console",
    Source.ENVIRONMENT: "options.from_environment",
    Source.DEFAULT: "options.from_default",
}
MOST_NAMES = 3  # of a list that holds otherwise
DEFAULTS = {name: to_json(name, row.default) for name, row in ROWS.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """One option. `text` is what stands in its field, `was` what stood there before anybody typed.

    `otherwise`: what holds without the console's value, `given` whether the environment says that; `origin` is a
    message; `since`: when it was changed last, as far as is remembered here.
    """

    name: str
    title: str
    env: str
    help: Markup
    field: Field
    text: str
    was: str
    origin: str
    overridden: bool
    otherwise: str
    given: bool
    filled: bool  # a secret is there
    back: bool
    cleared: bool
    changed: bool
    fault: Fault | None
    last: Change | None
    found: bool

    @property
    def words(self) -> str:
        """What can be searched for."""
        return f"{self.title} {self.env} {self.help.striptags()}".lower()

    @property
    def lines(self) -> int:
        """How high its area is."""
        return min(max(self.text.count("\n") + 1, 2), 8)


@dataclass(frozen=True, slots=True)
class Section:
    """A group of options, and how many of them are found."""

    name: str
    title: str
    rows: tuple[Shown, ...]

    @property
    def count(self) -> int:
        return sum(row.found for row in self.rows)


@dataclass(frozen=True, slots=True)
class OptionsView:
    """`q` and `changed`: what is looked for; `complete`: drawn as a whole page, where scripts may be off."""

    sections: tuple[Section, ...]
    edits: Edits
    q: str = ""
    changed: bool = False
    complete: bool = True

    @property
    def rows(self) -> tuple[Shown, ...]:
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def any_found(self) -> bool:
        return any(row.found for row in self.rows)


def drawn(
    book: OptionBook,
    language: str,
    edits: Edits = NONE,
    last: Mapping[str, Change] | None = None,
    q: str = "",
    *,
    changed: bool = False,
) -> OptionsView:
    """`last`: the last change of each option."""
    rows: dict[Group, list[Shown]] = {group: [] for group in Group}
    for standing in book.all():
        shown = _shown(standing, standing_text(standing.name, book), language, edits, (last or {}).get(standing.name))
        rows[ROWS[standing.name].group].append(_sought(shown, q, changed=changed))
    number = 1 if language == "zh" else 0
    sections = (Section(group.value, TITLES[group][number], tuple(found)) for group, found in rows.items())
    return OptionsView(tuple(sections), edits, q, changed)


def _shown(standing: Standing, was: str, language: str, edits: Edits, last: Change | None) -> Shown:
    row, name = ROWS[standing.name], standing.name
    field = FIELDS[name]
    return Shown(
        name=name,
        title=OPTION_TITLES[name][1 if language == "zh" else 0],
        env=row.env,
        help=marked(row.help_zh if language == "zh" else row.help),
        field=field,
        text=edits.typed.get(name, was),
        was=was,
        origin=ORIGINS[standing.source],
        overridden=standing.source is Source.OVERRIDE,
        otherwise=_told(standing, field),
        given=standing.otherwise != DEFAULTS[name],
        filled=field.secret and bool(standing.value),
        back=name in edits.back,
        cleared=name in edits.cleared,
        changed=name in edits.changed,
        fault=edits.faults.get(name),
        last=last if standing.source is Source.OVERRIDE else None,
        found=True,
    )


def _told(standing: Standing, field: Field) -> str:
    """What holds without the console's value, short; empty where that is nothing, or may not be shown."""
    if field.secret or standing.otherwise in ("", [], {}):
        return ""
    return short(standing.otherwise) if field.kind is not Kind.LIST else ", ".join(_names(standing))


def _names(standing: Standing) -> Sequence[str]:
    names = [str(one) for one in standing.otherwise] if isinstance(standing.otherwise, list) else []
    return names if len(names) <= MOST_NAMES else [*names[:MOST_NAMES], "…"]


def _sought(row: Shown, q: str, *, changed: bool) -> Shown:
    """Every word of `q` is in its title, its name or its help; the page's script looks in the same text."""
    fits = all(word in row.words for word in q.lower().split())
    return replace(row, found=fits and (row.overridden or not changed))


def marked(text: str) -> Markup:
    """Between two backticks stands what is typed as it is."""
    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(one) if n % 2 else escape(one) for n, one in enumerate(pieces)
    )
