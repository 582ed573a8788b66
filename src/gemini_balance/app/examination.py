"""What `doctor` and the console's examination look at, one short check after the other. Nothing is changed by it."""

from __future__ import annotations

import http.client
import shutil
import socket
import stat
import tempfile
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from gemini_balance.gateway.findings import MEGABYTE, Finding, Seconds, Size, found
from gemini_balance.gateway.upkeep import FAIL, OK, WARN, Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.settings import Settings
    from gemini_balance.storage.engine import Address
    from gemini_balance.storage.examine import Found as Seen

PRIVATE_FILES = ("secret-key", "secret-key.next", "initial-password")
LOW, LOWEST = 1_000 * MEGABYTE, 100 * MEGABYTE  # bytes that are free
SECONDS = 5.0
SKEW = 5.0  # seconds that our clock may be wrong: Google's signed addresses and our quota days follow it
PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080, "socks5h": 1080}


class Place(NamedTuple):
    """The database's address, the data folder, and all settings."""

    url: Address
    data: Path
    settings: Settings


def examination(here: Place, *, online: bool) -> Iterator[Check]:
    """That the settings can be used was found out before. `online`: also ask the service that BASE_URL names."""
    yield Check("settings", OK, found(Finding.SETTINGS_TAKEN))
    yield _folder(here.data)
    yield from _private(here.data)
    yield _space(here.data)
    yield from _database(here)
    for number, proxy in enumerate(here.settings.proxies, 1):
        yield _proxy(number, proxy)
    if online:
        yield _clock(here.settings.base_url)


def _folder(data: Path) -> Check:
    at = data if data.exists() else data.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=at):
            pass
    except OSError as error:
        return Check(
            "data folder", FAIL, found(Finding.FOLDER_CLOSED, folder=str(data), error=error.strerror or str(error))
        )
    return Check("data folder", OK, found(Finding.FOLDER_WRITABLE, folder=str(data)))


def _private(data: Path) -> Iterator[Check]:
    for name in PRIVATE_FILES:
        if (path := data / name).exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                yield Check(str(path), FAIL, found(Finding.FILE_OPEN, mode=f"{mode:o}", file=str(path)))
            else:
                yield Check(str(path), OK, found(Finding.FILE_PRIVATE))


def _space(data: Path) -> Check:
    free = shutil.disk_usage(data if data.exists() else data.absolute().parent).free
    state = OK if free >= LOW else WARN if free >= LOWEST else FAIL
    return Check("disk", state, found(Finding.SPACE, size=Size(free)))


def _database(here: Place) -> Iterator[Check]:
    from gemini_balance.storage.database import NoDatabase
    from gemini_balance.storage.engine import is_sqlite
    from gemini_balance.storage.examine import examine, is_there

    shown = here.url.render_as_string(hide_password=True)
    if not is_sqlite(here.url) and not here.settings.secret_key:
        yield Check("SECRET_KEY", FAIL, found(Finding.VAULT_UNNAMED))
    if not is_there(here.url):
        yield Check("database", WARN, found(Finding.DATABASE_TO_COME, database=shown))
        yield from _callers(here, 0, 0)
        return
    try:
        seen = examine(here.url, here.data, here.settings.secret_key)
    except NoDatabase as error:
        yield Check("database", FAIL, found(Finding.DATABASE_FAILED, error=str(error)))
        return
    yield Check("database", OK, found(Finding.DATABASE_ANSWERS, database=shown))
    yield from _judged(seen)
    yield from _callers(here, seen.keys, seen.tokens)


def _judged(seen: Seen) -> Iterator[Check]:
    if seen.damage:
        yield Check("integrity", FAIL, found(Finding.FILES_DAMAGED, error=seen.damage))
    else:
        yield Check("integrity", OK, found(Finding.FILES_WHOLE))
    for name, (now, head) in seen.versions.items():
        yield _tables(name, now, head)
    match seen.secret_key:
        case None:
            yield Check("SECRET_KEY", OK, found(Finding.VAULT_EMPTY))
        case "":
            yield Check("SECRET_KEY", OK, found(Finding.VAULT_OPENS))
        case why:
            yield Check("SECRET_KEY", FAIL, found(Finding.VAULT_CLOSED, error=why))
    yield Check("journal", OK, found(Finding.JOURNAL_SIZE, size=Size(seen.journal_bytes)))


def _tables(chain: str, now: str | None, head: str) -> Check:
    name = f"tables ({chain})"
    if now == head:
        return Check(name, OK, found(Finding.TABLES_CURRENT, version=head))
    if now is None:
        return Check(name, WARN, found(Finding.TABLES_NONE, wanted=head))
    return Check(name, WARN, found(Finding.TABLES_OLD, version=now, wanted=head))


def _callers(here: Place, keys: int, tokens: int) -> Iterator[Check]:
    """Those of the environment are kept once the gateway has started; before that they count, too."""
    given = len(here.settings.api_keys) + bool(here.settings.paid_key)
    keys, tokens = max(keys, given), max(tokens, len(here.settings.allowed_tokens))
    yield _count("keys", keys, Finding.KEYS, Finding.NO_KEYS)
    yield _count("tokens", tokens, Finding.TOKENS, Finding.NO_TOKENS)


def _count(name: str, count: int, some: Finding, none: Finding) -> Check:
    return Check(name, OK, found(some, count=count)) if count else Check(name, WARN, found(none))


def _proxy(number: int, proxy: str) -> Check:
    parts = urlsplit(proxy)
    where = f"{parts.hostname}:{parts.port or PORTS.get(parts.scheme, 80)}"
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORTS.get(parts.scheme, 80)), SECONDS).close()
    except OSError as error:
        return Check(f"proxy {number}", FAIL, found(Finding.PROXY_AWAY, place=where, error=str(error)))
    return Check(f"proxy {number}", OK, found(Finding.PROXY_TAKES, place=where))


def _clock(base_url: str) -> Check:
    """By the date in whatever answer comes; no key is sent."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    try:
        connection.request("HEAD", "/")
        told = connection.getresponse().getheader("date")
        skew = time.time() - parsedate_to_datetime(told or "").timestamp()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Check("clock", WARN, found(Finding.CLOCK_UNTOLD, host=host, error=type(error).__name__))
    finally:
        connection.close()
    way = Finding.CLOCK_AHEAD if skew > 0 else Finding.CLOCK_BEHIND
    return Check("clock", OK if abs(skew) <= SKEW else FAIL, found(way, skew=Seconds(abs(skew)), host=host))
