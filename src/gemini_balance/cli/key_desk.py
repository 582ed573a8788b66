"""Where the commands about keys do their work: at the database, or at a server that runs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gemini_balance.cli.opening import WHO, opened
from gemini_balance.cli.remote import remote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from gemini_balance.app.alone import KeysAlone
    from gemini_balance.core.keys import Format, Preview, Reading
    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.key_views import KeyFilter, KeyView
    from gemini_balance.gateway.verifying import Job

TICK = 0.1  # seconds between two looks at how far a check is


class KeyDesk(Protocol):
    """All raise GatewayError for what can't be done."""

    async def views(self, where: KeyFilter) -> list[KeyView]: ...

    async def preview(self, reading: Reading) -> Preview: ...

    async def bring_in(self, reading: Reading, *, suspicious: bool) -> Preview: ...

    async def export(self, where: KeyFilter, form: Format, *, plain: bool) -> str: ...

    async def check(self, where: KeyFilter, progress: Callable[[int, int], None]) -> Job:
        """`progress` gets how many are done, of how many."""

    async def switch(self, action: str, where: KeyFilter) -> Sequence[KeyId]:
        """`action` is enable, disable, delete or reset. Returns whom it changed."""


class RingDesk:
    """Implements `KeyDesk` on the database. A server that runs hears of it within seconds."""

    def __init__(self, alone: KeysAlone) -> None:
        self._alone, self._ring = alone, alone.keyring

    async def views(self, where: KeyFilter) -> list[KeyView]:
        """Raises NotFound for an id that is none."""
        for key_id in sorted(where.ids or ()):
            self._ring.view(key_id)
        return self._ring.views(where)

    async def preview(self, reading: Reading) -> Preview:
        return self._ring.preview(reading)

    async def bring_in(self, reading: Reading, *, suspicious: bool) -> Preview:
        return await self._ring.bring_in(reading, WHO, suspicious=suspicious)

    async def export(self, where: KeyFilter, form: Format, *, plain: bool) -> str:
        return await self._ring.export(where, form, WHO, plain=plain)

    async def check(self, where: KeyFilter, progress: Callable[[int, int], None]) -> Job:
        job = self._alone.verifier.start(where, WHO)
        while job.ended is None:
            await asyncio.sleep(TICK)
            progress(job.done, job.total)
        await self._alone.save()
        return job

    async def switch(self, action: str, where: KeyFilter) -> Sequence[KeyId]:
        await self.views(where)
        ring = self._ring
        actions = {"enable": ring.enable, "disable": ring.disable, "delete": ring.delete, "reset": ring.reset}
        changed = await actions[action](where, WHO)
        if action == "reset":
            await self._alone.save()
        return changed


@asynccontextmanager
async def at_the_desk() -> AsyncIterator[KeyDesk]:
    """Of a server, or of the database that the environment names. Raises ClickException that says what is wrong."""
    from gemini_balance.app import Kept
    from gemini_balance.app.alone import keys_alone
    from gemini_balance.cli.remote_keys import RemoteKeyDesk
    from gemini_balance.settings import environment, load

    if (server := remote()) is not None:
        yield RemoteKeyDesk(server)
        return
    async with opened() as (database, options):
        settings, _ = load(environment(Path.cwd()))
        stores = database.pool, database.vertex_pool, database.keys, database.changes
        kept = Kept(pool=stores[0], vertex_pool=stores[1], keys=stores[2], changes=stores[3])
        async with keys_alone(settings, options, kept) as alone:
            yield RingDesk(alone)
