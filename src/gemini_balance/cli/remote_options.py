"""The options of a server that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.gateway.options import Import, Planned, Source, Standing
from gemini_balance.gateway.stores import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.cli.remote import Remote
    from gemini_balance.core.options import Json


class RemoteOptionDesk:
    """Implements `OptionDesk` over the management API."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def all(self) -> list[Standing]:
        return [_standing(item) for item in self._remote.ask("GET", "/options")["items"]]

    async def set(self, values: Mapping[str, Json]) -> list[Change]:
        changed = self._remote.ask("PATCH", "/options", {"values": dict(values)})["items"]
        return [self._latest(item["name"]) for item in changed]

    async def reset(self, names: Sequence[str]) -> list[Change]:
        before = {one.name: one for one in await self.all()}
        after = [_standing(self._remote.ask("DELETE", f"/options/{name}")) for name in names]
        return [self._latest(one.name) for one in after if before[one.name].source is not one.source]

    async def history(self, name: str, before: int | None, most: int) -> list[Change]:
        path = f"/options/{name}/changes" if name else "/changes"
        only = {} if name else {"subject": "option"}
        found = self._remote.ask("GET", path, after=before, limit=most, **only)
        return [_change(item) for item in found["items"]]

    async def export(self) -> Json:
        exported: Json = self._remote.ask("GET", "/options/export")
        return exported

    async def preview(self, document: Json, *, strict: bool) -> Import:
        return self._imported(document, strict=strict, preview=True)

    async def bring_in(self, document: Json, *, strict: bool) -> Import:
        return self._imported(document, strict=strict, preview=False)

    def _imported(self, document: Json, *, strict: bool, preview: bool) -> Import:
        told = self._remote.ask("POST", "/options/import", document, strict=strict, preview=preview)
        planned = (Planned(one["name"], one["before"], one["after"]) for one in told["changed"])
        return Import(tuple(planned), tuple(told["unknown"]))

    def _latest(self, name: str) -> Change:
        return _change(self._remote.ask("GET", f"/options/{name}/changes", limit=1)["items"][0])


def _standing(item: Any) -> Standing:
    return Standing(item["name"], item["value"], Source(item["source"]), item["otherwise"])


def _change(item: Any) -> Change:
    texts = {name: msgspec.json.encode(item[name]).decode() for name in ("before", "after") if name in item}
    return msgspec.convert(item | texts, Change)
