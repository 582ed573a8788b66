"""What calls name at Google: found in their bodies, led to the key that has it, and told in Google's own words."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.call import GEMINI_API
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.long_decode import UNLIMITED, unary_limit
from gemini_balance.core.gemini.references import (
    CONTINUES,
    INTERACTS,
    UNSURE,
    Reference,
    address_at,
    file_in,
    may_refer,
    references_in,
    sent_on,
)
from gemini_balance.core.gemini.schema import FileData

if TYPE_CHECKING:
    from gemini_balance.api.clients import PublicUrl
    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Call
    from gemini_balance.gateway.owners import Owners

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class References:
    """`google` is the upstream's address, `hosts` are all by which it calls itself, one with the address's path."""

    owners: Owners
    public: PublicUrl
    google: str
    hosts: frozenset[str]

    async def pinned(self, exchange: Exchange, call: Call, largest: int) -> Call:
        """The call with the key that all it names lives with, and with Google's own addresses of that."""
        body, referred, unchanged = await self.looked_into(exchange, call.raw, largest)
        names = [*([call.model] if call.model.startswith("tunedModels/") else []), *(one.name for one in referred)]
        pinned = await self.owners.pin(client_of(exchange), names)
        headers = call.headers if unchanged else without_packing(call.headers)
        return replace(call, raw=body, pinned=pinned, headers=headers)

    async def held(self, exchange: Exchange, call: Call) -> Call:
        """A translated call with the key that what it names at Google lives with."""
        known, names, media = self._known(exchange), [], []
        if call.request is not None and call.request.cached_content:
            names.append(call.request.cached_content)
        for one in (*call.files, *call.media):
            found = file_in(one.url)
            if found is None or not (found.host in known or (one.held and await self.owners.whose(found.name))):
                media += [] if one.held else [one]
                continue
            names.append(found.name)
            if not one.held:  # its address is ours: to fetch it from ourselves would be a detour
                one.part.inline_data, one.part.file_data = None, FileData(address_at(found, self.google))
        return replace(call, media=tuple(media), pinned=await self.owners.pin(client_of(exchange), names))

    async def looked_into(self, exchange: Exchange, body: bytes, largest: int) -> tuple[bytes, list[Reference], bool]:
        """The body as it is to be sent, what it names, and whether it is as it came: perhaps packed."""
        packing = exchange.headers.get(b"content-encoding", b"identity").lower()
        plain = unpacked(body, packing, largest)
        if not may_refer(plain, INTERACTS):
            return body, [], True
        known = self._known(exchange) | {""}
        found = references_in(plain)
        # An address elsewhere is Google's to fetch, unless it could be taken for somebody's file.
        referred = [one for one in found if one.host in known or await self.owners.whose(one.name)]
        for one in referred:
            if one.host not in self.hosts | {"", UNSURE} or (one.host and self._is_ours(exchange, one.said)):
                plain = sent_on(plain, one, self.google)
        return plain, referred, False

    def _is_ours(self, exchange: Exchange, address: str) -> bool:
        """PUBLIC_URL may have a path."""
        return address.startswith(f"{self.public.of(exchange.scope, exchange.headers)}/")

    def _known(self, exchange: Exchange) -> frozenset[str]:
        """Hosts of which an address may mean a file that was uploaded through us."""
        ours = self.public.of(exchange.scope, exchange.headers).partition("://")[2]
        host = exchange.headers.get(b"host", b"").decode("latin-1")
        return self.hosts | {ours.partition("/")[0].lower(), host.lower()}


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


def client_of(exchange: Exchange) -> str:
    """The id of the caller's token."""
    return exchange.caller.id


def without_packing(headers: Pairs) -> Pairs:
    """Of a body that was unpacked."""
    return tuple(pair for pair in headers if pair[0] != "content-encoding")


def is_pinnable(call: Call) -> bool:
    """Vertex's express mode keeps nothing that a later call could name."""
    return call.verbatim and call.upstream == GEMINI_API


def may_name(call: Call) -> bool:
    """Can there be something in it that lives with one key?"""
    if not is_pinnable(call):
        return False
    packed = any(name == "content-encoding" for name, _ in call.headers)
    return packed or "/" in call.model or may_refer(call.raw, _signs(call))


def _signs(call: Call) -> tuple[bytes, ...]:
    """What only some models' calls may name."""
    return () if unary_limit(call.model) == UNLIMITED else CONTINUES
