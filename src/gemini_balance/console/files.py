"""What the browser fetches beside pages: one address for each state of all files, so that it never asks twice."""

from __future__ import annotations

import gzip
import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

FOLDER = Path(__file__).parent / "static"
ADDRESS = "/console/static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
SCRIPTS = ("vendor/htmx.js", "vendor/htmx-sse.js", "vendor/uplot.js", "console.js", "charts.js", "playground.js")
STYLES = ("vendor/uplot.css", "console.css")


class File:
    """One file as it is sent."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.kind = f"{KINDS[path.suffix]}; charset=utf-8"

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.data, mtime=0)


class Files:
    """All of them, in memory: a few hundred kilobytes."""

    def __init__(self, folder: Path = FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in KINDS)
        self._files = {path.relative_to(folder).as_posix(): File(path) for path in paths}
        digest = hashlib.sha256()
        for name, file in self._files.items():
            digest.update(f"{name}\0{len(file.data)}\0".encode() + file.data)
        self._state = digest.hexdigest()[:12]
        self.missing = [name for name in (*SCRIPTS, *STYLES) if name not in self._files]

    def address(self, name: str) -> str:
        """Raises KeyError for a file that isn't there."""
        if name not in self._files:
            raise KeyError(name)
        return f"{ADDRESS}/{self._state}/{name}"

    def addresses(self, names: tuple[str, ...]) -> list[str]:
        """Of those that are there: without what `make assets` fetches pages are only less lively."""
        return [self.address(name) for name in names if name in self._files]

    def route(self) -> Route:
        async def send(request: Request) -> Response:
            return self._answer(request)

        return Route(f"{ADDRESS}/{{state}}/{{name:path}}", send)

    def _answer(self, request: Request) -> Response:
        file = self._files.get(request.path_params["name"])
        if file is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        # While replicas of two versions serve, one is asked for what the other named.
        fresh = request.path_params["state"] == self._state
        headers = {"cache-control": FOREVER if fresh else "no-store", "vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(file.packed, 200, headers | {"content-encoding": "gzip"}, file.kind)
        return Response(file.data, 200, headers, file.kind)
