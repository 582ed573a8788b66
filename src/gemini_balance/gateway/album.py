"""Addresses for pictures: at the operator's image host, else at the gateway itself, signed and for a while."""

from __future__ import annotations

import hashlib
import hmac
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.core.gemini.mime import HEAD, sniffed
from gemini_balance.gateway.ports import UploadFailed

if TYPE_CHECKING:
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.ports import Clock, ImageHost, PictureStore

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
"""What browsers show. Anything else is a file to them, whatever it is called."""
OTHER, OTHER_ENDING = "application/octet-stream", "bin"
PREFIX = "pictures"
SHORT = 40  # hexadecimal digits of a name
log = logging.getLogger(__name__)


class Shown(NamedTuple):
    """A picture for a browser; `kind` is OTHER for what is none. `seconds`: how long its address still leads to it."""

    kind: str
    data: bytes
    seconds: int


@dataclass(slots=True)
class Album:
    """One per process."""

    store: PictureStore
    clock: Clock
    host: ImageHost | None = None

    async def address(self, data: bytes, ours: str, options: Options) -> str:
        """`ours`: scheme and host of the gateway. What the image host does not take is kept here.

        Raises CannotKeep.
        """
        kind = kind_of(data)
        name = f"{hashlib.sha256(data).hexdigest()[:SHORT]}.{ENDINGS.get(kind, OTHER_ENDING)}"
        if self.host is not None:
            try:
                return await self.host.upload(name, kind, data)
            except UploadFailed as failed:
                log.warning("The image host did not take a picture, so it is kept here: %s", failed)
        now, seconds = self.clock.unix(), options.image_url_hours * 3600
        await self.store.keep(name, data, now, seconds, int(options.image_store_mb * 1_000_000))
        until = int(now + seconds)
        return f"{ours}/{PREFIX}/{name}?until={until}&signature={self._signature(name, str(until))}"

    async def find(self, name: str, until: str, signature: str) -> Shown | None:
        """None for an address that we didn't give out, that has expired, or whose picture had to go."""
        if not hmac.compare_digest(self._signature(name, until).encode(), signature.encode()):
            return None
        seconds = int(until) - int(self.clock.unix())
        data = await self.store.get(name) if seconds > 0 else None
        return None if data is None else Shown(kind_of(data), data, seconds)

    def _signature(self, name: str, until: str) -> str:
        return hmac.new(self.store.secret, f"{name}\n{until}".encode(), hashlib.sha256).hexdigest()


def kind_of(data: bytes) -> str:
    """By the bytes alone: what somebody calls them proves nothing."""
    found = sniffed(data[:HEAD])
    return found if found in ENDINGS else OTHER
