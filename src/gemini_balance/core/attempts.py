"""Whether to try again: one pure function of the policy and what has happened so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.outcome import BLAME, Blame, Cause, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gemini_balance.core.pool.key import KeyId

# A refusal that retires or rests what refused costs nothing to try again elsewhere: the pool won't offer it twice.
FREE = frozenset({Blame.KEY, Blame.PROJECT, Blame.QUOTA, Blame.MODEL})
COUNTED = frozenset({Blame.CAPACITY, Blame.UPSTREAM})
# What lies between us and Google fails for any key.
ON_THE_WAY = frozenset({Cause.UNREACHABLE, Cause.CUT})
MAY_BE_THE_KEY = frozenset(cause for cause, blame in BLAME.items() if blame is Blame.UPSTREAM) - ON_THE_WAY
ONCE_MORE = frozenset({Cause.UPSTREAM_SLOW, Cause.EMPTY, Cause.THOUGHTS_ONLY, Cause.MALFORMED_CALL})
FIRST_DELAY, LONGEST_DELAY = 0.4, 4.0
"""Seconds before the next attempt when a model has no capacity: every key of it is as busy as the last one."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """`max_retries` counts failures that no key explains; `max_attempts` bounds everything."""

    max_retries: int = 3
    max_attempts: int = 25


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One try with one key: how it was chosen, and whether the caller saw content of it."""

    key: KeyId
    outcome: Outcome
    committed: bool = False
    seconds: float = 0.0
    why: str = ""
    until: float = 0.0  # the end of the rest that it brought, in seconds since 1970; 0: none
    began: float = 0.0  # on the clock of the calls


@dataclass(frozen=True, slots=True)
class TryAgain:
    """On another key than these, `delay` seconds from now."""

    exclude: frozenset[KeyId]
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Hand the last outcome to the caller, good or bad."""


Decision = TryAgain | Stop
STOP = Stop()


def decide(policy: RetryPolicy, history: Sequence[Attempt], dice: Callable[[], float]) -> Decision:
    """After at least one attempt: stop, or try another key. What the caller has seen is never replaced.

    `dice` gives numbers from 0 to 1.
    """
    last = history[-1]
    blame = last.outcome.blame
    if last.committed or len(history) >= policy.max_attempts or blame not in FREE | COUNTED:
        return STOP
    if blame in COUNTED and not _worth_it(policy, history):
        return STOP
    delay = _delay(history, dice) if blame is Blame.CAPACITY else 0.0
    return TryAgain(frozenset(attempt.key for attempt in history), delay)


def _worth_it(policy: RetryPolicy, history: Sequence[Attempt]) -> bool:
    last = history[-1].outcome.cause
    counted = sum(attempt.outcome.blame in COUNTED for attempt in history)
    same = sum(attempt.outcome.cause is last for attempt in history)
    return counted <= policy.max_retries and not (last in ONCE_MORE and same > 1)


def _delay(history: Sequence[Attempt], dice: Callable[[], float]) -> float:
    """Twice as long each time; by chance, so that calls refused together don't come back together."""
    refused = sum(attempt.outcome.blame is Blame.CAPACITY for attempt in history)
    return min(FIRST_DELAY * 2.0 ** (refused - 1) * (0.5 + dice()), LONGEST_DELAY)


def doubtful_keys(history: Sequence[Attempt]) -> list[KeyId]:
    """Keys that failed at what the last attempt's key then did well: it may have been their fault."""
    well = history[-1].key
    return [a.key for a in history if a.outcome.cause in MAY_BE_THE_KEY and a.key != well]
