"""What runs here, what is wrong with it, and what can be done about that."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console import paths
from gemini_balance.console.page import Download, Goes, Page, Said
from gemini_balance.console.pages.system.alerts import AlertsView, alerts_view
from gemini_balance.console.pages.system.changes import ChangeRow, latest
from gemini_balance.console.pages.system.health import Health, health
from gemini_balance.gateway import system

if TYPE_CHECKING:
    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.journal import JournalState
    from gemini_balance.gateway.replicas import Serving
    from gemini_balance.gateway.stores import Size
    from gemini_balance.gateway.upkeep import UpkeepState

EVERY = 3.0  # seconds: the database is asked for its size each time
ADDRESS = f"{paths.HOME}/system"
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
class Retention:
    """Days that are kept, None for ever; `most`: bytes of all."""

    kept: bool
    calls: float | None
    details: float | None
    most: float


@dataclass(frozen=True, slots=True)
class SystemView:
    """`up`: seconds; `database` and `warnings` are messages."""

    version: str
    python: str
    started: float
    up: int
    ready: bool
    replicas: tuple[Serving, ...]
    database: str
    size: Size | None
    journal: JournalState
    retention: Retention
    keys: int
    tokens: int
    warnings: tuple[str, ...]
    upkeep: UpkeepState
    health: Health | None
    alerts: AlertsView
    changes: tuple[ChangeRow, ...]


async def show(sources: Sources, visit: Visit) -> SystemView:
    state, upkeep = await sources.system.state(), await sources.upkeep.state()
    return SystemView(
        version=state.version,
        python=platform.python_version(),
        started=state.started,
        up=max(0, int(state.now - state.started)),
        ready=sources.ready(),
        replicas=state.replicas,
        database=_database(sources, state.size),
        size=state.size,
        journal=sources.system.journal.state(),
        retention=_retention(sources.options.current),
        keys=sum(len(pool.keys) for pool in sources.pools.values()),
        tokens=len(sources.tokens),
        warnings=tuple(WARNINGS[sentence] for sentence in state.warnings if sentence in WARNINGS),
        upkeep=upkeep,
        health=health(visit.words, upkeep.examined) if upkeep.examined is not None else None,
        alerts=alerts_view(sources, visit.words),
        changes=await latest(sources, visit.words),
    )


def _database(sources: Sources, size: Size | None) -> str:
    if sources.system.sizes is None:
        return "system.memory"
    return KINDS[size.kind] if size is not None else "system.away"


def _retention(options: Options) -> Retention:
    return Retention(
        kept=options.journal_enabled,
        calls=options.auto_delete_request_logs_days if options.auto_delete_request_logs_enabled else None,
        details=options.auto_delete_error_logs_days if options.auto_delete_error_logs_enabled else None,
        most=options.journal_max_mb * 1_000_000,
    )


async def examine(sources: Sources, _: Visit, __: Form) -> Goes:
    sources.upkeep.examine()
    return Goes(ADDRESS)


async def back_up(sources: Sources, visit: Visit, _: Form) -> Goes:
    sources.upkeep.copy(visit.operator.name)
    return Goes(ADDRESS)


async def download(sources: Sources, visit: Visit, form: Form) -> Download:
    file, size, pieces = await sources.upkeep.download(form.one("name"), visit.operator.name)
    return Download(file, "application/x-tar", pieces, size)


async def try_webhook(sources: Sources, _: Visit, __: Form) -> Goes:
    await sources.alerts.test()
    return Goes(ADDRESS, Said("system.webhook_took"))


PAGE = Page(
    "system",
    "/system",
    "system.title",
    show,
    {"backup": back_up, "download": download, "examine": examine, "try-webhook": try_webhook},
    live=EVERY,
)
