"""Images named by their addresses, over sockets: fetched where that is allowed, refused clearly where it is not."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, control, gateway, requests
from tests.e2e.web_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.processes import Answer

BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
FETCH_SECONDS = 1
QUESTION = "图里画的是什么？"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Album(BaseHTTPRequestHandler):
    """A web server with one image, some ways to it, and some dead ends."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/photo.png":
                self._say(200, PNG, "image/png")
            case "/moved":
                self._say(302, b"", "text/plain", "/photo.png")
            case "/inward":
                self._say(302, b"", "text/plain", "http://169.254.169.254/latest/meta-data/")
            case "/page":
                self._say(200, b"<html>No image for you</html>", "text/html")
            case "/large":
                self._say(200, PNG + bytes(200_000), "image/png")
            case "/slow":
                time.sleep(3)
            case _:
                self._say(404, b"", "text/plain")

    def _say(self, status: int, body: bytes, kind: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (as the base class calls it)
        pass


@pytest.fixture(scope="module")
def album() -> Iterator[str]:
    with serving(Album) as address:
        yield f"http://{address}"


@pytest.fixture(scope="module")
def fetching(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    limits = {"MEDIA_MAX_MB": "0.1", "MEDIA_TIME_OUT": str(FETCH_SECONDS)}
    folder = tmp_path_factory.mktemp("fetching")
    with gateway(running_google, folder, ALLOWED_MEDIA_HOSTS="127.0.0.1", **limits) as running:
        yield running


def asked(served: GatewayProcess, *urls: str, **fields: Any) -> Answer:
    """As section 2.4 of the manual has it."""
    images = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    content = [{"type": "text", "text": QUESTION}, *images]
    body = {"model": "gemini-1.5-flash-latest", "messages": [{"role": "user", "content": content}], **fields}
    return served.request("POST", "/hf/v1/chat/completions", json.dumps(body).encode(), BEARER)


def body_about(url: str) -> bytes:
    content = [{"type": "image_url", "image_url": {"url": url}}]
    return json.dumps({"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": content}]}).encode()


def sent_parts(google: RunningSimulator) -> list[Any]:
    (request,) = requests(google)
    body = request["body"]
    parts: list[Any] = (json.loads(body) if isinstance(body, str) else body)["contents"][0]["parts"]
    return parts


IMAGE = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(PNG).decode()}}


@pytest.mark.parametrize("path", ["/photo.png", "/moved"])
def test_section_2_4_an_image_named_by_its_address(
    google: RunningSimulator, fetching: GatewayProcess, album: str, path: str
) -> None:
    answer = asked(fetching, f"{album}{path}?size=2")
    assert answer.status == 200, answer.body
    assert QUESTION in answer.json["choices"][0]["message"]["content"]
    assert sent_parts(google) == [{"text": QUESTION}, IMAGE]


def test_section_2_4_an_image_that_comes_along(google: RunningSimulator, served: GatewayProcess) -> None:
    answer = asked(served, f"data:image/png;base64,{base64.b64encode(PNG).decode()}")
    assert answer.status == 200, answer.body
    assert sent_parts(google) == [{"text": QUESTION}, IMAGE]


def test_several_images_keep_their_places_in_a_stream(
    google: RunningSimulator, fetching: GatewayProcess, album: str
) -> None:
    here = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    answer = asked(fetching, f"{album}/photo.png", here, f"{album}/moved", stream=True)
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert sent_parts(google) == [{"text": QUESTION}, IMAGE, IMAGE, IMAGE]


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_video_too_large_to_come_along_is_uploaded_and_waited_for(
    google: RunningSimulator, tmp_path: Path, stream: bool
) -> None:
    control(google, resources={"processing": 0.3})
    video = b"\x00\x00\x00\x18ftypmp42" + bytes(200_000)
    with gateway(google, tmp_path, INLINE_MAX_MB="0.1") as served:
        answer = asked(served, f"data:video/mp4;base64,{base64.b64encode(video).decode()}", stream=stream)
    assert (answer.status, answer.body.endswith(b"data: [DONE]\n\n")) == (200, stream)
    begun, uploaded, chat = requests(google)
    assert (begun["path"], uploaded["key"], chat["key"]) == ("/upload/v1beta/files", begun["key"], begun["key"])
    file = json.loads(chat["body"])["contents"][0]["parts"][1]["fileData"]
    assert (file["mimeType"], file["fileUri"].startswith(f"{google.url}/v1beta/files/")) == ("video/mp4", True)


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_private_address_is_refused_by_default_with_a_clear_400(
    google: RunningSimulator, served: GatewayProcess, album: str, stream: bool
) -> None:
    answer = asked(served, f"{album}/photo.png?token=secret", stream=stream)
    error = answer.json["error"]
    assert (answer.status, error["type"], error["param"]) == (400, "invalid_request_error", "messages")
    assert "127.0.0.1 can't be used: its host is not on the public internet" in error["message"]
    assert "secret" not in error["message"]
    assert requests(google) == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/inward", "not on the public internet"),
        ("/nowhere", "status 404"),
        ("/page", "no image"),
        ("/large", "larger than 0.1 MB (MEDIA_MAX_MB)"),
        ("/slow", "longer than 1 s (MEDIA_TIME_OUT)"),
    ],
)
def test_what_can_not_be_had_is_a_400_that_says_why(
    google: RunningSimulator, fetching: GatewayProcess, album: str, path: str, why: str
) -> None:
    answer = asked(fetching, f"{album}/photo.png", f"{album}{path}")
    assert (answer.status, answer.json["error"]["param"]) == (400, "messages")
    assert why in answer.json["error"]["message"]
    assert requests(google) == []


def test_many_callers_with_images_are_all_served(
    google: RunningSimulator, fetching: GatewayProcess, album: str
) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(asked(fetching, f"{album}/photo.png").status))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    with contextlib.ExitStack() as stack:
        for thread in threads:
            stack.callback(thread.join)
    assert statuses == [200] * 20


def test_callers_that_leave_free_their_places(google: RunningSimulator, fetching: GatewayProcess, album: str) -> None:
    body = body_about(f"{album}/slow")
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    began = time.monotonic()
    leavers = [socket.create_connection(("127.0.0.1", fetching.port)) for _ in range(8)]
    for leaver in leavers:
        leaver.sendall(head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    time.sleep(0.2)
    for leaver in leavers:
        leaver.close()
    assert asked(fetching, f"{album}/photo.png").status == 200
    assert time.monotonic() - began < FETCH_SECONDS
