"""Uploading what is too large to be sent along: with the key that is about to be asked, through Google's Files API."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from gemini_balance.core.call import GEMINI_API, Framing, Operation
from gemini_balance.core.catalog.route import Route
from gemini_balance.core.gemini.attachments import addressed
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import Demand
from gemini_balance.core.wire.base64_slices import decoded, decoded_size
from gemini_balance.gateway.carry import upload_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.gemini.attachments import Attachment, Attachments
    from gemini_balance.core.pool import KeyId, KeySpec
    from gemini_balance.gateway.owners import Owners
    from gemini_balance.gateway.ports import Pieces, RawTransport, Upstream

READY_WITHIN = 120.0  # seconds; Google looks through a video before it can be used
FIRST_LOOK, LONGEST_PAUSE = 0.5, 5.0  # seconds
UPLOADS = "upload/v1beta/files"
NO_UPLOAD = "Google began no upload of this request's media."
TOO_SLOW = (
    "Google took longer than {seconds:g} s to process media of this request that were uploaded to it. "
    "Upload them through /upload/v1beta/files, and name them here once they are ACTIVE."
)
NOT_BASE64 = "Media of this request are too large to be sent along, and can't be uploaded: they are not valid Base64."


Told = TypeVar("Told", bound=msgspec.Struct)


class NotAttached(Exception):
    """Media of a call could not be uploaded with a key."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class _File(msgspec.Struct):
    """What Google tells of a file. An answer that tells no state is of one that needs no processing."""

    name: str = ""
    uri: str = ""
    state: str = "ACTIVE"


class _Uploaded(msgspec.Struct):
    file: _File = msgspec.field(default_factory=_File)


@dataclass(slots=True)
class _Decoded:
    """Implements `Pieces`. Raises NotAttached for what is no Base64."""

    length: int
    _slices: Iterator[bytes]

    async def read(self) -> bytes:
        try:
            return next(filter(None, self._slices), b"")
        except ValueError as error:
            raise NotAttached(Outcome(Cause.BAD_REQUEST, 400, NOT_BASE64)) from error


@dataclass(slots=True)
class Attacher:
    """`ready_within`: seconds that Google may process a file."""

    upstream: Upstream
    transport: RawTransport
    owners: Owners
    ready_within: float = READY_WITHIN

    async def attached(
        self, route: Route, attachments: Attachments, key: KeySpec, known: dict[KeyId, dict[str, str]]
    ) -> Route:
        """The route with the addresses at which this key has the files. `known` keeps them, by key.

        Raises NotAttached, TransportFailed.
        """
        addresses = known.get(key.id, {})
        for one in attachments.items:
            if one.word not in addresses:
                size = _size_of(one)
                where = await self._begin(one.kind, size, key)
                known[key.id] = addresses  # an upload that is begun counts
                addresses[one.word] = await self._address(one, size, where, attachments.client, key)
        return replace(route, body=addressed(route.body, addresses))

    async def _address(self, one: Attachment, size: int, where: str, client: str, key: KeySpec) -> str:
        """The file's, once Google can use it."""
        command = (("x-goog-upload-command", "upload, finalize"), ("x-goog-upload-offset", "0"))
        body = await self._asked(_route(where, "POST", size, command), key, _Decoded(size, decoded(one.base64)))
        file = _read(body, _Uploaded).file
        if file.name:
            await self.owners.note(client, file.name, key.id)
        return (await self._ready(file, key)).uri

    async def _begin(self, kind: str, size: int, key: KeySpec) -> str:
        """Where the bytes go, below the upstream's base."""
        body = b'{"file":{}}'
        told = (
            ("x-goog-upload-protocol", "resumable"),
            ("x-goog-upload-command", "start"),
            ("x-goog-upload-header-content-length", str(size)),
            ("x-goog-upload-header-content-type", _sayable(kind)),
            ("content-type", "application/json"),
        )
        request = self.upstream.request(replace(_route(UPLOADS, "POST", len(body), told), body=body), key)
        reply = await self.transport.send(request)
        try:
            if reply.status >= 400:
                raise NotAttached(_refusal(reply.status, await reply.whole(), reply.content_type, key))
            address = dict(reply.headers).get(b"x-goog-upload-url", b"").decode("latin-1")
            await reply.whole()
        finally:
            reply.close()
        query = urlsplit(address).query
        if not upload_in(query):
            raise NotAttached(Outcome(Cause.UPSTREAM_BROKEN, 502, NO_UPLOAD))
        return f"{UPLOADS}?{query}"

    async def _ready(self, file: _File, key: KeySpec) -> _File:
        """Asks until Google has processed it."""
        pause, waited = FIRST_LOOK, 0.0
        while file.state == "PROCESSING" and waited < self.ready_within:
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, LONGEST_PAUSE)
            file = _read(await self._asked(_route(f"v1beta/{file.name}", "GET"), key), _File)
        match file.state:
            case "ACTIVE" if file.uri:
                return file
            case "PROCESSING":
                raise NotAttached(Outcome(Cause.DEADLINE, 504, TOO_SLOW.format(seconds=self.ready_within)))
            case _:
                message = "Google could not process the media of this request that were uploaded to it."
                raise NotAttached(Outcome(Cause.BAD_REQUEST, 400, message))

    async def _asked(self, route: Route, key: KeySpec, pieces: Pieces | None = None) -> bytes:
        """The good answer's body."""
        reply = await self.transport.send(self.upstream.request(route, key), pieces)
        try:
            body = await reply.whole()
        finally:
            reply.close()
        if reply.status >= 400:
            raise NotAttached(_refusal(reply.status, body, reply.content_type, key))
        return body


def _route(path: str, verb: str, length: int = 0, headers: tuple[tuple[str, str], ...] = ()) -> Route:
    told = (("content-length", str(length)),) if verb == "POST" else ()
    return Route(
        GEMINI_API, Operation.RESOURCE, "", path, b"", Framing.RAW, Demand(""), headers=(*headers, *told), verb=verb
    )


def _size_of(one: Attachment) -> int:
    try:
        return decoded_size(one.base64)
    except ValueError as error:
        raise NotAttached(Outcome(Cause.BAD_REQUEST, 400, NOT_BASE64)) from error


def _sayable(kind: str) -> str:
    """The caller says what its media are, in any words: they must not write a header of ours."""
    return kind if kind and kind.isascii() and kind.isprintable() else "application/octet-stream"


def _refusal(status: int, body: bytes, content_type: str, key: KeySpec) -> Outcome:
    """Google repeats a suspended key in its error message."""
    return classify(status, body.replace(key.secret.encode(), b"REDACTED"), content_type)


def _read(body: bytes, kind: type[Told]) -> Told:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotAttached(Outcome(Cause.UPSTREAM_BROKEN, 502, "Google's answer to an upload can't be read.")) from error
