"""Projects that were never used, or whose use has left all windows, in the order in which they get their turn."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import Domain, tagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

FEW = 4  # that are looked for one by one
MOST_CREWS = 64  # sets of tags that are asked for; more are found anew


class Fresh(deque[Domain]):
    """Of all, and apart of those with a key that has one of the tags that a call names."""

    def __init__(self, domains: Iterable[Domain] = ()) -> None:
        super().__init__(domains)
        self._crews: dict[frozenset[str], OrderedDict[Domain, None]] = {}

    def of(self, tags: frozenset[str]) -> Fresh | OrderedDict[Domain, None]:
        """Those with one of these; without a tag, all."""
        if not tags:
            return self
        crew = self._crews.get(tags)
        if crew is None:
            if len(self._crews) >= MOST_CREWS:
                self._crews.clear()
            crew = self._crews[tags] = OrderedDict((domain, None) for domain in self if tagged(domain, tags))
        return crew

    def take(self, tags: frozenset[str]) -> Domain:
        """The first of them, of which there must be one."""
        crew = self.of(tags)
        if isinstance(crew, Fresh):
            domain = self.popleft()
        else:
            domain = next(iter(crew))
            super().remove(domain)
        self._let_go(domain)
        return domain

    def append(self, domain: Domain) -> None:
        super().append(domain)
        for tags, crew in self._crews.items():
            if tagged(domain, tags):
                crew[domain] = None

    def extend(self, domains: Iterable[Domain]) -> None:
        for domain in domains:
            self.append(domain)

    def missing(self, domains: list[Domain]) -> list[Domain]:
        """Those that are not here."""
        here = self if len(domains) <= FEW else set(self)
        return [domain for domain in domains if domain not in here]

    def remove(self, domain: Domain) -> None:
        super().remove(domain)
        self._let_go(domain)

    def discard(self, domains: Set[Domain]) -> None:
        """Those of them that are here."""
        if len(domains) <= FEW:
            for domain in domains:
                if domain in self:
                    self.remove(domain)
            return
        left = [domain for domain in self if domain not in domains]
        self.clear()
        super().extend(left)
        self._crews.clear()

    def retag(self) -> None:
        """Keys have other tags than before."""
        self._crews.clear()

    def _let_go(self, domain: Domain) -> None:
        for crew in self._crews.values():
            crew.pop(domain, None)
