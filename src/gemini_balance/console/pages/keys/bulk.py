"""What the buttons under the list do: to the ticked keys, or to everything that the filter matches."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gemini_balance.console.page import Download, Goes, Part, Said, Stays
from gemini_balance.console.pages.keys.asked import PATH, chosen_in, query_of
from gemini_balance.console.pages.keys.asking import ask
from gemini_balance.console.pages.keys.table import keys
from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import Format, UnusableKey
from gemini_balance.gateway.key_edits import KeyEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Act, Visit
    from gemini_balance.console.pages.keys.asked import Chosen
    from gemini_balance.console.pages.keys.asking import Asking
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.key_batches import Batch

FILES = {
    Format.TEXT: ("gemini-keys.txt", "text/plain"),
    Format.CSV: ("gemini-keys.csv", "text/csv"),
    Format.JSON: ("gemini-keys.json", "application/json"),
    Format.ENV: ("gemini-keys.env", "text/plain"),
}
"""What an export is called, and what it is."""


async def verify(sources: Sources, visit: Visit, form: Form) -> Goes:
    chosen = chosen_in(form)
    if not sources.keyring.views(chosen.filter):
        return _nothing(chosen)
    job = sources.verifier.start(chosen.filter, visit.operator.name)
    return Goes(f"{PATH}/check?of={job.id}")


async def reset(sources: Sources, visit: Visit, form: Form) -> Goes:
    chosen = chosen_in(form)
    done = await sources.keyring.reset(chosen.filter, visit.operator.name)
    return Goes(chosen.back, Said("keys.done_reset", {"count": len(done)})) if done else _nothing(chosen)


async def enable(sources: Sources, visit: Visit, form: Form) -> Goes:
    chosen = chosen_in(form)
    batch = await sources.batches.enable(chosen.filter, visit.operator.name)
    return _done(chosen, batch, "keys.done_enable")


async def disable(sources: Sources, visit: Visit, form: Form) -> Goes:
    chosen = chosen_in(form)
    batch = await sources.batches.disable(chosen.filter, visit.operator.name)
    return _done(chosen, batch, "keys.done_disable")


async def question(sources: Sources, visit: Visit, form: Form) -> Goes | Stays | Part:
    """Where something has to be told or confirmed first: a dialog, or without scripts the page with it."""
    chosen = chosen_in(form)
    asking = ask(sources, visit.asked("what"), chosen)
    if not asking.count:
        return _nothing(chosen)
    if "hx-request" in visit.request.headers:
        return Part("keys.ask.html", asking)
    return await _again(sources, asking, 200)


async def tag(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    chosen = chosen_in(form)
    added, removed = form.one("add"), form.one("remove")
    edit = KeyEdit(add_tags=frozenset(_words(added)), remove_tags=frozenset(_words(removed)))
    typed = {"add": added, "remove": removed}
    if not edit.add_tags | edit.remove_tags:
        return await _again(sources, ask(sources, "tag", chosen, typed, "keys.tag_missing"))
    try:
        batch = await sources.batches.change(chosen.filter, edit, ("tags",), visit.operator.name)
    except UnusableKey:
        return await _again(sources, ask(sources, "tag", chosen, typed, "keys.tag_wrong"))
    return _done(chosen, batch, "keys.done_tag")


async def move(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    chosen, project = chosen_in(form), form.one("project").strip()
    try:
        edit = KeyEdit(project=project)
        batch = await sources.batches.change(chosen.filter, edit, ("project",), visit.operator.name)
    except UnusableKey:
        return await _again(sources, ask(sources, "move", chosen, {"project": project}, "keys.project_wrong"))
    if not project:
        return _done(chosen, batch, "keys.done_leave")
    return _done(chosen, batch, "keys.done_move", {"project": project[:60]})


async def delete(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    """Exactly as many as were confirmed, or none: what the filter matches may have changed since."""
    chosen, meant = chosen_in(form), form.one("count")
    asking = ask(sources, "delete", chosen, raced=True)
    if not asking.count:
        return _nothing(chosen)
    if str(asking.count) != meant:
        return await _again(sources, asking, 409)
    done = await sources.keyring.delete(chosen.filter, visit.operator.name)
    return Goes(chosen.query.but(), Said("keys.done_delete", {"count": len(done)}))


async def export(sources: Sources, visit: Visit, form: Form) -> Goes | Stays | Download:
    """With the secrets only for who says so twice."""
    chosen, told = chosen_in(form), form.one("format")
    plain, sure = form.one("secrets") == "plain", "sure" in form
    if plain and not sure:
        typed = {"format": told, "secrets": "plain"}
        return await _again(sources, ask(sources, "export", chosen, typed, "keys.export_unsure"))
    form_of = Format(told) if told in FILES else Format.CSV
    if not sources.keyring.views(chosen.filter):
        return _nothing(chosen)
    text = await sources.keyring.export(chosen.filter, form_of, visit.operator.name, plain=plain)
    return Download(*FILES[form_of], text.encode())


async def undo(sources: Sources, visit: Visit, _: Form) -> Goes:
    back = query_of(visit.request.query_params).but()
    try:
        count = await sources.batches.undo(visit.asked("of"), visit.operator.name)
    except NotFound:
        return Goes(back, Said("keys.undone_not", tone="bad"))
    return Goes(back, Said("keys.undone", {"count": count}))


def _done(chosen: Chosen, batch: Batch, message: str, told: Mapping[str, str] | None = None) -> Goes:
    if not batch.count:
        return Goes(chosen.back, Said("keys.done_nothing", tone="wait"))
    undo_at = f"{PATH}/undo?{urlencode({'of': batch.id, **chosen.query.fields})}"
    return Goes(chosen.back, Said(message, {"count": batch.count, **(told or {})}, undo=undo_at))


def _nothing(chosen: Chosen) -> Goes:
    return Goes(chosen.back, Said("keys.none_chosen", tone="wait"))


async def _again(sources: Sources, asking: Asking, status: int = 422) -> Stays:
    return Stays(await keys(sources, asking.chosen.query, asking), status)


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").replace("，", " ").replace("#", " ").split() if word]


ACTIONS: Mapping[str, Act] = {
    "verify": verify,
    "reset": reset,
    "enable": enable,
    "disable": disable,
    "ask": question,
    "tag": tag,
    "move": move,
    "delete": delete,
    "export": export,
    "undo": undo,
}
