"""Answers that pass through as bytes, and what is written down of them before they leave.

Files, caches, batches, interactions, rare methods of models: with status and headers of Google's, in bounded memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from gemini_balance.core.gemini.interactions import END, usage_at, usage_of
from gemini_balance.core.gemini.named import address_of_ours, interaction_in, named_in, readdressed
from gemini_balance.core.outcome import NO_USAGE, Cause, Outcome, Usage
from gemini_balance.core.wire.sse import SseFramer

if TYPE_CHECKING:
    from gemini_balance.core.pool import KeySpec
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import (
        Headers,
        Pieces,
        RawReply,
        RawTransport,
        RawUpstreamReply,
        WireRequest,
    )

# What of Google's headers means something to a caller. All else stays here: one of them once held a key.
PASSED = frozenset(
    {b"content-type", b"content-disposition", b"content-encoding", b"content-range", b"accept-ranges", b"range"}
    | {b"etag", b"last-modified", b"location", b"retry-after", b"x-guploader-uploadid", b"x-gemini-service-tier"}
)
UPLOAD = b"x-goog-upload-"
ADDRESSES = frozenset({b"x-goog-upload-url", b"x-goog-upload-control-url", b"location"})
FIRST = 64 * 1024  # bytes of a stream in which the name of an interaction is looked for


@dataclass(frozen=True, slots=True)
class Errand:
    """What is known of a call beside its route. `client` is the id of the caller's token."""

    client: str
    collection: str
    names: bool = True  # may the answer name what the caller comes back to?
    addressed: bool = False  # does it tell addresses at Google's?
    removes: str = ""  # the name of what is deleted
    homely: bool = False  # is it best made where this client made something just before?
    spends: bool = False  # does the answer tell what it used, in the words of interactions?


@dataclass(frozen=True, slots=True)
class Hosts:
    """`google`: the hosts, perhaps with paths, whose addresses become ours, which is scheme and host."""

    google: frozenset[str]
    ours: str


@dataclass(slots=True)
class Carriage:
    """One answer on its way. In the place of a `Reply` it says that a route's answer is not to be understood."""

    reply: RawReply
    transport: RawTransport
    owners: Owners
    errand: Errand
    hosts: Hosts
    pieces: Pieces | None = None
    _upstream: RawUpstreamReply | None = None
    told: Headers = field(default_factory=list)  # headers of the last answer, those for the caller
    usage: Usage = NO_USAGE

    @property
    def committed(self) -> bool:
        return self.reply.committed

    def restart(self) -> None:
        self.told.clear()

    async def send(self, request: WireRequest, key: KeySpec) -> RawUpstreamReply:
        """Raises TransportFailed."""
        self._upstream = upstream = await self.transport.send(request, self.pieces)
        self.told = [
            (name, self._ours(name, value.replace(key.secret.encode(), b"REDACTED")))
            for name, value in upstream.headers
            if name in PASSED or name.startswith(UPLOAD)
        ]
        return upstream

    async def answer(self, key: KeySpec) -> Outcome:
        """Pass the good answer on that `send` brought. Raises TransportFailed."""
        assert self._upstream is not None
        upstream = self._upstream
        await self._note_upload(key)
        if self.errand.removes:
            await self.owners.forget(self.errand.client, self.errand.removes)
        if "json" in upstream.content_type and (self.errand.names or self.errand.addressed):
            await self._whole(upstream, key)
        elif "event-stream" in upstream.content_type and self.errand.names:
            await self._events(upstream, key)
        else:
            await self._begin(upstream)
            await self._rest(upstream)
        return Outcome(Cause.ANSWERED, usage=self.usage)

    async def _whole(self, upstream: RawUpstreamReply, key: KeySpec) -> None:
        body = await upstream.whole()
        if self.errand.spends:
            self.usage = usage_of(body)
        if self.errand.names:
            for name in named_in(body, self.errand.collection):
                await self.owners.note(self.errand.client, name, key.id)
        if self.errand.addressed:
            body = readdressed(body, self.hosts.google, self.hosts.ours)
        await self.reply.begin(upstream.status, self.told, len(body))
        await self.reply.write(body)
        await self.reply.end()

    async def _events(self, upstream: RawUpstreamReply, key: KeySpec) -> None:
        """The first event that names the interaction waits until that is written down, and nothing else waits."""
        framer, held, name = SseFramer(), b"", ""
        while not name and len(held) < FIRST and (read := await upstream.read()):
            held += read
            name = next(filter(None, (interaction_in(data) for _, data in framer.feed(read))), "")
        if name:
            await self.owners.note(self.errand.client, name, key.id)
        await self._begin(upstream)
        await self.reply.write(held)
        await self._rest(upstream, held)

    async def _begin(self, upstream: RawUpstreamReply) -> None:
        lengths = [value for name, value in upstream.headers if name == b"content-length"]
        length = int(lengths[0]) if lengths and lengths[0].isdigit() else None
        await self.reply.begin(upstream.status, self.told, length)

    async def _rest(self, upstream: RawUpstreamReply, end: bytes = b"") -> None:
        """`end`: of what was passed on already."""
        while read := await upstream.read():
            await self.reply.write(read)
            if self.errand.spends:
                end = (end + read)[-END:]
        if self.errand.spends:
            self.usage = usage_at(end)
        await self.reply.end()

    def _ours(self, name: bytes, value: bytes) -> bytes:
        if name not in ADDRESSES:
            return value
        address = address_of_ours(value.decode("latin-1"), self.hosts.google, self.hosts.ours)
        return without_key(address).encode("latin-1")

    async def _note_upload(self, key: KeySpec) -> None:
        """A later piece of this upload is known by nothing but the id in its address."""
        for name, value in self.told:
            if name in ADDRESSES and (found := upload_in(urlsplit(value.decode("latin-1")).query)):
                await self.owners.note(self.errand.client, found, key.id)


def upload_in(query: str) -> str:
    """The name of the upload that a query tells of; empty where it tells of none."""
    found = parse_qs(query).get("upload_id", [""])[0]
    return f"uploads/{found}" if found else ""


def without_key(address: str) -> str:
    """Addresses that Google builds repeat the query they were asked with."""
    path, mark, query = address.partition("?")
    kept = [pair for pair in query.split("&") if not pair.startswith("key=")]
    return f"{path}{mark if kept else ''}{'&'.join(kept)}"
