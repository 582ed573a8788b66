"""Gemini keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import fields

from gemini_balance.core.errors import BadRequest, Conflict
from gemini_balance.core.keys import Entry, Reading, Standing, read
from gemini_balance.gateway.key_edits import KeyEdit
from gemini_balance.gateway.key_views import KeyFilter, only
from gemini_balance.gateway.stores import Tier
from gemini_balance.management import key_groups
from gemini_balance.management.endpoint import Access, Endpoint, Nothing, Page
from gemini_balance.management.jobs import JobShown, job_shown
from gemini_balance.management.key_shapes import (
    LARGEST_IMPORT,
    Changed,
    Chosen,
    Edit,
    EditOfMany,
    Export,
    ExportShown,
    Import,
    ImportedItem,
    ImportShown,
    KeysAsked,
    KeyShown,
    NewKey,
    Replacement,
    WhichKeys,
)
from gemini_balance.management.paging import page_of_aged

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from gemini_balance.core.keys import Preview
    from gemini_balance.gateway.key_views import KeyView
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked, Row

    BulkHandler = Callable[[UseCases, Asked[Chosen, Nothing]], Awaitable[Changed]]


async def list_keys(cases: UseCases, asked: Asked[Nothing, KeysAsked]) -> Page[KeyShown]:
    return page_of_aged(cases.keyring.views(_filter(asked.query, asked.query.ids or None)), asked.query, _shown)


async def show_key(cases: UseCases, asked: Asked[Nothing, Nothing]) -> KeyShown:
    return _shown(cases.keyring.view(asked.path["id"]))


async def import_keys(cases: UseCases, asked: Asked[Import, Nothing]) -> ImportShown:
    body = asked.body
    reading = read(body.text, body.upstream)
    if body.preview:
        seen = cases.keyring.preview(reading)
    else:
        seen = await cases.keyring.bring_in(reading, asked.operator.name, suspicious=body.suspicious)
    return _seen(seen, suspicious=body.suspicious)


async def export_keys(cases: UseCases, asked: Asked[Export, Nothing]) -> ExportShown:
    body = asked.body
    who = asked.operator.name
    return ExportShown(text=await cases.keyring.export(_chosen(body.filter), body.format, who, plain=body.plain))


async def change_keys(cases: UseCases, asked: Asked[EditOfMany, Nothing]) -> Changed:
    where, edit = _chosen(asked.body.filter), _edit(asked.body.edit)
    return _changed(await cases.keyring.change(where, edit, asked.operator.name))


async def change_key(cases: UseCases, asked: Asked[Edit, Nothing]) -> KeyShown:
    name = cases.keyring.view(asked.path["id"]).id
    await cases.keyring.change(only(name), _edit(asked.body), asked.operator.name)
    return _shown(cases.keyring.view(name))


async def delete_key(cases: UseCases, asked: Asked[Nothing, Nothing]) -> None:
    name = cases.keyring.view(asked.path["id"]).id
    await cases.keyring.delete(only(name), asked.operator.name)


async def enable_keys(cases: UseCases, asked: Asked[Chosen, Nothing]) -> Changed:
    return _changed(await cases.keyring.enable(_chosen(asked.body.filter), asked.operator.name))


async def disable_keys(cases: UseCases, asked: Asked[Chosen, Nothing]) -> Changed:
    return _changed(await cases.keyring.disable(_chosen(asked.body.filter), asked.operator.name))


async def delete_keys(cases: UseCases, asked: Asked[Chosen, Nothing]) -> Changed:
    return _changed(await cases.keyring.delete(_chosen(asked.body.filter), asked.operator.name))


async def reset_keys(cases: UseCases, asked: Asked[Chosen, Nothing]) -> Changed:
    return _changed(await cases.keyring.reset(_chosen(asked.body.filter), asked.operator.name))


async def verify_keys(cases: UseCases, asked: Asked[Chosen, Nothing]) -> JobShown:
    return job_shown(cases.verifier.start(_chosen(asked.body.filter), asked.operator.name))


async def replace_secret(cases: UseCases, asked: Asked[Replacement, Nothing]) -> JobShown:
    body = asked.body
    return job_shown(await cases.verifier.replace(asked.path["id"], body.secret.strip(), asked.operator.name))


async def add_key(cases: UseCases, asked: Asked[NewKey, Nothing]) -> KeyShown:
    body = asked.body
    entry = _entry(body)
    seen = await cases.keyring.bring_in(Reading((entry,)), asked.operator.name, suspicious=body.suspicious)
    (item,) = seen.items
    if item.standing is Standing.KEPT:
        raise Conflict(f"This key is there already: {item.key}.", param="key")
    if not seen.taken(suspicious=body.suspicious):
        raise BadRequest(item.why, param="key")
    return _shown(cases.keyring.view(entry.id))


def _entry(body: NewKey) -> Entry:
    said = {field.name for field in fields(Entry)} & {field.name for field in fields(NewKey)}
    return Entry(**{name: getattr(body, name) for name in said}, paid=body.tier is Tier.PAID)


def _chosen(asked: WhichKeys) -> KeyFilter:
    return _filter(asked, asked.ids)


def _filter(asked: WhichKeys | KeysAsked, ids: Iterable[str] | None) -> KeyFilter:
    """No ids at all are no key; None: whatever the id."""
    said = {name: getattr(asked, name) for name in KeyFilter.__struct_fields__ if name != "ids"}
    return KeyFilter(ids=None if ids is None else frozenset(ids), **said)


def _edit(body: Edit) -> KeyEdit:
    return KeyEdit(**{name: getattr(body, name) for name in KeyEdit.__struct_fields__})


def _changed(ids: Sequence[str]) -> Changed:
    return Changed(ids=[*ids])


def _shown(view: KeyView) -> KeyShown:
    return KeyShown(**{name: getattr(view, name) for name in KeyShown.__struct_fields__})


def _seen(seen: Preview, *, suspicious: bool) -> ImportShown:
    items = (ImportedItem(shown=one.shown, standing=one.standing, doubt=one.doubt, why=one.why) for one in seen.items)
    return ImportShown(items=tuple(items), added=len(seen.taken(suspicious=suspicious)), client_tokens=seen.tokens)


def _bulk(name: str, handler: BulkHandler, summary: str) -> Row:
    return Endpoint(
        method="POST",
        path=f"/keys/{name}",
        handler=handler,
        access=Access.OPERATOR,
        summary=summary,
        body=Chosen,
        answer=Changed,
    )


ENDPOINTS: tuple[Row, ...] = (
    Endpoint(
        method="GET",
        path="/keys",
        handler=list_keys,
        access=Access.OPERATOR,
        summary="Keys that fit, the oldest first, each with how it fares. No secret is told.",
        query=KeysAsked,
        answer=Page[KeyShown],
    ),
    Endpoint(
        method="POST",
        path="/keys",
        handler=add_key,
        access=Access.OPERATOR,
        summary="Add one key.",
        body=NewKey,
        answer=KeyShown,
        status=201,
        errors=(Conflict,),
    ),
    Endpoint(
        method="PATCH",
        path="/keys",
        handler=change_keys,
        access=Access.OPERATOR,
        summary="Change all keys that fit, or none of them.",
        body=EditOfMany,
        answer=Changed,
    ),
    Endpoint(
        method="POST",
        path="/keys/import",
        handler=import_keys,
        access=Access.OPERATOR,
        summary="Take in all keys that a text holds, or say first what would be done.",
        body=Import,
        answer=ImportShown,
        largest=LARGEST_IMPORT,
    ),
    Endpoint(
        method="POST",
        path="/keys/export",
        handler=export_keys,
        access=Access.OPERATOR,
        summary="Write keys out, masked or, where asked for, with their secrets.",
        body=Export,
        answer=ExportShown,
    ),
    _bulk("enable", enable_keys, "Let all keys that fit serve again."),
    _bulk("disable", disable_keys, "Begin no call with the keys that fit."),
    _bulk("reset", reset_keys, "Forget the failures of all keys that fit: they serve at once."),
    _bulk("delete", delete_keys, "Delete all keys that fit; the environment does not bring them back."),
    Endpoint(
        method="POST",
        path="/keys/verify",
        handler=verify_keys,
        access=Access.OPERATOR,
        summary="Ask Google of each key that fits whether it is well. The answer is a job to be watched.",
        body=Chosen,
        answer=JobShown,
        status=202,
    ),
    *key_groups.ENDPOINTS,
    Endpoint(
        method="GET",
        path="/keys/{id}",
        handler=show_key,
        access=Access.OPERATOR,
        summary="One key, with how it fares.",
        answer=KeyShown,
    ),
    Endpoint(
        method="PATCH",
        path="/keys/{id}",
        handler=change_key,
        access=Access.OPERATOR,
        summary="Change one key; what is left out stays.",
        body=Edit,
        answer=KeyShown,
    ),
    Endpoint(
        method="POST",
        path="/keys/{id}/secret",
        handler=replace_secret,
        access=Access.OPERATOR,
        summary="Put another secret in the place of a key's; all that is known of the key stays. The answer is a job, "
        "which asks Google at once whether it is well.",
        body=Replacement,
        answer=JobShown,
        status=202,
        errors=(Conflict,),
    ),
    Endpoint(
        method="DELETE",
        path="/keys/{id}",
        handler=delete_key,
        access=Access.OPERATOR,
        summary="Delete one key; the environment does not bring it back.",
        answer=None,
    ),
)
