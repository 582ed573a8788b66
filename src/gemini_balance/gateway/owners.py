"""Who made what at Google, and with which key: a file, a cache, a batch… answers to no other."""

from __future__ import annotations

from collections import OrderedDict
from math import inf
from typing import TYPE_CHECKING

from gemini_balance.core.errors import BadRequest, NotFound
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.homes import GAP
from gemini_balance.gateway.ports import Owned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.gateway.ports import Clock, ResourceStore

APART = (
    "{first} and {second} live with different API keys, so no request can use both, and Google lets no key read an "
    "uploaded file to copy it. Make both anew, one right after the other: what a token makes within {gap:g} s of its "
    "last stays with one key. A cache that is made of a file stays with that file's key at any time."
)
MOST = 10_000  # names that are known without asking the store
DAY = 86_400.0
# How long Google keeps them at most; the rest stays until it is deleted. An upload may be resumed for a week.
KEPT = {
    "uploads": 8 * DAY,
    "files": 3 * DAY,
    "continuations": 2 * DAY,
    "auth_tokens": 2 * DAY,
    "sessions": 2 * DAY,
    "interactions": 60 * DAY,
}
CHILDREN = frozenset({"fileSearchStores", "tunedModels", "corpora", "interactions", "environments", "triggers"})
"""What is in one of these is its own: only the outermost name is remembered."""


class Owners:
    """Reads through a cache, writes before it returns. `client` is the id of a client token."""

    def __init__(self, store: ResourceStore, clock: Clock, most: int = MOST) -> None:
        self._store = store
        self._clock = clock
        self._most = most
        self._known: OrderedDict[tuple[str, str], KeyId] = OrderedDict()

    async def key_of(self, client: str, name: str) -> KeyId | None:
        """The key that made it for this client; None where it is not this client's."""
        if (key := self._known.get((client, name))) is not None:
            self._known.move_to_end((client, name))
            return key
        owned = await self._store.get(client, name)
        if owned is None or owned.until <= self._clock.unix():
            return None
        self._remember(client, name, KeyId(owned.key))
        return KeyId(owned.key)

    async def whose(self, name: str) -> str:
        """The id of the client that has a name nobody can guess; empty where nobody has it."""
        owned = await self._store.whose(name)
        return owned.client if owned is not None and owned.until > self._clock.unix() else ""

    async def pin(self, client: str, names: Iterable[str]) -> KeyId | None:
        """The one key that all of these live with; None without names.

        Raises NotFound for what is not this client's, BadRequest where they live with two keys.
        """
        first, pinned = "", None
        for name in names:
            key = await self.key_of(client, outermost(name))
            if key is None:
                raise NotFound(f"{told(name)} was not found, or it is not this token's.")
            if pinned is not None and key != pinned:
                raise BadRequest(APART.format(first=told(first), second=told(name), gap=GAP))
            first, pinned = first or name, key
        return pinned

    async def note(self, client: str, name: str, key: KeyId) -> None:
        """This client made it with this key."""
        name = outermost(name)
        if self._known.get((client, name)) == key:
            return
        now = self._clock.unix()
        until = now + KEPT.get(name.partition("/")[0], inf)
        await self._store.put(Owned(name, key, client, until), now)
        self._remember(client, name, key)

    async def forget(self, client: str, name: str) -> None:
        """It was deleted."""
        self._known.pop((client, name), None)
        await self._store.delete(client, name)

    async def owned(self, client: str, collection: str) -> dict[KeyId, set[str]]:
        """All that a client has in a collection, by key."""
        found: dict[KeyId, set[str]] = {}
        now = self._clock.unix()
        for owned in await self._store.all_of(client, f"{collection}/"):
            if owned.until > now:
                found.setdefault(KeyId(owned.key), set()).add(owned.name)
        return found

    def _remember(self, client: str, name: str, key: KeyId) -> None:
        self._known[client, name] = key
        self._known.move_to_end((client, name))
        if len(self._known) > self._most:
            self._known.popitem(last=False)


def outermost(name: str) -> str:
    """`fileSearchStores/s/documents/d` is the store's."""
    pieces = name.split("/")
    return "/".join(pieces[:2]) if pieces[0] in CHILDREN else name


def told(name: str) -> str:
    """For a caller: what it may not know the name of is called by its kind."""
    kinds = {
        "continuations": "The answer that this continuation token belongs to",
        "uploads": "This upload",
        "sessions": "The session of this handle",
    }
    return kinds.get(name.partition("/")[0], name[:200])
