"""Function names that Google refuses, said otherwise on the way there."""

from __future__ import annotations

import re

from gemini_balance.core.errors import BadRequest

_GOOD = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}").fullmatch
_BAD_LETTER = re.compile(r"[^A-Za-z0-9_.:-]")
LONGEST = 128


class Names:
    """Of one call. `renamed` leads from the name that was sent back to the caller's."""

    def __init__(self) -> None:
        self.renamed: dict[str, str] = {}
        self._sent: dict[str, str] = {}
        self._taken: set[str] = set()

    def sent(self, name: str, place: str) -> str:
        """What Google is told; the same for every mention. `place` is for the error."""
        found = self._sent.get(name)
        if found is None:
            found = self._sent[name] = self._new(name, place)
            self._taken.add(found)
        return found

    def _new(self, name: str, place: str) -> str:
        if not name:
            raise BadRequest("A function has no name.", param=place)
        if _GOOD(name) and name not in self._taken:
            return name
        base = _BAD_LETTER.sub("_", name)
        base = base if base[0].isalpha() or base[0] == "_" else f"_{base}"
        chosen, number = base[:LONGEST], 1
        while chosen in self._taken:
            number += 1
            chosen = f"{base[: LONGEST - 5]}_{number}"
        self.renamed[chosen] = name
        return chosen
