"""The door's way for what stays with the key that made it, and for methods whose answers only pass through."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from msgspec.structs import replace

from gemini_balance.api.asgi import BodyPieces, read_body
from gemini_balance.api.auth import shows_token
from gemini_balance.api.errors import JSON, send_error, send_failure
from gemini_balance.api.leaving import watching
from gemini_balance.api.names import ROUTE
from gemini_balance.api.raw_reply import PassedOn
from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.dialects.native.dialect import STRICT_PREFIX, without_credentials
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.named import readdressed
from gemini_balance.core.gemini.references import Reference, may_refer, references_in, sent_on
from gemini_balance.core.gemini.surface import Door, Resource, model_method
from gemini_balance.core.pool import Demand, KeyId
from gemini_balance.core.pool.key import RETIRED
from gemini_balance.gateway.carry import Carriage, Errand, Hosts, upload_in
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.fan import Collected
from gemini_balance.gateway.listing import merged, page_size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.api.asgi import Receive
    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Principal
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import RawTransport
    from gemini_balance.gateway.tokens import TokenBook

# What of a caller's headers means something to Google beside X-Goog-Upload-*.
FORWARDED = frozenset(
    {b"content-type", b"content-encoding", b"content-range", b"range", b"if-range", b"if-none-match", b"accept"}
    | {b"x-goog-api-client", b"x-server-timeout", b"api-revision", b"x-upload-content-type", b"last-event-id"}
    | {b"x-upload-content-length"}
)
UPLOAD = b"x-goog-upload-"
SAFE_IN_PATHS = "/:@!$&'()*+,;=~-._"
HAVE_MODELS = frozenset({"interactions", "cachedContents"})
BODYLESS = frozenset({"GET", "DELETE"})


class _Asked(msgspec.Struct):
    model: str = ""


_asked = msgspec.json.Decoder(_Asked)


@dataclass(slots=True)
class Carrier:
    """`google` is scheme and host of the upstream, `hosts` are all by which it calls itself."""

    gateway: Gateway
    transport: RawTransport
    owners: Owners
    public: PublicUrl
    google: str
    hosts: frozenset[str]

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
        self, exchange: Exchange, found: Resource, receive: Receive, largest: int, failover: str
    ) -> None:
        """Answer a call about a collection or something in it."""
        exchange.told.append((ROUTE, b"native:%b" % found.collection.encode()))
        query = without_credentials(exchange.scope["query_string"].decode("latin-1"))
        headers = forwarded(exchange.headers)
        strict = failover == "off" or (failover != "on" and exchange.place.prefix.startswith(STRICT_PREFIX))
        route = _route(exchange, found, query, headers, strict=strict)
        exchange.call = Call(Operation.RESOURCE, "", Framing.RAW, verbatim=True, single_attempt=strict)
        if found.lists and not found.name:
            return await self._list(exchange, found, route, query)
        pieces, names = None, [found.name] if found.name else []
        if found.door is Door.UPLOAD and (upload := upload_in(query)):
            names.append(upload)
        if _streams(found, exchange.headers, query):
            pieces = BodyPieces(receive, exchange.headers.get(b"content-length"))
            length = (
                ("transfer-encoding", "chunked") if pieces.length is None else ("content-length", str(pieces.length))
            )
            route = replace(route, headers=(*route.headers, length), single_attempt=True)
        else:
            body = await read_body(receive, exchange.headers.get(b"content-length"), largest)
            body, referred, unchanged = self._looked_into(exchange, body, largest)
            route = _with_body(route if unchanged else replace(route, headers=_plain(route.headers)), body, found)
            names += [one.name for one in referred]
        pinned = await self.owners.pin(_client(exchange), names)
        route = replace(route, demand=replace(route.demand, pinned=pinned))
        errand = Errand(
            _client(exchange),
            found.collection,
            names=found.door is not Door.DOWNLOAD,
            addressed=found.addressed,
            removes=found.name if found.removes else "",
        )
        return await self._carry(exchange, route, errand, receive, pieces)

    async def method(self, exchange: Exchange, call: Call, route: Route, receive: Receive) -> None:
        """Answer a rare method of a model."""
        asked = model_method(f"models/x:{call.method}")
        errand = Errand(_client(exchange), "operations", names=asked is not None and asked.names)
        await self._carry(exchange, route, errand, receive, None)

    async def pinned(self, exchange: Exchange, call: Call, largest: int) -> Call:
        """The call with the key that all it names lives with, and with Google's own addresses of that."""
        body, referred, unchanged = self._looked_into(exchange, call.raw, largest)
        names = [*([call.model] if call.model.startswith("tunedModels/") else []), *(one.name for one in referred)]
        pinned = await self.owners.pin(_client(exchange), names)
        headers = call.headers if unchanged else _plain(call.headers)
        return replace(call, raw=body, pinned=pinned, headers=headers)

    def _looked_into(self, exchange: Exchange, body: bytes, largest: int) -> tuple[bytes, list[Reference], bool]:
        """The body as it is to be sent, what it names, and whether it is as it came: perhaps packed."""
        packing = exchange.headers.get(b"content-encoding", b"identity").lower()
        plain = unpacked(body, packing, largest)
        if not may_refer(plain):
            return body, [], True
        referred = [one for one in references_in(plain) if not one.host or one.host in self._known(exchange)]
        for one in referred:
            if one.host and one.host not in self.hosts:
                plain = sent_on(plain, one, self.google)
        return plain, referred, False

    def _serves(self, key: KeyId) -> bool:
        """What lives with a key that is gone or dead can't be listed, and must not hide the rest."""
        found = self.gateway.pool.keys.get(key)
        return found is not None and found.health not in RETIRED

    def _known(self, exchange: Exchange) -> frozenset[str]:
        """Hosts of which an address may mean a file that was uploaded through us."""
        ours = self.public.of(exchange.scope, exchange.headers).partition("://")[2]
        host = exchange.headers.get(b"host", b"").decode("latin-1")
        return self.hosts | {ours.partition("/")[0], host}

    async def _carry(
        self, exchange: Exchange, route: Route, errand: Errand, receive: Receive, pieces: BodyPieces | None
    ) -> None:
        reply = PassedOn(exchange, self.gateway.clock)
        hosts = Hosts(self.hosts, self.public.of(exchange.scope, exchange.headers))
        carriage = Carriage(reply, self.transport, self.owners, errand, hosts, pieces)
        exchange.fail = reply.fail
        exchange.task = asyncio.current_task()
        watch = None if pieces is not None else watching(exchange, receive)  # who reads the pieces learns it, too
        try:
            await self.gateway.execute(route, carriage, exchange.story)
        except CallFailed as failed:
            exchange.told += [pair for pair in carriage.told if pair[0].startswith(UPLOAD)]
            await send_failure(exchange, failed, None)
        except asyncio.CancelledError:
            if exchange.ended_by is None:
                raise
            await send_error(exchange, exchange.ended_by)
        finally:
            if watch is not None:
                watch.stop()

    async def _list(self, exchange: Exchange, found: Resource, route: Route, query: str) -> None:
        """One page of what the caller's token owns, whichever keys it lives with."""
        wanted = dict(parse_qsl(query))
        rest = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in ("pageSize", "pageToken")]
        owned = await self.owners.owned(_client(exchange), found.collection)
        keys = {key: names for key, names in owned.items() if self._serves(key)}

        async def ask(key: KeyId, size: int, token: str) -> bytes:
            page = [*rest, ("pageSize", str(size)), *([("pageToken", token)] if token else [])]
            path = f"{route.path.partition('?')[0]}?{urlencode(page, safe='$,')}"
            reply = Collected()
            pinned = replace(route.demand, pinned=key)
            await self.gateway.execute(
                replace(route, path=path, demand=pinned, framing=Framing.WHOLE), reply, exchange.story
            )
            return reply.body

        size = page_size(wanted.get("pageSize", ""))
        try:
            body = await merged(keys, size, wanted.get("pageToken", ""), found.collection, ask)
        except CallFailed as failed:
            return await send_failure(exchange, failed, None)
        if found.addressed:
            body = readdressed(body, self.hosts, self.public.of(exchange.scope, exchange.headers))
        return await exchange.answer(200, JSON, body)


