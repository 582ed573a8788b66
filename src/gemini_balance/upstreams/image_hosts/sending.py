"""One upload over a connection of its own.

The address is the operator's, not a caller's, so it may be a private one; redirects are not followed.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import NamedTuple
from urllib.parse import urlsplit

from gemini_balance.gateway.ports import TransportFailed, UploadFailed
from gemini_balance.upstreams.connection import Connection
from gemini_balance.upstreams.origins import connect, host_header, origin_of

SECONDS = 30.0
MOST = 1_000_000  # bytes of an answer; all that is wanted of it is an address


class Upload(NamedTuple):
    """A request: names and values of headers beside the host's and the length."""

    verb: str
    url: str
    headers: dict[str, str]
    body: bytes


async def send(upload: Upload) -> bytes:
    """The answer's body. Raises UploadFailed, whose message has no more of the address than the host's name."""
    host = urlsplit(upload.url).hostname or "an address without a host"
    try:
        async with asyncio.timeout(SECONDS):
            status, body = await _exchange(upload)
    except TimeoutError as error:
        raise UploadFailed(f"{host} took longer than {SECONDS:g} s") from error
    except TransportFailed as failed:
        raise UploadFailed(f"{host}: {failed.message}") from failed
    except ValueError as error:
        raise UploadFailed("its address is no http(s) address") from error
    if not 200 <= status < 300:
        raise UploadFailed(f"{host} answered with status {status}")
    return body


async def _exchange(upload: Upload) -> tuple[int, bytes]:
    connection = await connect(origin_of(upload.url), kind=Connection)
    try:
        await connection.exchange(_head(upload), upload.body, SECONDS)
        body = b""
        while (read := await connection.read()) and len(body) <= MOST:
            body += read
        return connection.status, body
    finally:
        connection.abort()


def _head(upload: Upload) -> bytes:
    parts = urlsplit(upload.url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = (
        f"{upload.verb} {target} HTTP/1.1",
        f"Host: {host_header(origin_of(upload.url))}",
        "User-Agent: gemini-balance",
        "Accept: application/json",
        *(f"{name}: {value}" for name, value in upload.headers.items()),
        f"Content-Length: {len(upload.body)}",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def form(field: str, name: str, kind: str, data: bytes) -> tuple[str, bytes]:
    """A form with one file: its type, and its bytes. The boundary follows from the file, so it can't be in it."""
    boundary = hashlib.sha256(data).hexdigest()
    lines = (
        f"--{boundary}",
        f'Content-Disposition: form-data; name="{field}"; filename="{name}"',
        f"Content-Type: {kind}",
    )
    head, tail = "\r\n".join((*lines, "", "")), f"\r\n--{boundary}--\r\n"
    return f"multipart/form-data; boundary={boundary}", head.encode() + data + tail.encode()
