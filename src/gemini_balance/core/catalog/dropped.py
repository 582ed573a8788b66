"""What could not be carried, as it may stand in a header: short, printable and on one line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 30
LONGEST = 160
_UNPRINTABLE = re.compile(r"[^\x20-\x2b\x2d-\x7e]")  # a comma separates entries


def told(dropped: Sequence[str]) -> tuple[str, ...]:
    """Names of properties are the caller's own text; a line end in one must not become a header of ours."""
    if not dropped:
        return ()
    entries = [_UNPRINTABLE.sub("?", one[:LONGEST]) for one in dict.fromkeys(dropped)]
    more = len(entries) - MOST
    return (*entries[:MOST], f"and {more} more") if more > 0 else tuple(entries)