def forwarded(headers: Mapping[bytes, bytes]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in headers.items()
        if name in FORWARDED or name.startswith(UPLOAD)
    )


def unpacked(body: bytes, packing: bytes, largest: int) -> bytes:
    """A packed body may name what isn't the caller's just like any other. Raises BadRequest."""
    if packing in (b"identity", b""):
        return body
    if packing not in (b"gzip", b"deflate"):
        raise BadRequest("The body's Content-Encoding is not known; send it as it is, or as gzip.")
    reader = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out itself which of the two it is
    try:
        plain = reader.decompress(body, largest)
    except zlib.error as error:
        raise BadRequest("The body is not what its Content-Encoding says.") from error
    if reader.unconsumed_tail or not reader.eof:
        raise BadRequest("The body, unpacked, is larger than this gateway takes, or it is cut.")
    return plain


def _client(exchange: Exchange) -> str:
    return exchange.principal.id if exchange.principal is not None else ""


def _route(
    exchange: Exchange, found: Resource, query: str, headers: tuple[tuple[str, str], ...], *, strict: bool
) -> Route:
    version = exchange.place.prefix.rpartition("/")[2]
    door = f"{found.door}/" if found.door else ""
    path = f"{door}{version}/{quote(exchange.place.tail, safe=SAFE_IN_PATHS)}"
    return Route(
        upstream="gemini_api",
        operation=Operation.RESOURCE,
        model="",
        path=f"{path}?{query}" if query else path,
        body=b"",
        framing=Framing.RAW,
        demand=Demand("", client=exchange.principal.name if exchange.principal else ""),
        headers=headers,
        verbatim=True,
        single_attempt=strict,
        verb=exchange.scope["method"],
    )


def _plain(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Of a body that was unpacked."""
    return tuple(pair for pair in headers if pair[0] != "content-encoding")


def _with_body(route: Route, body: bytes, found: Resource) -> Route:
    headers = route.headers
    if body or route.verb not in BODYLESS:
        headers = (*headers, ("content-length", str(len(body))))
    model = _model_in(body) if found.collection in HAVE_MODELS else ""
    return replace(route, body=body, headers=headers, model=model, demand=replace(route.demand, model=model))


def _model_in(body: bytes) -> str:
    try:
        return _asked.decode(body).model.removeprefix("models/")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""


def _streams(found: Resource, headers: Mapping[bytes, bytes], query: str) -> bool:
    """Is the body a file's bytes? What only begins an upload is small, and may be sent again with another key."""
    if found.door is not Door.UPLOAD:
        return False
    begins = headers.get(b"x-goog-upload-command", b"").strip().lower() == b"start"
    return not begins and ("upload_id=" in query or "uploadType=resumable" not in query)
