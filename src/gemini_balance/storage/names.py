"""Sets of names in a column, as JSON: equal sets are equal texts."""

from __future__ import annotations

import msgspec

read = msgspec.json.Decoder(frozenset[str]).decode


def written(names: frozenset[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()
