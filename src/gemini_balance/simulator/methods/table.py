"""Every method of the resources: which request line means it, and what answers it."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias
from urllib.parse import parse_qsl

from msgspec import Struct

from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods import caches, files, uploads
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.routes import VERSIONS, Route

Run: TypeAlias = Callable[[Ask], Object | Awaitable[None]]


class Row(Struct, frozen=True):
    """A method. `{…}` in the path stands for a name; with `prefix` the path begins before the version."""

    http: str
    path: str
    operation: str
    run: Run
    prefix: str = ""
    streams_body: bool = False


def _upload(path: str, operation: str, describe: uploads.Describe) -> Row:
    run = partial(uploads.receive, describe=describe)
    return Row("POST", path, operation, run, prefix="/upload", streams_body=True)


ROWS: tuple[Row, ...] = (
    _upload("files", "createFile", files.describe),
    Row("POST", "files", "createFile", files.create_file),
    Row("GET", "files", "listFiles", files.list_files),
    Row("GET", "files/{file}", "getFile", files.get_file),
    Row("DELETE", "files/{file}", "deleteFile", files.delete_file),
    Row("POST", "files:register", "registerFiles", files.register_files),
    Row("GET", "files/{file}:download", "downloadFile", files.download_file),
    Row("GET", "files/{file}:download", "downloadFile", files.send_file, prefix="/download"),
    Row("POST", "cachedContents", "createCachedContent", caches.create_cache),
    Row("GET", "cachedContents", "listCachedContents", caches.list_caches),
    Row("GET", "cachedContents/{cache}", "getCachedContent", caches.get_cache),
    Row("PATCH", "cachedContents/{cache}", "updateCachedContent", caches.update_cache),
    Row("DELETE", "cachedContents/{cache}", "deleteCachedContent", caches.delete_cache),
)


class ResourceRoute(Route, frozen=True):
    """A call of a row: the path behind the version without its verb, and the names in it."""

    row: Row
    path: str
    names: dict[str, str]


_LINE = re.compile(rf"(?P<prefix>/upload|/download)?/(?P<version>{'|'.join(VERSIONS)})/(?P<path>(?P<head>\w+).*)")
_NAME = re.compile(r"\{(\w+)\}")


def _by_head() -> dict[tuple[str, str, str], list[tuple[re.Pattern[str], Row]]]:
    """The rows by method, prefix and first word, so that few are tried."""
    found: dict[tuple[str, str, str], list[tuple[re.Pattern[str], Row]]] = defaultdict(list)
    for row in ROWS:
        head = row.path.partition("/")[0].partition(":")[0]
        pattern = re.compile(_NAME.sub(r"(?P<\1>[^/:]+)", row.path))
        found[row.http, row.prefix, head].append((pattern, row))
    return dict(found)


_ROWS = _by_head()


def find_resource(method: str, path: str, query: str) -> ResourceRoute | None:
    """The row that a request line means, or None."""
    line = _LINE.fullmatch(path)
    if line is None:
        return None
    # An upload goes on with whatever method the client likes: the upload server reads its command header.
    http = "POST" if line["prefix"] == "/upload" else method
    for pattern, row in _ROWS.get((http, line["prefix"] or "", line["head"]), ()):
        found = pattern.fullmatch(line["path"])
        if found is not None:
            names = found.groupdict()
            told = dict(parse_qsl(query)) if query else {}
            plain = line["path"].partition(":")[0]
            return ResourceRoute(line["version"], row.operation, names.get("model", ""), told, row, plain, names)
    return None
