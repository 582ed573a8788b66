"""The question that stands between a button and what it does to many keys: with what, and is it meant?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.pages.keys.asked import Chosen
    from gemini_balance.console.sources import Sources

MOST_NAMES = 200  # of projects and tags that are offered
FORMATS = {
    "csv": "keys.format_csv",
    "json": "keys.format_json",
    "text": "keys.format_text",
    "env": "keys.format_env",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Messages: of the button that leads to it, of its title, of the button that does it; its `fields`: name, label,
    hint."""

    icon: str
    button: str
    title: str
    done: str
    fields: tuple[tuple[str, str, str], ...] = ()


_PROJECT = ("project", "keys.field_project", "keys.hint_project")
_ADD, _REMOVE = ("add", "keys.field_add", "keys.hint_add"), ("remove", "keys.field_remove", "keys.hint_remove")
QUESTIONS: Mapping[str, Question] = {
    "move": Question("folder", "keys.ask_move", "keys.ask_move_title", "keys.do_move", (_PROJECT,)),
    "tag": Question("tag", "keys.ask_tag", "keys.ask_tag_title", "keys.do_tag", (_ADD, _REMOVE)),
    "export": Question("export", "keys.ask_export", "keys.ask_export_title", "keys.do_export"),
    "delete": Question("trash", "keys.ask_delete", "keys.ask_delete_title", "keys.do_delete"),
}
"""By the name of the action, in the order of the buttons."""


@dataclass(frozen=True, slots=True)
class Asking:
    """`what`: one of QUESTIONS; `names`: what may be meant by a field; `typed`: what stands in the fields; `wrong`: the
    message, or the sentence, that says why it was not done. `raced`: there are other keys now than was said before."""

    what: str
    chosen: Chosen
    count: int
    names: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""
    raced: bool = False
    formats: Mapping[str, str] = field(default_factory=lambda: FORMATS)

    @property
    def words(self) -> Question:
        return QUESTIONS[self.what]


def ask(
    sources: Sources,
    what: str,
    chosen: Chosen,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
    *,
    raced: bool = False,
) -> Asking:
    """A `what` that there is not was made up: the one that does no harm is asked instead."""
    known = what if what in QUESTIONS else "export"
    count = len(sources.keyring.views(chosen.filter))
    return Asking(known, chosen, count, _names(sources, known), typed or {}, wrong, raced)


def _names(sources: Sources, what: str) -> tuple[str, ...]:
    found: set[str] = set()
    if what in ("tag", "move"):
        for view in sources.keyring.each():
            found.update(view.tags if what == "tag" else [view.project])
            if len(found) > MOST_NAMES:
                break
    return tuple(sorted(found - {""}))
