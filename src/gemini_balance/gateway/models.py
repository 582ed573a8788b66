"""The upstream's own model list: fetched through the pool like any other call, merged over keys, kept fresh."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from gemini_balance.core.call import Framing, Operation
from gemini_balance.core.catalog.models import Listed, read_page, suffixed
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.errors import GatewayError
from gemini_balance.core.pool import Demand
from gemini_balance.core.pool.key import Health, domain_of
from gemini_balance.gateway.collected import Collected
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.story import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from gemini_balance.core.pool import Key
    from gemini_balance.gateway.execute import Gateway

REFRESH_SECONDS = 3600.0
RETRY_SECONDS = 15.0
MOST_PAGES = 20
AT_ONCE = 16  # keys of a round: nobody waits for it, but thousands would be a burst
SIDE_BY_SIDE = 8
ROUND_SECONDS = 60.0  # for all keys of a round together
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
    """Which models there are. `listed` is empty until the first list came.

    Projects see different lists, so each round asks some keys, in turn; a model that none of them lists any more,
    all having been asked, is forgotten.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._models: dict[str, Listed] = {}
        self._seen: dict[str, int] = {}  # by model: the round that listed it last
        self._round = 0
        self.listed: frozenset[str] = frozenset()

    def shown(
        self, search_models: Iterable[str], image_models: Iterable[str] = (), hidden: Set[str] = frozenset()
    ) -> list[str]:
        """What callers may ask for: Google's own names, and those with a suffix."""
        names = self.listed - hidden
        able = frozenset(search_models), frozenset(image_models)
        return sorted((names | {one for name in names for one in suffixed(name, *able)}) - hidden)

    def entries(self, hidden: Set[str] = frozenset()) -> Mapping[str, Listed]:
        """The models as Google itself describes them."""
        return {name: model for name, model in self._models.items() if name not in hidden}

    async def run(self) -> None:
        """Keep the list fresh until cancelled."""
        while True:
            fetched = await self.refresh()
            if fetched:
                await self.merge()
            await asyncio.sleep(REFRESH_SECONDS if fetched else RETRY_SECONDS)

    async def refresh(self) -> bool:
        """Ask any key; the old list stays when that fails."""
        try:
            found = await self._fetch(PAGE)
        except (GatewayError, CallFailed, msgspec.DecodeError) as error:
            log.warning("The model list could not be fetched: %s", error)
            return False
        self._take(found)
        return bool(found)

    async def merge(self) -> None:
        """Add what the next keys list, one project after the other, and forget what no key lists."""
        self._round += 1
        keys = list(self._gateway.pool.keys.values())
        answers = await self._ask(self._turn(keys))
        tour = -(-len(keys) // AT_ONCE)
        oldest = self._round - (tour if all(answers) else 2 * tour)  # who can't be asked now has another chance
        self._models = {name: model for name, model in self._models.items() if self._seen[name] > oldest}
        self._seen = {name: self._seen[name] for name in self._models}
        self.listed = frozenset(self._models)

    def _turn(self, keys: list[Key]) -> list[Key]:
        """The keys of this round, one for each project."""
        start = (self._round - 1) * AT_ONCE % (-(-len(keys) // AT_ONCE) * AT_ONCE or 1)
        ready = [key for key in keys[start : start + AT_ONCE] if key.health is Health.READY]
        return list({id(domain_of(key)): key for key in ready}.values())

    async def _ask(self, keys: Iterable[Key]) -> list[bool]:
        """Side by side: which of them gave a list before the round's end."""
        slots, until = asyncio.Semaphore(SIDE_BY_SIDE), asyncio.get_running_loop().time() + ROUND_SECONDS

        async def one(key: Key) -> bool:
            try:
                async with asyncio.timeout_at(until), slots:
                    return await self._add(key)
            except TimeoutError:
                return False

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(key)) for key in keys]
        return [task.result() for task in tasks]

    async def _add(self, key: Key) -> bool:
        """False: this key gave no list. Its failure is the pool's to judge."""
        demand = Demand("", pinned=key.id, paid=key.spec.paid)
        try:
            found = await self._fetch(replace(PAGE, demand=demand, single_attempt=True))
        except (GatewayError, CallFailed, msgspec.DecodeError):
            return False
        self._take(found)
        return True

    def _take(self, found: Mapping[str, Listed]) -> None:
        self._models |= found
        self._seen |= dict.fromkeys(found, self._round)
        self.listed = frozenset(self._models)

    async def _fetch(self, page: Route) -> dict[str, Listed]:
        found: dict[str, Listed] = {}
        path = page.path
        for _ in range(MOST_PAGES):
            reply = Collected()
            await self._gateway.execute(replace(page, path=path), reply, Story())
            models, token = read_page(reply.body)
            found |= models
            if not token:
                break
            path = f"{page.path}&pageToken={quote(token, safe='')}"
        return found
