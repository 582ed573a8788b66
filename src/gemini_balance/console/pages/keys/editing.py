"""What is said of one key, as a form: each field with its own error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.keys import Entry, UnusableKey, checked
from gemini_balance.core.keys.entry import HEAVIEST, LONGEST, LONGEST_NOTES
from gemini_balance.gateway.key_edits import UNSET, KeyEdit
from gemini_balance.gateway.key_views import KeyView
from gemini_balance.gateway.stores import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form

ANY = "a-key-that-may-be-sent"


class NotSo(Exception):
    """`fields`: name → the message that says what is wrong with it."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.fields = fields


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    label: str
    project: str
    tags: str
    notes: str
    weight: str
    models: str
    proxy: str
    tier: str


def typed_of(told: KeyView | Form) -> Typed:
    if isinstance(told, KeyView):
        words = " ".join(told.tags), told.notes, str(told.weight), " ".join(told.models)
        return Typed(told.label, told.project, *words, told.proxy, told.tier.value)
    return Typed(**{name: told.one(name) for name in Typed.__slots__})


def edit_of(form: Form, view: KeyView) -> KeyEdit:
    """A proxy that stays as it was shown keeps its password. Raises NotSo."""
    typed = typed_of(form)
    weight = int(typed.weight) if typed.weight.isascii() and typed.weight.isdigit() and len(typed.weight) < 9 else 0
    tags, models = frozenset(_words(typed.tags)), frozenset(_words(typed.models))
    wrong = {
        "label": "key.too_long" if len(typed.label) > LONGEST else "",
        "project": "key.too_long" if len(typed.project) > LONGEST else "",
        "notes": "key.notes_too_long" if len(typed.notes) > LONGEST_NOTES else "",
        "weight": "" if 1 <= weight <= HEAVIEST else "key.weight_wrong",
        "tags": "" if _fits(tags=tags) else "key.word_wrong",
        "models": "" if _fits(models=models) else "key.word_wrong",
        "proxy": "" if typed.proxy == view.proxy or _fits(proxy=typed.proxy.strip()) else "key.proxy_wrong",
    }
    if found := {name: message for name, message in wrong.items() if message}:
        raise NotSo(found)
    return KeyEdit(
        label=typed.label.strip(),
        project=typed.project.strip() if typed.project != view.project else UNSET,
        tags=tags,
        notes=typed.notes.replace("\r\n", "\n"),
        weight=weight,
        models=models,
        proxy=typed.proxy.strip() if typed.proxy != view.proxy else UNSET,
        tier=Tier.PAID if typed.tier == Tier.PAID.value else Tier.FREE,
    )


def _fits(**told: str | frozenset[str]) -> bool:
    try:
        checked(Entry(key=ANY, **told))  # type: ignore[arg-type]  # each call tells one field of its own type
    except UnusableKey:
        return False
    return True


def _words(text: str) -> list[str]:
    return text.replace(",", " ").replace("，", " ").split()
