"""A keyring on a stage: two pools, a store and a log of changes in memory, and a Google that answers probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys import Entry, Reading
from gemini_balance.core.pool import KeyId, KeyPool
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.keyring import Keyring
from gemini_balance.gateway.verifying import Verifier
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.keys import MemoryKeys
from gemini_balance.upstreams.vertex_express.upstream import VertexExpress
from tests.unit.gateway.stage import Line, Stage

if TYPE_CHECKING:
    from gemini_balance.gateway.key_views import KeyView
    from gemini_balance.gateway.stores import Change

WHO = "operator"
SECRETS = {name: f"AIzaSy{name * 3}0123456789-_0123456789abcdefXY" for name in "ABCDE"}
WELL = Line([b'{"models": []}'], content_type="application/json")


def entry(name: str, **told: object) -> Entry:
    return Entry(key=SECRETS[name], **told)  # type: ignore[arg-type]  # each test tells what it is about


def id_of(name: str) -> KeyId:
    return entry(name).id


class RingStage(Stage):
    """`listed`: letters of keys that the environment names."""

    def __init__(self, *script: Line, listed: str = "", before: RingStage | None = None) -> None:
        super().__init__(*script, keys="")
        self.changes: MemoryChanges = before.changes if before else MemoryChanges()
        self.store: MemoryKeys = before.store if before else MemoryKeys(self.changes)
        vertex = Gateway(
            KeyPool(),
            {VERTEX_EXPRESS: VertexExpress("https://vertex.example/v1/publishers/google")},
            self.transport,
            self.clock,
            self.gateway.policy,
            lambda: 0.5,
        )
        self.gateways = {GEMINI_API: self.gateway, VERTEX_EXPRESS: vertex}
        self.ring = Keyring(self.gateways, self.store, self.changes, self.clock, [entry(name) for name in listed])
        self.verifier = Verifier(self.ring, self.clock)

    async def loaded(self) -> RingStage:
        await self.ring.load()
        return self

    async def add(self, *entries: Entry) -> None:
        await self.ring.bring_in(Reading(entries), WHO)

    def states(self) -> dict[str, str]:
        """By the letter of each key, with the reason."""
        names = {id_of(name): name for name in SECRETS}
        return {names.get(KeyId(view.id), view.id): told(view) for view in self.ring.views()}

    async def history(self) -> list[Change]:
        return list(reversed(await self.changes.page(None, 99)))


def told(view: KeyView) -> str:
    return f"{view.state} {view.reason}".strip()
