"""The Gemini keys of a server that runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.core.errors import Conflict
from gemini_balance.core.keys import Doubt, Format, Item, Preview, Standing, written
from gemini_balance.core.keys.preview import unread_items
from gemini_balance.gateway.key_views import ALL, KeyView, no_key
from gemini_balance.gateway.verifying import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gemini_balance.cli.remote import Remote
    from gemini_balance.core.keys import Reading
    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.key_views import KeyFilter

TICK = 0.2  # seconds between two looks at how far a check is
PAGE = 1000  # keys
IDS = 50  # in one address


class RemoteKeyDesk:
    """Implements `KeyDesk` over the management API."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def views(self, where: KeyFilter) -> list[KeyView]:
        """Raises NotFound for an id that is none."""
        if where.ids is None:
            return list(self._views(**_said(where)))
        ids = sorted(where.ids)
        parts = (ids[at : at + IDS] for at in range(0, len(ids), IDS))
        found = {view.id: view for part in parts for view in self._views(ids=part)}
        if missing := [key_id for key_id in ids if key_id not in found]:
            raise no_key(missing[0])
        return sorted(filter(where.takes, found.values()), key=lambda view: (view.created, view.id))

    async def preview(self, reading: Reading) -> Preview:
        return self._imported(reading, preview=True)

    async def bring_in(self, reading: Reading, *, suspicious: bool) -> Preview:
        return self._imported(reading, preview=False, suspicious=suspicious)

    async def export(self, where: KeyFilter, form: Format, *, plain: bool) -> str:
        text: str = self._remote.ask("POST", "/keys/export", _chosen(where) | {"format": form, "plain": plain})["text"]
        return text

    async def check(self, where: KeyFilter, progress: Callable[[int, int], None]) -> Job:
        """Who leaves ends it. Raises Conflict when somebody else did."""
        job = _job(self._remote.ask("POST", "/keys/verify", _chosen(where)))
        try:
            while job.ended is None:
                await asyncio.sleep(TICK)
                job = _job(self._remote.ask("GET", f"/jobs/{job.id}"))
                progress(job.done, job.total)
        except asyncio.CancelledError:
            self._remote.ask("DELETE", f"/jobs/{job.id}")
            raise
        if job.cancelled:
            raise Conflict(f"The check was ended on the server, after {job.done} of {job.total} keys.")
        return job

    async def switch(self, action: str, where: KeyFilter) -> Sequence[KeyId]:
        await self.views(where)
        changed: list[KeyId] = self._remote.ask("POST", f"/keys/{action}", _chosen(where))["ids"]
        return changed

    def _views(self, **query: object) -> Iterator[KeyView]:
        return (msgspec.convert(item, KeyView) for item in self._remote.all("/keys", limit=PAGE, **query))

    def _imported(self, reading: Reading, **how: bool) -> Preview:
        """What the server need not see stays here: what could not be read, and client tokens."""
        text = written(reading.entries, Format.JSON, plain=True)
        told = self._remote.ask("POST", "/keys/import", {"text": text, **how})["items"]
        items = (_item(one, entry=entry) for one, entry in zip(told, reading.entries, strict=True))
        return Preview((*items, *unread_items(reading)), len(reading.tokens))


def _item(told: Any, **more: Any) -> Item:
    doubt = told["doubt"]
    return Item(told["shown"], Standing(told["standing"]), Doubt(doubt) if doubt else None, told["why"], **more)


def _job(told: Any) -> Job:
    progress = told["progress"]
    names = ("id", "total", "started", "done", "ended", "cancelled")
    return Job(**{name: progress[name] for name in names}, results=told["results"])


def _said(where: KeyFilter) -> dict[str, object]:
    """Only what is asked for; an empty word may be."""
    everything = msgspec.to_builtins(ALL)
    return {name: value for name, value in msgspec.to_builtins(where).items() if value != everything[name]}


def _chosen(where: KeyFilter) -> dict[str, object]:
    return {"filter": _said(where)}
