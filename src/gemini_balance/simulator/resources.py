"""Resources that a request points at. Nothing has been uploaded here, so every file and cache is somebody else's."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from gemini_balance.simulator.error_table import Subject, named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.schema import GenerateContentRequest

_FILE = re.compile(r"(?:^|/)files/([a-z0-9-]{1,40})$")


def check(request: GenerateContentRequest, subject: Subject) -> None:
    """Raise Google's 403 for the first resource that this key can't read."""
    if request.cached_content:
        raise GoogleError(named("cached_content", subject))
    for uri in _file_uris(request):
        found = _FILE.search(uri)
        if found:
            raise GoogleError(named("file_permission", replace(subject, file=found[1])))


def _file_uris(request: GenerateContentRequest) -> Iterator[str]:
    for content in request.contents:
        for part in content.parts:
            if part.file_data is not None:
                yield part.file_data.file_uri
