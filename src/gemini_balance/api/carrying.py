"""The door's way for what stays with the key that made it, and for methods whose answers only pass through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from msgspec.structs import replace

from gemini_balance.api.asgi import CLIENT_LEFT, BodyPieces, read_body
from gemini_balance.api.auth import shows_token
from gemini_balance.api.errors import JSON, send_error, send_failure
from gemini_balance.api.leaving import watching
from gemini_balance.api.names import ROUTE
from gemini_balance.api.raw_reply import PassedOn
from gemini_balance.api.references import client_of, without_packing
from gemini_balance.api.resource_route import (
    UPLOAD,
    check_models,
    forwarded,
    page_of,
    route_to,
    streams,
    with_body,
    with_pieces,
)
from gemini_balance.api.routes import nothing_at
from gemini_balance.core.attempts import COUNTED, FREE
from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.dialects.native.dialect import STRICT_PREFIX, without_credentials
from gemini_balance.core.errors import NoKeyAvailable, PoolBusy
from gemini_balance.core.gemini.error_body import error_in
from gemini_balance.core.gemini.named import readdressed
from gemini_balance.core.gemini.surface import COLLECTIONS, Door, Resource, is_impossible, model_method
from gemini_balance.core.pool.key import RETIRED
from gemini_balance.gateway.carry import Carriage, Errand, Hosts, upload_in
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.fan import fan
from gemini_balance.gateway.homes import Homes
from gemini_balance.gateway.listing import merged, page_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.api.asgi import Receive
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.api.references import References
    from gemini_balance.core.call import Principal
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.options import Options
    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.listing import Place
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import RawTransport
    from gemini_balance.gateway.story import Story
    from gemini_balance.gateway.tokens import TokenBook

ALONE = frozenset({"interactions", "auth_tokens"})
"""Collections of which no request names two, or one beside a file made before: any key may have the next."""
NOT_FOUND = 404


@dataclass(slots=True)
class Carrier:
    """Finds out who owns what a call is about, and passes call and answer on."""

    gateway: Gateway
    transport: RawTransport
    owners: Owners
    references: References
    homes: Homes = field(default_factory=Homes)

    async def uploader(self, exchange: Exchange, tokens: TokenBook) -> Principal | None:
        """Whose upload this goes on with, where the request shows no token.

        Google's own SDKs send the pieces of a file without one: the id in the address, which only the caller who
        began was told, is enough for Google.
        """
        query = exchange.scope["query_string"]
        if not (found := upload_in(query.decode("latin-1"))) or shows_token(exchange.headers, query):
            return None
        return tokens.by_id(await self.owners.whose(found))

    async def resource(
        self, exchange: Exchange, found: Resource, receive: Receive, largest: int, options: Options
    ) -> None:
        """Answer a call about a collection or something in it."""
        exchange.told.append((ROUTE, b"native:%b" % found.collection.partition("/")[0].encode()))
        query = without_credentials(exchange.scope["query_string"].decode("latin-1"))
        failover = options.native_failover
        strict = failover == "off" or (failover != "on" and exchange.place.prefix.startswith(STRICT_PREFIX))
        route = route_to(exchange, found, query, forwarded(exchange.headers), strict=strict)
        exchange.call = Call(Operation.RESOURCE, "", Framing.RAW, verbatim=True, single_attempt=strict)
        if found.lists and not found.name:
            return await self._list(exchange, found, route, query)
        names = [name for name in (found.name, upload_in(query) if found.door is Door.UPLOAD else "") if name]
        pieces = None
        if streams(found, exchange.headers, query):
            pieces = BodyPieces(receive, exchange.headers.get(b"content-length"), options.body_idle)
            route = with_pieces(route, pieces.length)
        else:
            route, referred = await self._with_body(exchange, found, route, receive, largest, options)
            names += referred
        pinned = await self.owners.pin(client_of(exchange), [name for name in names if not await self._nobodys(name)])
        route = replace(route, demand=replace(route.demand, pinned=pinned))
        errand = _errand(client_of(exchange), found, free=pinned is None and pieces is None)
        return await self._carry(exchange, route, errand, receive, options, pieces)

    async def _with_body(
        self, exchange: Exchange, found: Resource, route: Route, receive: Receive, largest: int, options: Options
    ) -> tuple[Route, list[str]]:
        """The route with what was sent, and the names in it of what lives with a key."""
        length = exchange.headers.get(b"content-length")
        body = await read_body(receive, length, largest, options.body_idle)
        body, referred, unchanged = await self.references.looked_into(exchange, body, largest)
        check_models(exchange.caller, found, body)
        packed = route if unchanged else replace(route, headers=without_packing(route.headers))
        return with_body(packed, body, found), [one.name for one in referred]

    async def method(self, exchange: Exchange, call: Call, route: Route, receive: Receive, options: Options) -> None:
        """Answer a rare method of a model."""
        asked = model_method(f"models/x:{call.method}")
        errand = Errand(client_of(exchange), "operations", names=asked is not None and asked.names)
        await self._carry(exchange, route, errand, receive, options)

    async def _nobodys(self, name: str) -> bool:
        """Google is asked for what can't be anybody's: it says what is wrong with the name."""
        return is_impossible(name) and not await self.owners.whose(name)

    def _serves(self, key: KeyId) -> bool:
        """What lives with a key that is gone or dead can't be listed, and must not hide the rest."""
        found = self.gateway.pool.keys.get(key)
        return found is not None and found.health not in RETIRED

    async def _carry(
        self,
        exchange: Exchange,
        route: Route,
        errand: Errand,
        receive: Receive,
        options: Options,
        pieces: BodyPieces | None = None,
    ) -> None:
        reply = PassedOn(exchange, self.gateway.clock, options.heartbeat_after)
        hosts = Hosts(self.references.hosts, self.references.public.of(exchange.scope, exchange.headers))
        carriage = Carriage(reply, self.transport, self.owners, errand, hosts, pieces)
        exchange.fail = reply.fail
        exchange.task = asyncio.current_task()
        watch = watching(exchange, receive) if pieces is None or _is_told(exchange) else None  # asking eats pieces
        try:
            await self._execute(route, carriage, exchange.story)
        except CallFailed as failed:
            exchange.told += [pair for pair in carriage.told if pair[0].startswith(UPLOAD)]
            await self._fail(exchange, route, failed)
        except asyncio.CancelledError:
            if exchange.ended_by is None:
                raise
            await send_error(exchange, exchange.ended_by)
        finally:
            reply.stop()
            if watch is not None:
                watch.stop()

    async def _execute(self, route: Route, carriage: Carriage, story: Story) -> None:
        """What is made in one go is made at home, where it has one that can serve."""
        if not carriage.errand.homely:
            return await self.gateway.execute(route, carriage, story)
        client, now = carriage.errand.client, self.gateway.clock.now
        home = self.homes.find(now(), client)
        if home is None:
            await self.gateway.execute(route, carriage, story)
        elif not await self._at_home(route, home, carriage, story):
            elsewhere = replace(route.demand, exclude=frozenset({home}))
            await self.gateway.execute(replace(route, demand=elsewhere), carriage, story)
        if story.asking is not None:
            self.homes.note(now(), client, story.asking)
        return None

    async def _at_home(self, route: Route, home: KeyId, carriage: Carriage, story: Story) -> bool:
        """False: it can't serve now, and another key may."""
        there = replace(route, single_attempt=True, demand=replace(route.demand, pinned=home))
        try:
            await self.gateway.execute(there, carriage, story)
        except (PoolBusy, NoKeyAvailable):
            return False
        except CallFailed as failed:
            if carriage.committed or route.single_attempt or failed.outcome.blame not in FREE | COUNTED:
                raise
            return False
        return True

    async def _fail(self, exchange: Exchange, route: Route, failed: CallFailed) -> None:
        """For a method that a model doesn't have, Google has only a page. We know what may have been meant."""
        outcome, of_a_model = failed.outcome, route.operation is Operation.METHOD and not route.single_attempt
        if of_a_model and outcome.status == NOT_FOUND and error_in(outcome.body) is None:
            return await send_error(exchange, nothing_at(exchange.scope["path"], exchange.dialect))
        return await send_failure(exchange, failed, None)

    async def _list(self, exchange: Exchange, found: Resource, route: Route, query: str) -> None:
        """One page of what the caller's token owns, whichever keys it lives with."""
        wanted = dict(parse_qsl(query))
        rest = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in ("pageSize", "pageToken")]
        owned = await self.owners.owned(client_of(exchange), found.collection)
        keys = {key: names for key, names in owned.items() if self._serves(key)}

        async def ask(places: Sequence[Place], size: int) -> list[bytes]:
            routes = [page_of(route, rest, size, place.token, place.key) for place in places]
            return await fan(self.gateway, routes, exchange.story)

        try:
            if not owned and found.collection not in COLLECTIONS and "/" not in found.collection:
                await fan(self.gateway, [page_of(route, rest, 1)], exchange.story)  # is there such a one at all?
            size = page_size(wanted.get("pageSize", ""))
            body = await merged(keys, size, wanted.get("pageToken", ""), found.collection, ask)
        except CallFailed as failed:
            return await send_failure(exchange, failed, None)
        if found.addressed:
            body = readdressed(body, self.references.hosts, self.references.public.of(exchange.scope, exchange.headers))
        return await exchange.answer(200, JSON, body)


def _is_told(exchange: Exchange) -> bool:
    """Does the server say by itself that the client left?"""
    return CLIENT_LEFT in exchange.scope.get("extensions", {})


def _errand(client: str, found: Resource, *, free: bool) -> Errand:
    """`free`: any key may be asked, and again."""
    return Errand(
        client,
        found.collection,
        names=found.door is not Door.DOWNLOAD,
        addressed=found.addressed,
        removes=found.name if found.removes else "",
        homely=free and found.creates and found.collection not in ALONE,
        spends=found.creates and found.collection == "interactions",
    )
