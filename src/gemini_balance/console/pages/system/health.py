"""What the last examination found, in words: what was looked at, and what to do where it is not well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.gateway.findings import Finding, Seconds, Size
from gemini_balance.gateway.upkeep import FAIL, OK, WARN

if TYPE_CHECKING:
    from gemini_balance.console.words import Words
    from gemini_balance.gateway.findings import Found
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
FOUND = {
    Finding.SETTINGS_TAKEN: "found.settings_taken",
    Finding.FOLDER_WRITABLE: "found.folder_writable",
    Finding.FOLDER_CLOSED: "found.folder_closed",
    Finding.FILE_PRIVATE: "found.file_private",
    Finding.FILE_OPEN: "found.file_open",
    Finding.SPACE: "found.space",
    Finding.DATABASE_TO_COME: "found.database_to_come",
    Finding.DATABASE_ANSWERS: "found.database_answers",
    Finding.DATABASE_FAILED: "found.database_failed",
    Finding.FILES_WHOLE: "found.files_whole",
    Finding.FILES_DAMAGED: "found.files_damaged",
    Finding.TABLES_CURRENT: "found.tables_current",
    Finding.TABLES_OLD: "found.tables_old",
    Finding.TABLES_NONE: "found.tables_none",
    Finding.VAULT_UNNAMED: "found.vault_unnamed",
    Finding.VAULT_EMPTY: "found.vault_empty",
    Finding.VAULT_OPENS: "found.vault_opens",
    Finding.VAULT_CLOSED: "found.vault_closed",
    Finding.JOURNAL_SIZE: "found.journal_size",
    Finding.KEYS: "found.keys",
    Finding.NO_KEYS: "found.no_keys",
    Finding.TOKENS: "found.tokens",
    Finding.NO_TOKENS: "found.no_tokens",
    Finding.PROXY_TAKES: "found.proxy_takes",
    Finding.PROXY_AWAY: "found.proxy_away",
    Finding.CLOCK_AHEAD: "found.clock_ahead",
    Finding.CLOCK_BEHIND: "found.clock_behind",
    Finding.CLOCK_UNTOLD: "found.clock_untold",
}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """`name`, and what to do, are messages; `about` tells two of the same name apart; `found` is a sentence."""

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


def health(t: Words, examined: Examined) -> Health:
    rows = tuple(_row(t, check) for check in examined.checks)
    return Health(examined.at, sum(check.state != OK for check in examined.checks), rows)


def _row(t: Words, check: Check) -> CheckRow:
    first, _, rest = check.name.partition(" ")
    known = check.name if check.name in NAMES else first
    name, to_do = NAMES.get(known, FILE)
    about = rest if known == first else "" if known == check.name else check.name
    return CheckRow(
        *TONES[check.state],
        name=name,
        about=about if known in NAMES else check.name,
        found=_said(t, check.found),
        to_do="" if check.state == OK else to_do,
    )


def _said(t: Words, found: Found) -> str:
    return t(FOUND[found.finding], **{name: _written(t, value) for name, value in found.values.items()})


def _written(t: Words, value: str | float) -> str | float:
    match value:
        case Size():
            return t.size(value)
        case Seconds():
            return t.duration(value)
        case _:
            return value
