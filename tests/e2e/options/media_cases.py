"""Media that requests name, and pictures that are made."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.e2e.options.cases import calls, case, chat, fresh, paths
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from tests.e2e.options.running import Running

PNG = b"\x89PNG\r\n\x1a\n" + bytes(5_000)
HOSTS = '["127.0.0.1"]'
HOUR = 3600.0


class Album(BaseHTTPRequestHandler):
    """One picture, under /slow after a moment."""

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.3)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (as the base class calls it)
        pass


def shown(gateway: Running, path: str) -> int:
    """The status of a chat about a picture that a server on this machine has."""
    with serving(Album) as address:
        return chat(gateway, [{"type": "image_url", "image_url": {"url": f"http://{address}{path}"}}]).status


@case("media_max_mb", 0.004, before=200, after=400, ALLOWED_MEDIA_HOSTS=HOSTS)
def large(gateway: Running) -> object:
    return shown(gateway, "/picture")


@case("media_time_out", 0.1, before=200, after=400, ALLOWED_MEDIA_HOSTS=HOSTS)
def slow(gateway: Running) -> object:
    return shown(gateway, "/slow")


@case("allowed_media_hosts", ["127.0.0.0/8"], before=400, after=200)
def private(gateway: Running) -> object:
    return shown(gateway, "/picture")


def made(gateway: Running, **fields: Any) -> Any:
    """What a call for a picture is answered with."""
    body = {"model": "gemini-2.5-flash-image", "prompt": fresh(gateway), "response_format": "url", **fields}
    answer = gateway.request("POST", "/v1/images/generations", json.dumps(body).encode())
    assert answer.status == 200, answer.body
    return answer.json["data"][0]


@case("create_image_model", "gemini-3-pro-image", before="gemini-2.5-flash-image", after="gemini-3-pro-image")
def painter(gateway: Running) -> object:
    (path,) = paths(calls(gateway, lambda: made(gateway)))
    return path.rpartition("/")[2].partition(":")[0]


@case("image_url_hours", 2, before=200, after=404)
def three_hours_later(gateway: Running) -> object:
    address = urlsplit(made(gateway)["url"])
    gateway.clock.ahead += 3 * HOUR
    return gateway.request("GET", f"{address.path}?{address.query}", headers={}).status


@case("image_store_mb", 0, before="url", after="b64_json")
def kept(gateway: Running) -> object:
    """Is it kept, or does it come along?"""
    return next(name for name in ("url", "b64_json") if made(gateway).get(name))
