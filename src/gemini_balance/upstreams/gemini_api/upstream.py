"""How a route becomes a request to the Gemini API."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from multidict import CIMultiDict

from gemini_balance.core.call import Operation

if TYPE_CHECKING:
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.pool import KeyId, KeySpec

READS = frozenset({Operation.LIST_MODELS, Operation.GET_MODEL})
_VERSION = re.compile(r"/v\d+[a-z]*/*$")


@dataclass(frozen=True, slots=True)
class GeminiRequest:
    """Ready to be sent; the key is in no other place than the one header Google wants it in."""

    url: str
    method: str
    headers: CIMultiDict[str]
    body: bytes
    proxy: str = ""


class GeminiApi:
    """`base_url` may end in a version (`…/v1beta`, as operators write it): each route brings its own."""

    def __init__(self, base_url: str, proxies: tuple[str, ...] = ()) -> None:
        self._base = _VERSION.sub("", base_url.rstrip("/")) + "/"
        self._proxies = proxies
        self._headers: dict[KeyId, tuple[str, CIMultiDict[str]]] = {}

    def request(self, route: Route, key: KeySpec) -> GeminiRequest:
        headers = self._headers_of(key)
        if route.headers:
            headers = headers.copy()
            headers.extend(route.headers)
        method = "GET" if route.operation in READS else "POST"
        return GeminiRequest(self._base + route.path, method, headers, route.body, self._proxy_of(key))

    def _headers_of(self, key: KeySpec) -> CIMultiDict[str]:
        """Made once per key and secret: a header map is the dearest thing a request would build anew."""
        secret, headers = self._headers.get(key.id) or ("", CIMultiDict[str]())
        if secret != key.secret:
            headers = CIMultiDict({"x-goog-api-key": key.secret, "Content-Type": "application/json"})
            self._headers[key.id] = (key.secret, headers)
        return headers

    def _proxy_of(self, key: KeySpec) -> str:
        """The same proxy for a key every time: Google sees each key come from one place."""
        if not self._proxies:
            return ""
        return self._proxies[crc32(key.id.encode()) % len(self._proxies)]
