"""Which keys a list is asked for, as it stands in the URL, and which of them a form is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from gemini_balance.console import paths
from gemini_balance.console.states import STATES
from gemini_balance.console.tables import Query
from gemini_balance.core.pool.report import Standing
from gemini_balance.gateway.key_views import KeyFilter, KeyState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.console.states import State

PATH = f"{paths.HOME}/keys"
FIELDS = ("q", "state", "project", "tag", "model", "reason", "sort", "page")
NONE = "~"
"""In the URL: those of no known project, those without a tag."""
LONGEST = 200  # characters of a field
SHOWN: Mapping[KeyState, State] = {
    KeyState.READY: STATES[Standing.READY],
    KeyState.COOLING: STATES[Standing.RESTING],
    KeyState.PROBING: STATES[Standing.PROBING],
    KeyState.INVALID: STATES[Standing.INVALID],
    KeyState.DISABLED: STATES[Standing.DISABLED],
}
"""In the order in which they are shown."""
_NAMED = {shown.name: state for state, shown in SHOWN.items()}


def query_of(fields: Mapping[str, str]) -> Query:
    """Of all that a query or a form holds, what is ours."""
    return Query(PATH, {name: fields[name][:LONGEST] for name in FIELDS if fields.get(name)})


def filter_of(query: Query) -> KeyFilter:
    """A state that there is not is none asked for."""
    return KeyFilter(
        text=query["q"].strip(),
        state=_NAMED.get(query["state"]),
        project=_perhaps_none(query["project"]),
        tag=_perhaps_none(query["tag"]),
        model=query["model"],
        reason=query["reason"],
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """The keys that were ticked, or everything that the filter of the list matches."""

    query: Query
    ids: tuple[str, ...]
    everything: bool

    @property
    def filter(self) -> KeyFilter:
        return filter_of(self.query) if self.everything else KeyFilter(ids=frozenset(self.ids))

    @property
    def back(self) -> str:
        """The list that it was chosen from."""
        return self.query.but(page=self.query.page)


def chosen_in(form: Form) -> Chosen:
    """`where`: the list's own query; `key`: ids, each by itself or several with spaces between them."""
    query = query_of(dict(parse_qsl(form.one("where"))))
    ids = tuple(name for told in form.all("key") for name in told.split())
    return Chosen(query, ids, "everything" in form)


def _perhaps_none(asked: str) -> str | None:
    return "" if asked == NONE else asked or None
