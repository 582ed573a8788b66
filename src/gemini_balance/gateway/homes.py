"""What a client makes in one go shall live with one key, or no request could name all of it."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gemini_balance.core.pool import KeyId

GAP = 60.0  # seconds after which what is made next is taken for another matter
LONGEST = 300.0  # seconds with one key: each key's quota is small, and who never pauses shall use them all
MOST = 10_000  # clients


class _Visit(NamedTuple):
    key: KeyId
    first: float
    last: float


class Homes:
    """The key to try first. Nothing breaks where it can't serve: the next one that does is the home then."""

    def __init__(self) -> None:
        self._visits: OrderedDict[str, _Visit] = OrderedDict()

    def find(self, now: float, client: str) -> KeyId | None:
        """Where this client made something just before."""
        visit = self._visits.get(client)
        if visit is None or now - visit.last > GAP or now - visit.first > LONGEST:
            return None
        return visit.key

    def note(self, now: float, client: str, key: KeyId) -> None:
        """This client made something there."""
        stays = self.find(now, client) == key
        self._visits[client] = _Visit(key, self._visits[client].first if stays else now, now)
        self._visits.move_to_end(client)
        if len(self._visits) > MOST:
            self._visits.popitem(last=False)
