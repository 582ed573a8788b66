"""Resources that a request points at: they must be there, and belong to whoever asks."""

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from gemini_balance.simulator.error_table import Subject, named
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.resources.caches import Cache, completed
from gemini_balance.simulator.resources.files import is_readable
from gemini_balance.simulator.resources.library import Library
from gemini_balance.simulator.schema import FileData, GenerateContentRequest, Part

_FILE = re.compile(r"(?:^|/)files/([a-z0-9-]{1,40})(?::download(?:\?.*)?)?$")
_ELSEWHERE = re.compile(r"(?:https?|gs)://.", re.IGNORECASE)


class Asker(Struct, frozen=True):
    """Who asks which model, and when."""

    project: str
    subject: Subject
    model: str
    now: float


class Resolved(Struct, frozen=True):
    """A request with all that it points at, and the tokens of it that were cached."""

    request: GenerateContentRequest
    cached_tokens: dict[str, int] = {}


def resolve(request: GenerateContentRequest, library: Library, asker: Asker) -> Resolved:
    """Look everything up that the request names; raises Google's error for the first thing the asker can't use."""
    for data in _files(request):
        _check_file(data, library, asker)
    for name in _stores(request):
        if library.items.find(name, asker.project, asker.now) is None:
            raise GoogleError(named("store_permission", replace(asker.subject, file=name.rpartition("/")[2])))
    if not request.cached_content:
        return Resolved(request)
    cache = _cache(request.cached_content, library, asker)
    return Resolved(completed(request, cache, asker.model), cache.tokens)


def _cache(name: str, library: Library, asker: Asker) -> Cache:
    cache = library.caches.find(name, asker.project, asker.now)
    if cache is None:
        raise GoogleError(named("cached_content", asker.subject))
    return cache


def _check_file(data: FileData, library: Library, asker: Asker) -> None:
    found = _FILE.search(data.file_uri)
    if found is None:
        if not _ELSEWHERE.match(data.file_uri):
            raise GoogleError(invalid_argument(f"Invalid or unsupported file uri: {data.file_uri}"))
        return
    subject = replace(asker.subject, file=found[1])
    file = library.files.find(f"files/{found[1]}", asker.project, asker.now)
    if file is None:
        raise GoogleError(named("file_permission", subject))
    if not file.is_active(asker.now):
        raise GoogleError(named("file_inactive", subject))
    mime_type = data.mime_type or file.mime_type
    if not is_readable(mime_type):
        raise GoogleError(invalid_argument(f"Unsupported MIME type: {mime_type}"))


def _files(request: GenerateContentRequest) -> Iterator[FileData]:
    parts = (part for content in request.contents for part in content.parts)
    return (data for part in parts for data in _files_of(part))


def _files_of(part: Part) -> Iterator[FileData]:
    if part.file_data is not None:
        yield part.file_data
    if part.function_response is not None:
        yield from (inner.file_data for inner in part.function_response.parts if inner.file_data is not None)


def _stores(request: GenerateContentRequest) -> Iterator[str]:
    searches = (tool.file_search for tool in request.tools if tool.file_search is not None)
    return (name for search in searches for name in search.file_search_store_names)
