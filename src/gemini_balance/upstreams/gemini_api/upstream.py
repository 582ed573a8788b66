"""How a route becomes a request to the Gemini API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec

from gemini_balance.core.call import Operation
from gemini_balance.upstreams.origins import host_header, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.options import HeaderLines
    from gemini_balance.core.pool import KeySpec
    from gemini_balance.gateway.ports import Origin

READS = frozenset({Operation.LIST_MODELS, Operation.GET_MODEL})
_VERSION = re.compile(r"/v\d+[a-z]*/*$")


class GeminiRequest(msgspec.Struct, frozen=True):
    """Ready to be sent; the key is in no other place than the one header Google wants it in."""

    origin: Origin
    head: bytes
    body: bytes


class GeminiApi:
    """`base_url` may end in a version (`…/v1beta`, as operators write it): each route brings its own.

    `address` is the same without it: scheme, host, and the path below it where there is one.
    `custom_headers` go along with every request that does not bring them itself.

    Raises ValueError for a `base_url` that is no http(s) address.
    """

    def __init__(self, base_url: str, proxies: tuple[str, ...] = ()) -> None:
        base = _VERSION.sub("", base_url.rstrip("/"))
        self._origins = [origin_of(base, proxy) for proxy in proxies or ("",)]
        self._prefix = base.split("//", 1)[1].partition("/")[2].rstrip("/")
        self._host = host_header(self._origins[0])
        path = f"/{self._prefix}" if self._prefix else ""
        self.address = f"{base.partition('://')[0]}://{self._host}{path}"
        self.custom_headers: HeaderLines = ()

    def request(self, route: Route, key: KeySpec) -> GeminiRequest:
        method = route.verb or ("GET" if route.operation in READS else "POST")
        shown = f"Authorization: Token {route.ephemeral}" if route.ephemeral else f"x-goog-api-key: {key.secret}"
        head = f"{method} {self.path_of(route)} HTTP/1.1\r\nHost: {self._host}\r\n{shown}\r\n"
        for name, value in route.headers:
            head += f"{name}: {value}\r\n"
        if self.custom_headers:
            head += _further(self.custom_headers, route.headers)
        if method == "POST" and not route.verb:
            head += f"Content-Type: application/json\r\nContent-Length: {len(route.body)}\r\n"
        return GeminiRequest(self._origin_for(key), f"{head}\r\n".encode("latin-1"), route.body)

    def path_of(self, route: Route) -> str:
        """Below the host."""
        return f"/{self._prefix}/{route.path}" if self._prefix else f"/{route.path}"

    def _origin_for(self, key: KeySpec) -> Origin:
        """Its own proxy, or the same one of all every time: Google sees each key come from one place."""
        if key.proxy:
            return self._origins[0]._replace(proxy=key.proxy)
        if len(self._origins) == 1:
            return self._origins[0]
        return self._origins[crc32(key.id.encode()) % len(self._origins)]


def _further(lines: HeaderLines, own: Iterable[tuple[str, str]]) -> str:
    brought = {name.lower() for name, _ in own}
    return "".join(f"{line.name}: {line.value}\r\n" for line in lines if line.name.lower() not in brought)
