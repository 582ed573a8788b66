"""System: what runs here, what is wrong with it, and whether anything was lost."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page
from gemini_balance.gateway import system

if TYPE_CHECKING:
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.stores import Size

EVERY = 10.0  # seconds: the database is asked for its size each time
KINDS = {"sqlite": "system.sqlite", "postgresql": "system.postgresql"}
WARNINGS = {
    system.NO_KEY: "warning.no_key",
    system.NO_TOKEN: "warning.no_token",
    system.FIRST_PASSWORD: "warning.first_password",
    system.NOT_KEPT: "warning.not_kept",
    system.AWAY: "warning.away",
    system.SHARED: "warning.shared",
}
"""The sentences that the use case has for scripts → ours."""


@dataclass(frozen=True, slots=True)
class SystemView:
    """`up`: seconds; `database` and `warnings` are messages; `lost`: calls that are missing in the journal."""

    version: str
    python: str
    started: float
    up: int
    ready: bool
    replicas: int
    database: str
    size: Size | None
    lost: int
    keys: int
    tokens: int
    warnings: tuple[str, ...]


async def show(sources: Sources, _: Visit) -> SystemView:
    state = await sources.system.state()
    return SystemView(
        version=state.version,
        python=platform.python_version(),
        started=state.started,
        up=max(0, int(state.now - state.started)),
        ready=sources.ready(),
        replicas=max(1, len(state.replicas)),
        database=_database(sources, state.size),
        size=state.size,
        lost=state.lost,
        keys=sum(len(pool.keys) for pool in sources.pools.values()),
        tokens=len(sources.tokens),
        warnings=tuple(WARNINGS[sentence] for sentence in state.warnings if sentence in WARNINGS),
    )


def _database(sources: Sources, size: Size | None) -> str:
    if sources.system.sizes is None:
        return "system.memory"
    return KINDS[size.kind] if size is not None else "system.away"


PAGE = Page("system", "/system", "system.title", show, live=EVERY)
