"""Projects that may serve now, in the order in which they should."""

from __future__ import annotations

from heapq import heappush
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

from gemini_balance.core.pool.fresh import MOST_CREWS
from gemini_balance.core.pool.key import tagged
from gemini_balance.core.pool.shelves import SLACK, Shelves, tidy, top, valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.pool.shelves import Ranked
    from gemini_balance.core.pool.windows import Ledger


class Ranks:
    """By load, where limits count tokens on shelves of like token room, too, and where batches come, of request room.

    A ledger's `place` names the entry that is valid. Those with a key that has one of the tags that a call names are
    ranked apart as well.
    """

    def __init__(self, *, by_tokens: bool) -> None:
        self.by_tokens = by_tokens
        self._ready: list[Ranked] = []
        self._tokens = Shelves(attrgetter("token_room"))
        self._units: Shelves | None = None  # from the first batch on
        self._crews: dict[frozenset[str], Ranks] = {}

    @property
    def by_units(self) -> bool:
        return self._units is not None or any(crew.by_units for crew in self._crews.values())

    def of(self, tags: frozenset[str]) -> Ranks:
        """Those with one of these; without a tag, all."""
        if not tags:
            return self
        crew = self._crews.get(tags)
        if crew is None:
            if len(self._crews) >= MOST_CREWS:
                self._crews.clear()
            crew = self._crews[tags] = Ranks(by_tokens=self.by_tokens)
            for load, number, ledger in filter(valid, self._ready):
                if tagged(ledger.domain, tags):
                    crew.add(number, load, ledger, len(self._ready))
        return crew

    def retag(self) -> None:
        """Keys have other tags than before."""
        self._crews.clear()

    def add(self, number: int, load: float, ledger: Ledger, most: int) -> None:
        """`number` is the ledger's new place; of `most` ledgers one can be valid each."""
        ledger.place = number
        heappush(self._ready, (load, number, ledger))
        if len(self._ready) > 2 * most + SLACK:
            tidy(self._ready)
        if self.by_tokens:
            self._tokens.add(number, ledger, most)
        if self._units is not None:
            self._units.add(number, ledger, most)
        for tags, crew in self._crews.items():
            if tagged(ledger.domain, tags):
                crew.by_tokens = self.by_tokens
                crew.add(number, load, ledger, most)

    def least_loaded(self) -> Ranked | None:
        return top(self._ready)

    def take(self, tokens: int, units: int = 1) -> Ledger | None:
        """The least loaded; where room is scarce whoever has just enough for these; out of the ranks."""
        best = self._choose(tokens) if units == 1 else self._choose_for(tokens, units)
        if best is not None:
            best.place = 0
        return best

    def widest(self) -> float:
        """The most tokens that a call may need to be taken by anybody; negative where nobody is ready."""
        if not self.by_tokens:
            return inf if top(self._ready) else -1.0
        found = self._tokens.roomiest()
        return -1.0 if found is None else found.widest

    def most(self) -> float:
        """The most requests that a call may count as to be taken by anybody, once a batch has asked."""
        found = None if self._units is None else self._units.roomiest()
        return inf if found is None else found.most

    def all(self) -> Iterator[Ledger]:
        return (ranked[2] for ranked in self._ready if valid(ranked))

    def _choose(self, tokens: int) -> Ledger | None:
        first = top(self._ready)
        if first is None:
            return None
        best = first[2]
        if best.fits(tokens) and not (self.by_tokens and best.scarce):
            return best
        return self._tightest(tokens) or (best if best.fits(tokens) else None)

    def _choose_for(self, tokens: int, units: int) -> Ledger | None:
        """A batch goes where any call would, or else where it just fits."""
        best = self._choose(tokens)
        if best is None or best.holds(units):
            return best
        found = (ledger for ledger in self._by_units().from_tightest(units) if ledger.holds(units))
        return next((ledger for ledger in found if ledger.fits(tokens)), None)

    def _by_units(self) -> Shelves:
        if self._units is None:
            self._units = Shelves(attrgetter("most"))
            for _, number, ledger in filter(valid, self._ready):
                self._units.add(number, ledger, len(self._ready))
        return self._units

    def _tightest(self, tokens: int) -> Ledger | None:
        """What many tokens fit in is kept for who needs them."""
        fitting = (ledger for ledger in self._tokens.from_tightest(tokens) if ledger.fits(tokens))
        return next(fitting, None) or self._whole(tokens)

    def _whole(self, tokens: int) -> Ledger | None:
        """Who has an empty window may try what is larger than it."""
        roomiest = self._tokens.roomiest()
        return roomiest if roomiest is not None and roomiest.fits(tokens) else None
