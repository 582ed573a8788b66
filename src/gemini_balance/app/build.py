"""Settings → adapters → gateway → ASGI app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette

from gemini_balance.api.health import health_routes
from gemini_balance.api.landing import landing_route
from gemini_balance.api.pictures import picture_route
from gemini_balance.app.app import App
from gemini_balance.app.callers import callers_of
from gemini_balance.app.clock import SystemClock
from gemini_balance.app.console import console_of
from gemini_balance.app.doors import doors_of
from gemini_balance.app.gateways import gateways_of, transports_of
from gemini_balance.app.ground import Ground
from gemini_balance.app.kept import NOTHING, Kept
from gemini_balance.app.keys import keys_of
from gemini_balance.app.known import known_secrets
from gemini_balance.app.life import Lasting, life_of
from gemini_balance.app.managing import cases_of, forecasts_of, management_of
from gemini_balance.app.reach import Reach
from gemini_balance.app.remembered import Switched, remembered_of
from gemini_balance.app.replicas import replicas_of
from gemini_balance.app.watched import secrets_of, sinks_of, traces_of, watched
from gemini_balance.core.redaction import Redactor
from gemini_balance.gateway.journal import Journal
from gemini_balance.gateway.options import OptionBook
from gemini_balance.gateway.owners import Owners
from gemini_balance.storage.journal.memory import memory_journal
from gemini_balance.storage.memory import MemoryResources
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.options import MemoryOptions
from gemini_balance.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from gemini_balance.app.doors import Doors
    from gemini_balance.app.watched import Watched
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.settings import Settings


def build(
    settings: Settings,
    options: Options,
    kept: Kept = NOTHING,
    clock: SystemClock | None = None,
    redactor: Redactor | None = None,
) -> App:
    """Everything that serves, put together."""
    ground = Ground(settings, options, kept, clock or SystemClock(), redactor or Redactor(known_secrets(settings)))
    transports, owners = transports_of(ground), Owners(kept.resources or MemoryResources(), ground.clock)
    gateways, callers = gateways_of(ground, owners, transports), callers_of(settings, kept, ground.clock)
    metrics, traces, calls = Metrics(), traces_of(settings), kept.journal or memory_journal()
    book, changes = _book(ground)
    journal = Journal(sinks_of(settings, metrics, traces), bulk=[Switched(calls.sink, book)])
    doors = doors_of(ground, gateways, transports, owners, callers.tokens, journal, traced=traces is not None)
    book.watch(secrets_of(ground.redactor))
    book.watch(Reach(doors, gateways, transports).apply)
    remembered, forecasts = remembered_of(calls, changes, journal, book, ground.clock), forecasts_of(gateways)
    watching = watched(ground, doors, metrics, callers.operators, forecasts)
    keys = keys_of(ground, changes, gateways)
    lasting = Lasting(
        gateways,
        transports,
        doors.models,
        callers,
        keys,
        book,
        remembered,
        forecasts,
        watching,
        traces,
        replicas_of(ground),
    )
    life, cases = life_of(ground, lasting), cases_of(ground, doors, lasting, changes)
    parts = settings.shutdown_timeout, book, remembered, watching, keys
    management, console = management_of(cases, doors.public), console_of(ground, cases, doors)
    return App(doors.calls, doors.live, _pages(doors, watching), management, console, life, *parts)


def _book(ground: Ground) -> tuple[OptionBook, ChangeLog]:
    """What operators change is kept, or forgotten at the end of the process."""
    kept = ground.kept
    if kept.options is not None and kept.changes is not None:
        return OptionBook(ground.options, kept.options, kept.changes, ground.clock), kept.changes
    changes = MemoryChanges()
    return OptionBook(ground.options, MemoryOptions(changes), changes, ground.clock), changes


def _pages(doors: Doors, watching: Watched) -> Starlette:
    door = doors.calls
    pictures = picture_route(doors.album, lambda: door.options.allowed_origins)
    health = health_routes(lambda: not door.draining)
    return Starlette(routes=[landing_route(doors.public), pictures, watching.page, *health])
