"""What an examination can find, as data: the command line says it in English, the console in the reader's language."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTE = 1_000_000


class Size(float):
    """Bytes."""

    def __format__(self, spec: str) -> str:
        return f"{self / MEGABYTE:{spec or '.0f'}} MB"


class Seconds(float):
    """A length of time."""

    def __format__(self, spec: str) -> str:
        return f"{float(self):{spec or '.0f'}} s"


class Finding(StrEnum):
    """One row for each thing that can be said."""

    SETTINGS_TAKEN = "settings_taken"
    FOLDER_WRITABLE = "folder_writable"
    FOLDER_CLOSED = "folder_closed"
    FILE_PRIVATE = "file_private"
    FILE_OPEN = "file_open"
    SPACE = "space"
    DATABASE_TO_COME = "database_to_come"
    DATABASE_ANSWERS = "database_answers"
    DATABASE_FAILED = "database_failed"
    FILES_WHOLE = "files_whole"
    FILES_DAMAGED = "files_damaged"
    TABLES_CURRENT = "tables_current"
    TABLES_OLD = "tables_old"
    TABLES_NONE = "tables_none"
    VAULT_UNNAMED = "vault_unnamed"
    VAULT_EMPTY = "vault_empty"
    VAULT_OPENS = "vault_opens"
    VAULT_CLOSED = "vault_closed"
    JOURNAL_SIZE = "journal_size"
    KEYS = "keys"
    NO_KEYS = "no_keys"
    TOKENS = "tokens"
    NO_TOKENS = "no_tokens"
    PROXY_TAKES = "proxy_takes"
    PROXY_AWAY = "proxy_away"
    CLOCK_AHEAD = "clock_ahead"
    CLOCK_BEHIND = "clock_behind"
    CLOCK_UNTOLD = "clock_untold"


SENTENCES = {
    Finding.SETTINGS_TAKEN: "every value can be taken",
    Finding.FOLDER_WRITABLE: "{folder} can be written",
    Finding.FOLDER_CLOSED: "{folder} can't be written: {error}. Nothing would be kept.",
    Finding.FILE_PRIVATE: "only its owner may read it",
    Finding.FILE_OPEN: "others may read it ({mode}): chmod 600 {file}",
    Finding.SPACE: "{size} are free",
    Finding.DATABASE_TO_COME: "{database} is not there yet: the first start makes it",
    Finding.DATABASE_ANSWERS: "{database} answers",
    Finding.DATABASE_FAILED: "{error}",
    Finding.FILES_WHOLE: "its files are whole",
    Finding.FILES_DAMAGED: "{error}",
    Finding.TABLES_CURRENT: "{version}",
    Finding.TABLES_OLD: "{version}; the next start brings it to {wanted}",
    Finding.TABLES_NONE: "none; the next start brings it to {wanted}",
    Finding.VAULT_UNNAMED: "it must be set where DATABASE_URL names a server",
    Finding.VAULT_EMPTY: "nothing is sealed yet",
    Finding.VAULT_OPENS: "it opens what is sealed",
    Finding.VAULT_CLOSED: "{error}",
    Finding.JOURNAL_SIZE: "{size:.1f}",
    Finding.KEYS: "{count} may serve",
    Finding.NO_KEYS: "every call gets 503: add keys in the console, in API_KEYS, or with gemini-balance keys add",
    Finding.TOKENS: "{count} may call",
    Finding.NO_TOKENS: "every call gets 401: make one in the console, or with gemini-balance tokens add",
    Finding.PROXY_TAKES: "{place} takes connections",
    Finding.PROXY_AWAY: "{place} can't be reached: {error}",
    Finding.CLOCK_AHEAD: "{skew} ahead of {host}'s",
    Finding.CLOCK_BEHIND: "{skew} behind {host}'s",
    Finding.CLOCK_UNTOLD: "{host} doesn't say what time it is: {error}",
}


class Found(NamedTuple):
    """A finding, with the values that its sentence names."""

    finding: Finding
    values: Mapping[str, str | int | Size | Seconds]

    def __str__(self) -> str:
        return SENTENCES[self.finding].format(**self.values)


def found(finding: Finding, **values: str | int | Size | Seconds) -> Found:
    return Found(finding, values)
