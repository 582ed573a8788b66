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

from gemini_balance.gateway.upkeep import FAIL, OK, WARN, Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.settings import Settings
    from gemini_balance.storage.engine import Address
    from gemini_balance.storage.examine import Found

PRIVATE_FILES = ("secret-key", "secret-key.next", "initial-password")
MEGABYTE = 1_000_000
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
    yield Check("settings", OK, "every value can be taken")
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
        return Check("data folder", FAIL, f"{data} can't be written: {error.strerror}. Nothing would be kept.")
    return Check("data folder", OK, f"{data} can be written")


def _private(data: Path) -> Iterator[Check]:
    for name in PRIVATE_FILES:
        if (path := data / name).exists():
            mode = stat.S_IMODE(path.stat().st_mode)
            closed = not mode & 0o077
            message = "only its owner may read it" if closed else f"others may read it ({mode:o}): chmod 600 {path}"
            yield Check(str(path), OK if closed else FAIL, message)


def _space(data: Path) -> Check:
    free = shutil.disk_usage(data if data.exists() else data.absolute().parent).free
    state = OK if free >= LOW else WARN if free >= LOWEST else FAIL
    return Check("disk", state, f"{free // MEGABYTE} MB are free")


def _database(here: Place) -> Iterator[Check]:
    from gemini_balance.storage.database import NoDatabase
    from gemini_balance.storage.engine import is_sqlite
    from gemini_balance.storage.examine import examine, is_there

    shown = here.url.render_as_string(hide_password=True)
    if not is_sqlite(here.url) and not here.settings.secret_key:
        yield Check("SECRET_KEY", FAIL, "it must be set where DATABASE_URL names a server")
    if not is_there(here.url):
        yield Check("database", WARN, f"{shown} is not there yet: the first start makes it")
        yield from _callers(here, 0, 0)
        return
    try:
        found = examine(here.url, here.data, here.settings.secret_key)
    except NoDatabase as error:
        yield Check("database", FAIL, str(error))
        return
    yield Check("database", OK, f"{shown} answers")
    yield from _judged(found)
    yield from _callers(here, found.keys, found.tokens)


def _judged(found: Found) -> Iterator[Check]:
    whole = "its files are whole"
    yield Check("integrity", FAIL if found.damage else OK, found.damage or whole)
    for name, (now, head) in found.versions.items():
        message = f"{now or 'none'}; the next start brings it to {head}"
        yield Check(f"tables ({name})", OK if now == head else WARN, head if now == head else message)
    if found.secret_key is None:
        yield Check("SECRET_KEY", OK, "nothing is sealed yet")
    else:
        yield Check("SECRET_KEY", FAIL if found.secret_key else OK, found.secret_key or "it opens what is sealed")
    yield Check("journal", OK, f"{found.journal_bytes / MEGABYTE:.1f} MB")


def _callers(here: Place, keys: int, tokens: int) -> Iterator[Check]:
    """Those of the environment are kept once the gateway has started; before that they count, too."""
    given = len(here.settings.api_keys) + bool(here.settings.paid_key)
    keys, tokens = max(keys, given), max(tokens, len(here.settings.allowed_tokens))
    none = "every call gets 503: put keys into API_KEYS, or gemini-balance keys add"
    yield Check("keys", OK if keys else WARN, f"{keys} may serve" if keys else none)
    none = "every call gets 401: put tokens into ALLOWED_TOKENS, or gemini-balance tokens add"
    yield Check("tokens", OK if tokens else WARN, f"{tokens} may call" if tokens else none)


def _proxy(number: int, proxy: str) -> Check:
    parts = urlsplit(proxy)
    where = f"{parts.hostname}:{parts.port or PORTS.get(parts.scheme, 80)}"
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORTS.get(parts.scheme, 80)), SECONDS).close()
    except OSError as error:
        return Check(f"proxy {number}", FAIL, f"{where} can't be reached: {error}")
    return Check(f"proxy {number}", OK, f"{where} takes connections")


def _clock(base_url: str) -> Check:
    """By the date in whatever answer comes; no key is sent."""
    parts = urlsplit(base_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    try:
        connection.request("HEAD", "/")
        told = connection.getresponse().getheader("date")
        skew = time.time() - parsedate_to_datetime(told or "").timestamp()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Check("clock", WARN, f"{parts.hostname} doesn't say what time it is: {type(error).__name__}")
    finally:
        connection.close()
    state = OK if abs(skew) <= SKEW else FAIL
    return Check("clock", state, f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {parts.hostname}'s")
