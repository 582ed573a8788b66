"""What is asked of the pool, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.pool.key import KeyId  # noqa: TC001  (msgspec may ask for the types of the fields)

if TYPE_CHECKING:
    from gemini_balance.core.outcome import Cause


MARGIN = 0.7  # seconds; with what rounding up to whole ones adds, the middle of what counts as true


class Demand(msgspec.Struct, frozen=True, gc=False):
    """What the next attempt needs from a key."""

    model: str
    exclude: frozenset[KeyId] = frozenset()  # tried already for this call: only where no other key may serve
    pinned: KeyId | None = None  # uploads and caches live with the key that made them
    tokens: int = 0  # of the input, estimated
    client: str = ""  # whose turn it takes in the queue
    size: int = 0  # bytes of the body that are held while it waits
    prefix: int = 0  # what tells conversations apart by their beginning; 0: nothing worth keeping together
    again: bool = False  # its attempt failed: it had its turn, and does not queue behind others
    paid: bool = False  # for paid keys, where there are any
    hurried: bool = False  # it can't wait, so no pace holds it
    units: int = 1  # requests that it counts as: a batch counts one for each item
    tags: frozenset[str] = frozenset()  # only keys with one of these may serve; empty: any


@dataclass(frozen=True, slots=True)
class NotYet:
    """No key may serve now; one would at `at` if nobody came after this call."""

    at: float
    sure: bool = True  # False: a guess, since some limit is not known
    overloaded: bool = False  # it is the model that refuses, whatever the key
    back: float = 0.0  # when it would be one who comes anew, or stands behind others, where that is later

    @property
    def told(self) -> float:
        """The moment that a refused caller is told: a little later, for attempts before it may fail and be repeated."""
        return max(self.at, self.back) + MARGIN


@dataclass(frozen=True, slots=True)
class Never:
    """No key will, until the operator or the caller changes something.

    `dead`: none is usable at all; `cause`: those that are may not use this model.
    """

    dead: bool = False
    cause: Cause | None = None
