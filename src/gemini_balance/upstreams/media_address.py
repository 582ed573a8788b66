"""What a media URL says: where to connect and what to ask for. One parser decides both, so they can't disagree."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from gemini_balance.gateway.ports import MediaFailed, Origin

if TYPE_CHECKING:
    from urllib.parse import SplitResult

PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_][a-z0-9._-]*")
_LEFT_AS_THEY_ARE = "/%:@!$&'()*+,;=~?[]"


class MediaAddress(NamedTuple):
    """`target` is what stands in the request line."""

    origin: Origin
    target: str


def media_address(url: str) -> MediaAddress:
    """Raises MediaFailed for what is no plain http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise MediaFailed("its address can't be understood") from error
    if parts.scheme not in PORTS:
        raise MediaFailed("only http:// and https:// addresses are fetched")
    if "@" in parts.netloc:
        raise MediaFailed("its address holds a user name or a password")
    port = PORTS[parts.scheme] if port is None else port
    return MediaAddress(Origin(parts.scheme == "https", _host(parts), port), _target(parts))


def redirected(url: str, location: str) -> str:
    """Where a redirect leads. Raises MediaFailed."""
    if not location:
        raise MediaFailed("it was redirected to nowhere")
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise MediaFailed("it was redirected to an address that can't be understood") from error


def _host(parts: SplitResult) -> str:
    """In ASCII, lower case, and without the dot at the end, which no certificate names."""
    host = parts.hostname or ""
    try:
        if ":" in host:
            return str(ip_address(host))
        host = host.encode("idna").decode().lower().removesuffix(".")
    except ValueError as error:  # UnicodeError is one
        raise MediaFailed("its host name can't be understood") from error
    if not _NAME.fullmatch(host):
        raise MediaFailed("its host name can't be understood")
    return host


def _target(parts: SplitResult) -> str:
    """A redirect's location may hold raw bytes; they are asked for as they came."""
    asked = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return quote(asked, safe=_LEFT_AS_THEY_ARE, errors="surrogateescape")
