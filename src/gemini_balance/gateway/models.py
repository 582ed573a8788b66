"""The upstream's own model list, fetched through the pool like any other call and kept until the next one."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from gemini_balance.core.call import IMAGE, NON_THINKING, SEARCH, Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.errors import GatewayError
from gemini_balance.core.gemini.families import family_of
from gemini_balance.core.gemini.schema import decode_models
from gemini_balance.core.pool import Demand
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.fan import Collected
from gemini_balance.gateway.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.gateway.execute import Gateway

REFRESH_SECONDS = 3600.0
RETRY_SECONDS = 15.0
MOST_PAGES = 20
PAGE = Route(
    upstream="gemini_api",
    operation=Operation.LIST_MODELS,
    model="",
    path="v1beta/models?pageSize=1000",
    body=b"",
    framing=Framing.WHOLE,
    demand=Demand(""),
)
log = logging.getLogger(__name__)


class ModelBook:
    """`listed` is empty until the first list came."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.listed: frozenset[str] = frozenset()

    def shown(self, search_models: Iterable[str], image_models: Iterable[str] = ()) -> list[str]:
        """What callers may ask for: Google's own names, and those with a suffix."""
        thinking = (name for name in self.listed if family_of(name).thinks)
        able = ((SEARCH, search_models), (IMAGE, image_models), (NON_THINKING, thinking))
        suffixed = {f"{name}{suffix}" for suffix, names in able for name in names if name in self.listed}
        return sorted(self.listed | suffixed)

    async def run(self) -> None:
        """Keep the list fresh until cancelled."""
        while True:
            fetched = await self.refresh()
            await asyncio.sleep(REFRESH_SECONDS if fetched else RETRY_SECONDS)

    async def refresh(self) -> bool:
        """Ask again; the old list stays when that fails."""
        try:
            names = await self._fetch()
        except (GatewayError, CallFailed, msgspec.DecodeError) as error:
            log.warning("The model list could not be fetched: %s", error)
            return False
        self.listed = names or self.listed
        return bool(names)

    async def _fetch(self) -> frozenset[str]:
        names: set[str] = set()
        path = PAGE.path
        for _ in range(MOST_PAGES):
            reply = Collected()
            await self._gateway.execute(replace(PAGE, path=path), reply, Story())
            page = decode_models(reply.body)
            names.update(model.name.removeprefix("models/") for model in page.models)
            if not page.next_page_token:
                break
            path = f"{PAGE.path}&pageToken={quote(page.next_page_token, safe='')}"
        return frozenset(names)
