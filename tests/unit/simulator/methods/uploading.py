"""Uploads as a client makes them, command by command."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

from tests.unit.simulator.client import KEY, Client, Reply

if TYPE_CHECKING:
    from gemini_balance.simulator.json_types import Object

CHUNK = 1024
UPLOAD = "/upload/v1beta/files"
STRANGER = "AIzaSim-basil-1"


def send(google: Client, method: str, path: str, data: bytes = b"", key: str = KEY, **headers: str) -> Reply:
    """One request with bytes."""
    connection = http.client.HTTPConnection(google.host, google.port, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        sent["x-goog-api-key"] = key
    try:
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        return Reply(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def start(google: Client, description: Object | None = None, size: int | None = None, path: str = UPLOAD) -> Reply:
    """Begin a resumable upload."""
    told = {} if size is None else {"x_goog_upload_header_content_length": str(size)}
    return send(
        google,
        "POST",
        path,
        json.dumps(description or {}).encode(),
        x_goog_upload_protocol="resumable",
        x_goog_upload_command="start",
        x_goog_upload_header_content_type="text/plain",
        **told,
    )


def path_of(started: Reply) -> str:
    """The path and query of the upload's URL."""
    return "/" + started.headers["x-goog-upload-url"].split("/", 3)[3]


def command(google: Client, path: str, words: str, data: bytes = b"", offset: int | None = None) -> Reply:
    """A command about an upload, without a key, as the SDKs send it."""
    told = {} if offset is None else {"x_goog_upload_offset": str(offset)}
    return send(google, "POST", path, data, key="", x_goog_upload_command=words, **told)


def upload(google: Client, data: bytes, file: Object | None = None) -> Object:
    """A whole upload; gives the file."""
    path = path_of(start(google, {"file": file or {}}, len(data)))
    made = command(google, path, "upload, finalize", data, 0)
    assert made.status == 200, made.body
    described = made.json()["file"]
    assert isinstance(described, dict)
    return described


def get(google: Client, path: str, key: str = KEY) -> Reply:
    """GET with a key."""
    return google.call("GET", path, x_goog_api_key=key)
