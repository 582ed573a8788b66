"""An image host on a socket: PicGo's and Cloudflare ImgBed's answers, and one that is closed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWERS: dict[str, Any] = {
    "/picgo": {"status_code": 200, "image": {"url": "https://host.example/picgo.png"}},
    "/upload": [{"src": "/file/bed.png"}],
    "/smms": {"success": True, "code": "success", "data": {"url": "https://host.example/smms.png"}},
    "/smms-again": {"success": False, "code": "image_repeated", "images": "https://host.example/first.png"},
    "/smms-full": {"success": False, "code": "flood", "message": "Upload file frequency limit."},
    "/whole": [{"src": "https://cdn.example/bed.png"}],
    "/none": [],
    "/odd": {"image": {"url": "javascript:alert(1)"}},
}


@dataclass
class Seen:
    """The uploads that came, as path, headers and body."""

    url: str = ""
    uploads: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


def image_host() -> Iterator[Seen]:
    """Runs until the generator is closed."""
    seen = Seen()

    class Host(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.uploads.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            answer = ANSWERS.get(self.path.partition("?")[0])
            self.send_response(200 if answer is not None else 503)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (as the base class calls it)
            pass

    with serving(Host) as address:
        seen.url = f"http://{address}"
        yield seen
