"""The random keys of a database: made once, kept wrapped by what SECRET_KEY makes, so that a new SECRET_KEY re-wraps
one row."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select, update

from gemini_balance.gateway.stores import Secrets
from gemini_balance.storage.engine import alone
from gemini_balance.storage.private import first, make_folder
from gemini_balance.storage.schema import vault as table

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

SIZE = 32  # bytes of each random key
NONCE = 12
SHORTEST = 16  # characters of a SECRET_KEY
ROW = 1
FILE = "secret-key"
WRONG = (
    "SECRET_KEY is not the one that this database was made with, so nothing in it can be read. Start with that one; "
    "nothing was changed."
)
MISSING = (
    "SECRET_KEY must be set where DATABASE_URL names a server, and be the same on every replica: it protects what the "
    "database keeps. Make one: openssl rand -hex 32"
)
SHORT = f"SECRET_KEY must have at least {SHORTEST} characters. Make one: openssl rand -hex 32"


class VaultClosed(Exception):
    """The database's random keys can't be had; the message says what to do."""


class _Bundle(msgspec.Struct, frozen=True):
    data: bytes
    pepper: bytes
    sessions: bytes
    addresses: bytes


class Vault:
    """Seals what must not be read where it is kept, and holds the database's other random keys."""

    def __init__(self, bundle: bytes) -> None:
        keys = msgspec.msgpack.decode(bundle, type=_Bundle)
        self._cipher = AESGCM(keys.data)
        self.secrets = Secrets(keys.pepper, keys.sessions, keys.addresses)

    def seal(self, plain: str, place: str) -> bytes:
        """`place` names where it will lie: put anywhere else it can't be opened."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Raises VaultClosed where it was changed, or lay in another place."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], place.encode()).decode()
        except InvalidTag:
            raise VaultClosed(f"What is sealed in {place} was changed, or copied from elsewhere.") from None

    def fingerprint(self, secret: str) -> bytes:
        """Tells whether two secrets are the same one, and nothing else about them."""
        return hmac.digest(self.secrets.pepper, secret.encode(), "sha256")


def open_vault(connection: Connection, secret_key: str) -> Vault:
    """The one of this database, made where it has none. Raises VaultClosed."""
    if len(secret_key) < SHORTEST:
        raise VaultClosed(SHORT)
    alone(connection)
    row = connection.execute(select(table.c.salt, table.c.proof, table.c.wrapped)).first()
    if row is None:
        return _made(connection, secret_key)
    return Vault(_unwrapped(secret_key, bytes(row.salt), bytes(row.proof), bytes(row.wrapped)))


def is_made(connection: Connection) -> bool:
    """Are there random keys in this database?"""
    return connection.execute(select(table.c.id)).first() is not None


def prove(connection: Connection, secret_key: str) -> None:
    """Raises VaultClosed where this SECRET_KEY does not open what there is."""
    row = connection.execute(select(table.c.salt, table.c.proof, table.c.wrapped)).one()
    _unwrapped(secret_key, bytes(row.salt), bytes(row.proof), bytes(row.wrapped))


def rewrap(connection: Connection, old: str, new: str) -> None:
    """From one SECRET_KEY to the next. Raises VaultClosed."""
    if len(new) < SHORTEST:
        raise VaultClosed(SHORT)
    row = connection.execute(select(table.c.salt, table.c.proof, table.c.wrapped).with_for_update()).first()
    if row is None:
        raise VaultClosed("This database has no random keys yet: there is nothing to wrap anew.")
    bundle = _unwrapped(old, bytes(row.salt), bytes(row.proof), bytes(row.wrapped))
    connection.execute(update(table).values(_wrapped(new, bundle)))


def secret_key_in(folder: Path) -> str:
    """Kept in a file that only its owner may read, made at the first start. Raises OSError."""
    make_folder(folder)
    return first(folder / FILE, f"{secrets.token_hex(SIZE)}\n".encode()).decode().strip()


def _made(connection: Connection, secret_key: str) -> Vault:
    bundle = msgspec.msgpack.encode(_Bundle(*(os.urandom(SIZE) for _ in range(4))))
    connection.execute(insert(table).values(id=ROW, **_wrapped(secret_key, bundle)))
    return Vault(bundle)


def _wrapped(secret_key: str, bundle: bytes) -> dict[str, bytes]:
    salt, nonce = os.urandom(NONCE), os.urandom(NONCE)
    key, proof = _derived(secret_key, salt)
    return {"salt": salt, "proof": proof, "wrapped": nonce + AESGCM(key).encrypt(nonce, bundle, None)}


def _unwrapped(secret_key: str, salt: bytes, proof: bytes, wrapped: bytes) -> bytes:
    key, expected = _derived(secret_key, salt)
    if not hmac.compare_digest(proof, expected):
        raise VaultClosed(WRONG)
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE], wrapped[NONCE:], None)
    except InvalidTag:
        raise VaultClosed("The database's random keys were damaged. Restore the last backup.") from None


def _derived(secret_key: str, salt: bytes) -> tuple[bytes, bytes]:
    """A key, and what proves it right. Slow on purpose: SECRET_KEY may be made up by a person."""
    both = hashlib.scrypt(secret_key.encode(), salt=salt, n=2**14, r=8, p=1, dklen=2 * SIZE)
    return both[:SIZE], hashlib.sha256(both[SIZE:]).digest()
