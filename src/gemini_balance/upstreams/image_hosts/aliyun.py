"""Aliyun OSS: an object is put into a bucket, signed with version 4 of its signatures."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gemini_balance.upstreams.image_hosts.sending import Upload, send

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Clock

ALGORITHM = "OSS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
SERVICE, REQUEST = "oss", "aliyun_v4_request"


@dataclass(frozen=True, slots=True)
class AliyunOss:
    """Implements `ImageHost`. Endpoints are hosts, with `http://` before them where TLS is not wanted.

    `inner` is where objects are put, `endpoint` where everybody reads them.
    """

    endpoint: str
    inner: str
    key: str
    secret: str
    bucket: str
    region: str
    clock: Clock

    async def upload(self, name: str, kind: str, data: bytes) -> str:
        await send(self.put(name, kind, data))
        return self._url(self.endpoint, name)

    def put(self, name: str, kind: str, data: bytes) -> Upload:
        """The request, signed for this moment."""
        now = datetime.fromtimestamp(self.clock.unix(), UTC)
        headers = {"content-type": kind, "x-oss-content-sha256": UNSIGNED, "x-oss-date": f"{now:%Y%m%dT%H%M%SZ}"}
        scope = (f"{now:%Y%m%d}", self.region.removeprefix("oss-"), SERVICE, REQUEST)
        signed = signature(self.secret, f"/{self.bucket}/{name}", headers, scope)
        credential = "/".join((self.key, *scope))
        headers["Authorization"] = f"{ALGORITHM} Credential={credential},Signature={signed}"
        return Upload("PUT", self._url(self.inner or self.endpoint, name), headers, data)

    def _url(self, endpoint: str, name: str) -> str:
        scheme, _, host = endpoint.rpartition("://")
        return f"{scheme or 'https'}://{self.bucket}.{host.rstrip('/')}/{name}"


def signature(secret: str, resource: str, headers: dict[str, str], scope: tuple[str, ...], query: str = "") -> str:
    """Of a PUT. `headers` are those that are signed, in small letters; `query` is sorted and encoded already."""
    lines = "".join(f"{header}:{value}\n" for header, value in sorted(headers.items()))
    canonical = f"PUT\n{resource}\n{query}\n{lines}\n\n{UNSIGNED}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    told = "\n".join((ALGORITHM, headers["x-oss-date"], "/".join(scope), digest))
    key = f"aliyun_v4{secret}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, told.encode(), "sha256").hexdigest()
