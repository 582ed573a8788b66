"""An operator's session as a signed value that the browser keeps: nothing of it has to be looked up anywhere.

It ends twelve hours after it was last seen, and seven days after it began. What ends all of them at once is the
account's epoch: a session that began under a lower one is over.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from msgspec.structs import replace

HOUR = 3600.0
IDLE = 12 * HOUR
LONGEST = 168 * HOUR
RENEWED_AFTER = HOUR  # a new value for each request would be of no use to anybody
LONGEST_VALUE = 1024  # characters


class Session(msgspec.Struct, frozen=True, array_like=True):
    """Times are seconds since 1970. `id` is random: it tells sessions apart that began at once."""

    account: str
    epoch: int
    issued: float
    expires: float
    id: str


_decoder = msgspec.msgpack.Decoder(Session)


def begun(account: str, epoch: int, now: float, session_id: str) -> Session:
    return Session(account, epoch, now, now + IDLE, session_id)


def signed(session: Session, key: bytes) -> str:
    """The value that a cookie holds."""
    payload = _text(msgspec.msgpack.encode(session))
    return f"{payload}.{_mac(payload, key)}"


def verified(value: str, key: bytes, now: float) -> Session | None:
    """The session, where its signature is ours and it has not ended; takes the same time for every wrong signature."""
    payload, _, mac = value[:LONGEST_VALUE].partition(".")
    if not hmac.compare_digest(_encoded(mac), _encoded(_mac(payload, key))):
        return None
    try:
        session = _decoder.decode(urlsafe_b64decode(f"{payload}{'=' * (-len(payload) % 4)}"))
    except (msgspec.DecodeError, ValueError):  # signed by another version of ours
        return None
    return session if session.issued <= now < session.expires else None


def renewed(session: Session, now: float) -> Session | None:
    """The same session seen at `now`; None while that would change little."""
    expires = min(now + IDLE, session.issued + LONGEST)
    return replace(session, expires=expires) if expires - session.expires >= RENEWED_AFTER else None


def _mac(payload: str, key: bytes) -> str:
    return _text(hmac.digest(key, b"session:" + _encoded(payload), "sha256"))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _encoded(text: str) -> bytes:
    """Whatever it holds."""
    return text.encode(errors="backslashreplace")
