"""What the use cases keep: keys, client tokens, options, who may operate, and who changed what.

Each protocol has a contract that is run on SQLite, on PostgreSQL and on the store in memory. Times are seconds since
1970. A store's writes are whole: all of one call's rows and its change, or nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from gemini_balance.core.call import GEMINI_API

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.core.pool import KeyId


class Origin(StrEnum):
    """Where a key or a client token came from."""

    ENVIRONMENT = "environment"  # listed there at the last start that had it
    OPERATOR = "operator"


class Off(StrEnum):
    """Why a key or a client token does not serve, though it is kept."""

    NO = ""
    OPERATOR = "operator"
    UNLISTED = "unlisted"  # the environment lists it no longer
    DELETED = "deleted"  # kept so that the environment can't bring it back


class Tier(StrEnum):
    """What a key costs: a paid one serves only what is for paid keys."""

    FREE = "free"
    PAID = "paid"


MANY_KEYS, MANY_TOKENS, MANY_DETAILS = "keys", "tokens", "error details"
"""Of a change's target, behind their number."""


class Subject(StrEnum):
    """What a change is of."""

    KEY = "key"
    TOKEN = "token"  # noqa: S105  (a word, not a token)
    OPTION = "option"
    ACCOUNT = "account"
    POOL = "pool"
    JOURNAL = "journal"
    BACKUP = "backup"
    ALERT = "alert"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did. No secret is in it."""

    at: float
    who: str  # "operator", "environment", "command line"
    subject: Subject
    target: str  # an id or a name; of many: how many, in words
    action: str  # a verb: "add", "set", "delete"
    before: str | None = None  # JSON
    after: str | None = None  # JSON
    id: int = 0  # given by the store; greater ones are later

    @property
    def count(self) -> int | None:
        """How many it is of, where they are not named."""
        number, _, what = self.target.partition(" ")
        return int(number) if what in (MANY_KEYS, MANY_TOKENS, MANY_DETAILS) and number.isdecimal() else None


class KeptKey(msgspec.Struct, frozen=True, kw_only=True):
    """A Gemini key with all that is known of it. `off`, `off_since`: whether, and since when, it does not serve."""

    id: KeyId
    secret: str
    upstream: str = GEMINI_API
    label: str = ""
    project: str = ""
    tags: frozenset[str] = frozenset()
    notes: str = ""
    weight: int = 1
    models: frozenset[str] = frozenset()
    proxy: str = ""
    tier: Tier = Tier.FREE
    origin: Origin = Origin.OPERATOR
    off: Off = Off.NO
    off_since: float = 0.0
    created: float = 0.0

    def __repr__(self) -> str:
        return f"KeptKey({self.id!r})"


class KeptToken(msgspec.Struct, frozen=True, kw_only=True):
    """A client token, of which only a keyed hash is kept. Limits of 0 are none."""

    id: str
    digest: bytes
    name: str
    shown: str  # its last four characters; empty where that would be half of it
    models: frozenset[str] = frozenset()  # empty: all
    tags: frozenset[str] = frozenset()  # of the keys that may serve it; empty: all
    rpm: int = 0
    tokens_per_day: int = 0
    expires: float | None = None
    origin: Origin = Origin.OPERATOR
    off: Off = Off.NO
    off_since: float = 0.0
    created: float = 0.0
    last_used: float | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Who may operate. `hash` is argon2's of the password; `epoch` ends sessions that began under a lower one."""

    name: str
    hash: str
    initial: bool  # the password is the one that was made at the first start
    changed: float
    epoch: int = 0


class KeyStore(Protocol):
    """Secrets are sealed where they lie."""

    async def all(self) -> list[KeptKey]:
        """By age; deleted ones, too."""

    async def put(self, keys: Sequence[KeptKey], change: Change) -> None:
        """Adds them, or replaces those of the same ids."""


class TokenStore(Protocol):
    async def all(self) -> list[KeptToken]:
        """By age; deleted ones, too."""

    async def put(self, tokens: Sequence[KeptToken], change: Change) -> None:
        """Adds them, or replaces those of the same ids."""

    async def used(self, last: Mapping[str, float]) -> None:
        """When tokens, by their ids, were used last. No change of anybody's."""


class OptionStore(Protocol):
    async def all(self) -> dict[str, str]:
        """What operators changed: names of options (Options' own), and JSON."""

    async def put(self, values: Mapping[str, str | None], changes: Sequence[Change]) -> None:
        """None takes back what was changed."""


class AccountStore(Protocol):
    async def get(self, name: str) -> Account | None: ...

    async def add(self, account: Account, change: Change) -> bool:
        """False where there is one of this name, which stays as it is."""

    async def put(self, account: Account, change: Change) -> None:
        """Adds it, or replaces the one of this name."""


class PasswordHasher(Protocol):
    """Slow on purpose, so nothing else may wait for it."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, hashed: str, password: str) -> bool: ...


class FirstPassword(Protocol):
    """Where the password of the first start can be read until it is changed."""

    @property
    def place(self) -> str:
        """Where that is, for a person."""

    def keep(self, password: str) -> str:
        """The one that is kept: this one, or the one that was there before. Raises OSError."""

    def replace(self, password: str) -> None:
        """Whatever was there. Raises OSError."""

    def drop(self) -> None:
        """It is of no use any more, if it is there at all. Raises OSError."""


class ChangeLog(Protocol):
    """Who did what; its last number tells whether anything changed."""

    async def latest(self) -> int:
        """The number of the last change; 0 before the first."""

    async def others(self, after: int) -> list[int]:
        """Numbers above that one, in their order, of changes that other processes made.

        A number may come to be seen after a greater one: what is begun first may be whole last.
        """

    async def add(self, change: Change) -> None:
        """Of what no other store keeps."""

    async def page(
        self, before: int | None, most: int, subject: Subject | None = None, target: str = ""
    ) -> list[Change]:
        """The latest ones whose numbers are below `before`, the newest first."""


class Size(NamedTuple):
    """How much room a database takes, in bytes, with what is free in it; `kind`: "sqlite" or "postgresql"."""

    kind: str
    kept: int
    journal: int


class Sizes(Protocol):
    async def size(self) -> Size: ...


class Secrets(msgspec.Struct, frozen=True):
    """Random keys that live as long as the database: for hashes of tokens and keys, for sessions, for addresses."""

    pepper: bytes
    sessions: bytes
    addresses: bytes

    def __repr__(self) -> str:
        return "Secrets()"


class Replica(msgspec.Struct, frozen=True, kw_only=True):
    """One process that serves. `id` is made at its start; `host`: what its machine or container calls itself."""

    id: str
    host: str
    version: str
    began: float


class Heard(NamedTuple):
    """A replica, and the seconds since it said that it lives."""

    replica: Replica
    silent: float


class ReplicaStore(Protocol):
    """Who serves on this database. How long ago something was said, the database's own clock tells."""

    async def beat(self, replica: Replica, forget: float) -> None:
        """This one lives. Those that have been silent for `forget` seconds are no longer known."""

    async def leave(self, replica_id: str) -> None:
        """It ended; nobody who isn't known is missed."""

    async def all(self) -> list[Heard]:
        """The oldest first."""
