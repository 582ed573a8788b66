"""Use cases → the console."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gemini_balance.api.clients import client_of
from gemini_balance.console.door import Console, Site, Whereabouts, console
from gemini_balance.console.sources import Sources
from gemini_balance.gateway.counting import Counting
from gemini_balance.gateway.key_batches import KeyBatches
from gemini_balance.gateway.key_files import KeyFiles
from gemini_balance.gateway.trends import Trends
from gemini_balance.storage.foreign import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from gemini_balance.app.doors import Doors
    from gemini_balance.app.ground import Ground
    from gemini_balance.management.cases import UseCases

log = logging.getLogger(__name__)


def console_of(ground: Ground, cases: UseCases, doors: Doors) -> Console:
    trusted = doors.public.trusted

    def client(request: Request) -> str:
        return client_of(request.scope, dict(request.scope["headers"]), trusted)

    def address(request: Request) -> str:
        return doors.public.of(request.scope, dict(request.scope["headers"]))

    site = Site()
    if missing := site.files.missing:
        log.warning("The console has no %s: run `make assets`. Its pages work, but don't live.", missing[0])
    return console(_sources(ground, cases, doors, address), Whereabouts(client, address), site)


def _sources(ground: Ground, cases: UseCases, doors: Doors, address: Callable[[Request], str]) -> Sources:
    return Sources(
        clock=ground.clock,
        ready=lambda: not doors.calls.draining,
        operators=cases.operators,
        tokens=cases.tokens,
        options=cases.options,
        changes=cases.changes,
        keyring=cases.keyring,
        forecasts=cases.forecasts,
        models=doors.models,
        system=cases.system,
        search=cases.search,
        statistics=cases.statistics,
        alerts=cases.alerts,
        upkeep=cases.upkeep,
        trends=Trends(cases.statistics, cases.search, ground.clock),
        counting=Counting(cases.statistics, ground.clock),
        verifier=cases.verifier,
        call=doors.calls,
        address=address,
        batches=KeyBatches(cases.keyring),
        key_files=KeyFiles(cases.keyring, settings_of),
    )
