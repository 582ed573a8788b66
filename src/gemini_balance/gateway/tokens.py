"""Who may call: client tokens, looked up by a keyed hash so that the time taken tells nothing about them."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from gemini_balance.core.allowance import Allowances
from gemini_balance.core.errors import BadRequest, NotFound
from gemini_balance.core.redaction import tail_of
from gemini_balance.gateway.peppered import Peppered
from gemini_balance.gateway.stores import MANY_TOKENS, Change, KeptToken, Off, Origin, Subject
from gemini_balance.gateway.token_rows import (
    Terms,
    changed_terms,
    differences,
    from_environment,
    principal_of,
    token_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gemini_balance.core.call import Principal
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import TokenStore

RANDOM = 32  # bytes of a token that is made: 43 characters
SHORTEST = 8  # characters of one that somebody thought of
LONGEST = 512
SAVE_SECONDS = 60.0
WHY_NOT = {
    Off.OPERATOR: "This token is disabled. The operator can enable it again.",
    Off.UNLISTED: "This token is no longer in ALLOWED_TOKENS. The operator can list it again, or enable it.",
}
NO_SUCH = "There is no client token of this id."
TAKEN = "This gateway has this token already, under the id {id}."
UNFIT = f"A token has {SHORTEST} to {LONGEST} printable ASCII characters, without spaces."
DIFFERS = (
    "A gateway that started later lists fewer ALLOWED_TOKENS: %d of this one's are off. Give all of them the same."
)
log = logging.getLogger(__name__)


class Made(NamedTuple):
    """A new token. Its secret is told here and never again."""

    token: KeptToken
    secret: str

    def __repr__(self) -> str:
        return f"Made({self.token!r})"


class TokenBook:
    """All client tokens as a snapshot in memory; the secrets themselves are not kept.

    Changes go to the store first, so that what was acknowledged is written.
    """

    def __init__(self, store: TokenStore, pepper: bytes, clock: Clock, listed: Iterable[str] = ()) -> None:
        """`pepper` lasts as long as the store; `listed` are the environment's tokens."""
        self._store, self._digest, self._clock = store, Peppered(pepper), clock
        self._listed = {self._digest(token.encode()): tail_of(token) for token in listed}  # what may be seen of them
        self._rows: dict[bytes, KeptToken] = {}
        self._used: dict[str, float] = {}
        self._missed = 0  # tokens that are listed here, and were not where another process started later
        self._writing = asyncio.Lock()
        self.allowances = Allowances()
        self._take(from_environment((), self._listed, clock.unix()).added)

    def __len__(self) -> int:
        """Those that may call."""
        return len(self._principals)

    # Looking up: on the way of every request, so nothing here waits.

    def find(self, token: bytes) -> Principal | None:
        return self._principals.get(self._digest(token))

    def by_id(self, token_id: str) -> Principal | None:
        """Who has this id; None when that token is none any more."""
        return self._by_id.get(token_id)

    def why_not(self, token: bytes) -> str:
        """Why a token that we know finds nobody; empty for one that we don't."""
        row = self._rows.get(self._digest(token))
        return WHY_NOT.get(row.off, "") if row is not None else ""

    def knows(self, token: bytes) -> bool:
        """Is it, or was it ever, a client token?"""
        return self._digest(token) in self._rows

    def admit(self, now: float, caller: Principal, *, counts: bool = True) -> None:
        """Raises NotSignedIn for a token that expired, MinuteSpent, DaySpent."""
        self._used[caller.id] = now
        if caller.allowance is not None:
            self.allowances.admit(now, caller.id, caller.allowance, counts=counts)

    def spend(self, caller: Principal, tokens: int) -> None:
        """A call of this caller's ended, and used so many tokens."""
        if tokens:
            self.allowances.spend(self._clock.now(), caller.id, tokens)

    # Use cases. `who` is told in the log of changes.

    def all(self, *, deleted: bool = False) -> list[KeptToken]:
        """By age, with when each was used last."""
        return [self._with_use(row) for row in self._rows.values() if deleted or row.off is not Off.DELETED]

    def get(self, token_id: str) -> KeptToken:
        """Raises NotFound."""
        found = next((row for row in self.all() if row.id == token_id), None)
        if found is None:
            raise NotFound(NO_SUCH)
        return found

    def used_today(self, token_id: str) -> int:
        """Tokens since 00:00 UTC, counted for those with limits only."""
        return self.allowances.today(self._clock.now(), token_id)

    async def make(self, terms: Terms, who: str, secret: str = "") -> Made:
        """A new token; `secret` is one that is in use elsewhere, empty for a random one. Raises BadRequest."""
        if secret and not _is_fit(secret):
            raise BadRequest(UNFIT, param="secret")
        secret = secret or f"sk-{secrets.token_urlsafe(RANDOM)}"
        digest, now = self._digest(secret.encode()), self._clock.unix()
        new = KeptToken(id=token_id(digest), digest=digest, name="", shown=tail_of(secret), created=now)
        new = changed_terms(new, terms, now)
        await asyncio.shield(self._add(new, who))
        return Made(new, secret)

    async def change(self, token_id: str, terms: Terms, who: str) -> KeptToken:
        """Only what `terms` says. Raises NotFound, BadRequest."""
        return await asyncio.shield(self._edit(token_id, terms, who))

    async def disable(self, token_id: str, who: str) -> KeptToken:
        """Its callers get 401 from now on. Raises NotFound."""
        return await asyncio.shield(self._switch(token_id, Off.OPERATOR, "disable", who))

    async def enable(self, token_id: str, who: str) -> KeptToken:
        """Raises NotFound."""
        return await asyncio.shield(self._switch(token_id, Off.NO, "enable", who))

    async def delete(self, token_id: str, who: str) -> None:
        """It is gone until it is made again by hand, whatever the environment lists. Raises NotFound."""
        await asyncio.shield(self._switch(token_id, Off.DELETED, "delete", who))

    # What happens beside the calls.

    async def begin(self) -> None:
        """Before the first call: what is kept, and what the environment lists."""
        async with self._writing:
            await self._load()
            now = self._clock.unix()
            found = from_environment(self._rows.values(), self._listed, now)
            for action, rows in found._asdict().items():
                if rows:
                    log.info("Client tokens of the environment: %d %s", len(rows), action)
                    target = rows[0].id if len(rows) == 1 else f"{len(rows)} {MANY_TOKENS}"
                    change = Change(at=now, who="environment", subject=Subject.TOKEN, target=target, action=action)
                    await self._put(rows, change)

    async def reload(self) -> None:
        """Another process may have changed them."""
        async with self._writing:
            await self._load()
        missed = sum(1 for row in self._rows.values() if row.off is Off.UNLISTED and row.digest in self._listed)
        if missed > self._missed:
            log.warning(DIFFERS, missed)
        self._missed = missed

    async def run(self) -> None:
        """Write down when tokens were used, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            await self.save_used()

    async def save_used(self) -> None:
        """A store that fails costs nothing but this: it is tried again."""
        used, self._used = self._used, {}
        try:
            await self._store.used(used)
        except Exception:
            self._used = used | self._used
            log.exception("It could not be written down when tokens were used last")
        else:
            self._rows = {row.digest: _used_at(row, used) for row in self._rows.values()}

    # Whoever asks for a change may leave in the middle of it: what is stored is served with, too.

    async def _add(self, new: KeptToken, who: str) -> None:
        async with self._writing:
            await self._load()
            if (row := self._rows.get(new.digest)) is not None and row.off is not Off.DELETED:
                raise BadRequest(TAKEN.format(id=row.id), param="secret")
            await self._put([new], self._change(who, new.id, "make", None, new))

    async def _edit(self, token_id: str, terms: Terms, who: str) -> KeptToken:
        async with self._writing:
            row = await self._loaded(token_id)
            new = changed_terms(row, terms, self._clock.unix())
            await self._put([new], self._change(who, token_id, "change", row, new))
        return new

    async def _switch(self, token_id: str, off: Off, action: str, who: str) -> KeptToken:
        async with self._writing:
            row = await self._loaded(token_id)
            if row.off is off:
                return row
            now = self._clock.unix()
            # One that is enabled by hand though the environment doesn't list it would be off again at the next start.
            origin = Origin.OPERATOR if row.off is Off.UNLISTED else row.origin
            new = replace(row, off=off, off_since=now if off else 0.0, origin=origin)
            await self._put([new], Change(at=now, who=who, subject=Subject.TOKEN, target=token_id, action=action))
        return new

    async def _loaded(self, token_id: str) -> KeptToken:
        await self._load()
        return self.get(token_id)

    async def _load(self) -> None:
        self._take(await self._store.all())

    async def _put(self, rows: list[KeptToken], change: Change) -> None:
        await self._store.put(rows, change)
        self._take([*(self._rows | {row.digest: row for row in rows}).values()])

    def _take(self, rows: Iterable[KeptToken]) -> None:
        """From now on these are all."""
        self._rows = {row.digest: row for row in rows}
        serving = {row.digest: principal_of(row) for row in self._rows.values() if row.off is Off.NO}
        self._by_id = {principal.id: principal for principal in serving.values()}
        self._principals = serving
        self.allowances.keep(frozenset(row.id for row in self._rows.values()))

    def _with_use(self, row: KeptToken) -> KeptToken:
        return _used_at(row, self._used)

    def _change(self, who: str, target: str, action: str, old: KeptToken | None, new: KeptToken) -> Change:
        before, after = differences(old, new)
        now = self._clock.unix()
        return Change(at=now, who=who, subject=Subject.TOKEN, target=target, action=action, before=before, after=after)


def _is_fit(secret: str) -> bool:
    return SHORTEST <= len(secret) <= LONGEST and all("!" <= letter <= "~" for letter in secret)


def _used_at(row: KeptToken, used: Mapping[str, float]) -> KeptToken:
    last = used.get(row.id, 0.0)
    return replace(row, last_used=last) if last > (row.last_used or 0.0) else row
