"""The reader's time zone, as the browser tells it in a cookie: its name, and its minutes from UTC where we don't know
that name (slim images bring no time zone data)."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from datetime import tzinfo

COOKIE = "gemini-balance-zone"
_TOLD = re.compile(r"([A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2})~(-?\d{1,4})")


def zone_of(told: str) -> tzinfo:
    """`Asia/Shanghai~480`. What can't be read is UTC."""
    found = _TOLD.fullmatch(told)
    if found is None or abs(int(found[2])) >= 24 * 60:
        return UTC
    try:
        return ZoneInfo(found[1])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return timezone(timedelta(minutes=int(found[2])))
