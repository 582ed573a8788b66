"""What the last examination found, in words: what was looked at, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.gateway.upkeep import FAIL, OK, WARN

if TYPE_CHECKING:
    from gemini_balance.gateway.upkeep import Check, Examined

TONES = {OK: ("ok", "check"), WARN: ("wait", "info"), FAIL: ("bad", "errors")}
NAMES = {
    "settings": ("check.settings", "check.settings_do"),
    "data folder": ("check.folder", "check.folder_do"),
    "disk": ("check.disk", "check.disk_do"),
    "SECRET_KEY": ("check.secret_key", "check.secret_key_do"),
    "database": ("check.database", "check.database_do"),
    "integrity": ("check.integrity", "check.integrity_do"),
    "tables": ("check.tables", "check.tables_do"),
    "journal": ("check.journal", "check.journal_do"),
    "keys": ("check.keys", "check.keys_do"),
    "tokens": ("check.tokens", "check.tokens_do"),
    "proxy": ("check.proxy", "check.proxy_do"),
    "clock": ("check.clock", "check.clock_do"),
}
FILE = "check.file", "check.file_do"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """`name`, and what to do, are messages; `about` tells two of the same name apart; `found` is what was found."""

    tone: str
    icon: str
    name: str
    about: str
    found: str
    to_do: str


@dataclass(frozen=True, slots=True)
class Health:
    """`wrong`: how many are not as they should be."""

    at: float
    wrong: int
    rows: tuple[CheckRow, ...]


def health(examined: Examined) -> Health:
    rows = tuple(_row(check) for check in examined.checks)
    return Health(examined.at, sum(check.state != OK for check in examined.checks), rows)


def _row(check: Check) -> CheckRow:
    first, _, rest = check.name.partition(" ")
    known = check.name if check.name in NAMES else first
    name, to_do = NAMES.get(known, FILE)
    about = rest if known == first else "" if known == check.name else check.name
    return CheckRow(
        *TONES[check.state],
        name=name,
        about=about if known in NAMES else check.name,
        found=check.message,
        to_do="" if check.state == OK else to_do,
    )
