"""A pool of a few keys on a plain day, and what is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.outcome import Cause, Limit, Outcome, Window
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, Lease, Never, NotYet, Ticket
from gemini_balance.core.pool.lane import EVERYONE

if TYPE_CHECKING:
    from gemini_balance.core.pool.windows import Limits

MODEL = "gemini-3.8-flash"
NOW = 1_000_000.0
MIDNIGHT = 1_065_600.0  # the next one in Los Angeles
LEAVES = 60.5  # seconds that a request stays in the window
GOOD, GONE = Outcome(Cause.ANSWERED), Outcome(Cause.CLIENT_GONE)
DEAD, REFUSED = Outcome(Cause.KEY_DEAD), Outcome(Cause.KEY_REFUSED)
OVERLOADED = Outcome(Cause.MODEL_OVERLOADED)
HURRIED = Demand(MODEL, hurried=True)


def key(
    name: str,
    project: str = "",
    weight: int = 1,
    models: str = "",
    tags: str = "",
    *,
    paid: bool = False,
    off: bool = False,
) -> KeySpec:
    words = frozenset(models.split()), paid, frozenset(tags.split())
    return KeySpec(KeyId(name), f"secret-{name}", project, weight, *words, off=off)


def pool_of(*specs: KeySpec | str, told: Limits | None = None, max_failures: int = 3) -> KeyPool:
    limits = {} if told is None else {MODEL: {EVERYONE: told}}
    return KeyPool([key(spec) if isinstance(spec, str) else spec for spec in specs], max_failures, told_limits=limits)


def call(
    model: str = MODEL,
    exclude: str = "",
    pinned: str = "",
    tokens: int = 0,
    client: str = "",
    *,
    again: bool = False,
    units: int = 1,
    tags: str = "",
) -> Demand:
    """A call; `exclude` names keys of one letter."""
    excluded, only = frozenset(KeyId(name) for name in exclude), frozenset(tags.split())
    return Demand(
        model, excluded, KeyId(pinned) if pinned else None, tokens, client, again=again, units=units, tags=only
    )


def lent(pool: KeyPool, now: float = NOW, wanted: Demand | None = None) -> Lease:
    got = pool.acquire(now, wanted or call())
    assert isinstance(got, Lease), got
    return got


def ends(pool: KeyPool, outcome: Outcome, now: float = NOW, wanted: Demand | None = None) -> str:
    """Let the next attempt come to this; which key made it?"""
    lease = lent(pool, now, wanted)
    pool.settle(now, lease, outcome)
    return lease.key.id


def ask(pool: KeyPool, now: float = NOW, wanted: Demand | None = None) -> str | NotYet | Never:
    """The key that answers well, or why none does."""
    got = pool.acquire(now, wanted or call())
    if isinstance(got, Lease):
        pool.settle(now, got, GOOD)
        return got.key.id
    return got


def minute(seconds: float | None = None, rpm: int | None = None, tpm: int | None = None) -> Outcome:
    """A refusal for a spent minute, which may name its end and its limit."""
    named = ((Window.RPM, rpm), (Window.TPM, tpm))
    limits = tuple(Limit(window, units) for window, units in named if units is not None)
    return Outcome(Cause.QUOTA_MINUTE, retry_after=seconds, limits=limits)


def day(rpd: int | None = None) -> Outcome:
    return Outcome(Cause.QUOTA_DAY, limits=() if rpd is None else (Limit(Window.RPD, rpd),))


def asked_until_refused(pool: KeyPool, now: float = NOW, wanted: Demand | None = None) -> int:
    """How many calls are answered one after the other, before one is not. At most 200."""
    return next((n for n in range(200) if not isinstance(ask(pool, now, wanted), str)), 200)


def waits(pool: KeyPool, wanted: Demand, now: float = NOW) -> Ticket:
    """A place in the queue."""
    ticket = pool.enqueue(now, wanted)
    assert ticket is not None
    return ticket


def served(pool: KeyPool, now: float) -> list[Ticket]:
    """Who is granted a key now, and gets a good answer."""
    granted = pool.grant(now)
    for _, lease in granted.leases:
        pool.settle(now, lease, GOOD)
    return [ticket for ticket, _ in granted.leases]
