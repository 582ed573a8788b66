"""Uploads: what is taken in which order, and what the upload server says otherwise."""

import base64
import hashlib
import http.client
import socket
import time

import pytest

from tests.unit.simulator.client import KEY, Client
from tests.unit.simulator.methods.uploading import CHUNK, UPLOAD, command, get, path_of, send, start, upload

DATA = bytes(range(256)) * 10


@pytest.fixture(autouse=True)
def small_pieces(google: Client) -> None:
    google.control(resources={"chunk": CHUNK}, clock_start=1_000_000.0, clock_speed=0.0)


def test_a_start_gives_an_address_on_its_own_host(google: Client) -> None:
    started = start(google, {"file": {"display_name": "a"}}, len(DATA))
    headers = {name: value for name, value in started.headers.items() if "upload" in name}
    upload_id = headers["x-guploader-uploadid"]
    url = f"http://{google.host}:{google.port}{UPLOAD}?upload_id={upload_id}&upload_protocol=resumable"
    assert (started.status, started.body, started.headers["content-type"], headers) == (
        200,
        b"",
        "text/plain; charset=utf-8",
        {
            "x-goog-upload-status": "active",
            "x-goog-upload-url": url,
            "x-goog-upload-control-url": url,
            "x-goog-upload-chunk-granularity": str(CHUNK),
            "x-guploader-uploadid": upload_id,
        },
    )
    assert started.headers["server"] == "UploadServer"


def test_pieces_come_one_after_the_other_without_a_key(google: Client) -> None:
    path = path_of(start(google, {"file": {"displayName": "a", "mimeType": "text/csv"}}, len(DATA)))
    first = command(google, path, "upload", DATA[:CHUNK], 0)
    asked = command(google, path, "query")
    last = command(google, path, "upload, finalize", DATA[CHUNK:], CHUNK)
    assert [reply.headers["x-goog-upload-status"] for reply in (first, asked, last)] == ["active", "active", "final"]
    assert asked.headers["x-goog-upload-size-received"] == str(CHUNK)
    file = last.json()["file"]
    assert isinstance(file, dict)
    digest = base64.b64encode(hashlib.sha256(DATA).hexdigest().encode()).decode()
    assert (file["sizeBytes"], file["sha256Hash"], file["mimeType"]) == (str(len(DATA)), digest, "text/csv")


def test_finalize_may_come_alone(google: Client) -> None:
    path = path_of(start(google))
    command(google, path, "upload", DATA[:CHUNK], 0)
    ended = command(google, path, "finalize")
    file = ended.json()["file"]
    assert isinstance(file, dict)
    assert (file["sizeBytes"], file["mimeType"]) == (str(CHUNK), "text/plain")


@pytest.mark.parametrize(
    ("words", "data", "offset", "said"),
    [
        ("upload", DATA[:CHUNK], 7, "Invalid X-Goog-Upload-Offset: 7, but 0 bytes have been received."),
        ("upload", DATA[:CHUNK], None, "Invalid X-Goog-Upload-Offset: missing, but 0 bytes have been received."),
        ("upload", DATA[:10], 0, "Only the last piece may be other than a multiple of 1024 bytes."),
        ("upload, finalize", DATA[:10], 0, "10 bytes have been received, but 2560 were declared."),
        ("upload, finalize", DATA + b"x", 0, "More bytes have been received than were declared at the start."),
        ("explode", b"", None, "Invalid X-Goog-Upload-Command: explode"),
        ("", b"", None, "Invalid X-Goog-Upload-Command: missing"),
    ],
)
def test_a_wrong_command_changes_nothing(
    google: Client, words: str, data: bytes, offset: int | None, said: str
) -> None:
    path = path_of(start(google, size=len(DATA)))
    refused = command(google, path, words, data, offset)
    assert (refused.status, refused.body.decode(), refused.headers["x-goog-upload-status"]) == (400, said, "active")
    assert refused.headers["x-goog-upload-size-received"] == "0"
    assert command(google, path, "upload, finalize", DATA, 0).status == 200


def test_a_type_that_does_not_exist_is_refused_at_the_end(google: Client) -> None:
    path = path_of(start(google, {"file": {"mimeType": "bad/mime_type"}}, len(DATA)))
    refused = command(google, path, "upload, finalize", DATA, 0)
    assert (refused.status, refused.message(), refused.headers["x-goog-upload-status"]) == (
        400,
        "Unsupported MIME type: bad/mime_type",
        "final",
    )


@pytest.mark.parametrize("kind", ["overloaded", "cut", "reset"])
def test_a_fault_in_the_middle_costs_only_the_piece(google: Client, kind: str) -> None:
    path = path_of(start(google, size=len(DATA)))
    command(google, path, "upload", DATA[:CHUNK], 0)
    google.control(faults=[{"kind": kind, "operation": "continueUpload", "times": 1}])
    if kind == "overloaded":
        assert command(google, path, "upload, finalize", DATA[CHUNK:], CHUNK).status == 503
    else:
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            command(google, path, "upload, finalize", DATA[CHUNK:], CHUNK)
    assert command(google, path, "query").headers["x-goog-upload-size-received"] == str(CHUNK)
    assert command(google, path, "upload, finalize", DATA[CHUNK:], CHUNK).status == 200


def test_what_has_ended_stays_so(google: Client) -> None:
    done, left = (path_of(start(google, size=len(DATA))) for _ in range(2))
    command(google, done, "upload, finalize", DATA, 0)
    cancelled = command(google, left, "cancel")
    assert (cancelled.status, cancelled.headers["x-goog-upload-status"]) == (200, "cancelled")
    late = [command(google, path, "upload, finalize", DATA, 0) for path in (done, left)]
    assert [(reply.status, reply.headers["x-goog-upload-status"], reply.body) for reply in late] == [
        (400, "final", b"Upload has already been terminated."),
        (400, "cancelled", b"Upload has already been terminated."),
    ]


def test_an_unknown_upload_is_not_found(google: Client) -> None:
    reply = command(google, f"{UPLOAD}?upload_id=AJ5rDhNope&upload_protocol=resumable", "upload", DATA, 0)
    assert (reply.status, reply.body, reply.headers["x-goog-upload-status"]) == (404, b"Not Found", "final")


def test_an_address_does_not_live_for_ever(google: Client) -> None:
    path = path_of(start(google))
    google.control(advance=7 * 24 * 3600)
    late = command(google, path, "query")
    assert (late.status, late.body) == (404, b"Not Found")


def test_a_piece_that_breaks_off_can_be_gone_on_with(google: Client) -> None:
    path = path_of(start(google, size=len(DATA)))
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(DATA)}\r\nx-goog-upload-command: upload, finalize"
    with socket.create_connection((google.host, google.port)) as connection:
        connection.sendall(f"{head}\r\nx-goog-upload-offset: 0\r\n\r\n".encode() + DATA[:100])
        wait_until_received(google, path, 100)
    assert command(google, path, "upload, finalize", DATA[100:], 100).status == 200


def wait_until_received(google: Client, path: str, size: int) -> None:
    deadline = time.monotonic() + 5
    while command(google, path, "query").headers["x-goog-upload-size-received"] != str(size):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ({"file": {"colour": "red"}}, "Unknown name \"colour\" at 'file': Cannot find field."),
        ({"display_name": "a"}, 'Unknown name "display_name": Cannot find field.'),
        ({"file": {"name": "files/-A-"}}, "lowercase alphanumeric"),
    ],
)
def test_a_description_that_makes_no_sense_begins_nothing(
    google: Client, description: dict[str, object], said: str
) -> None:
    refused = send(
        google,
        "POST",
        UPLOAD,
        str(description).replace("'", '"').encode(),
        x_goog_upload_protocol="resumable",
        x_goog_upload_command="start",
    )
    assert refused.status == 400
    assert said in refused.message()


def test_a_start_needs_a_key_and_a_protocol(google: Client) -> None:
    bare = send(google, "POST", UPLOAD, b"{}", key="", x_goog_upload_protocol="resumable")
    wordless = send(google, "POST", UPLOAD, b"{}", x_goog_upload_protocol="resumable")
    shapeless = send(google, "POST", UPLOAD, b"{}")
    assert [(reply.status, reply.message()) for reply in (wordless, shapeless)] == [
        (400, "Invalid X-Goog-Upload-Command: an upload begins with start."),
        (400, "Invalid upload request: no known X-Goog-Upload-Protocol."),
    ]
    assert bare.status == 403


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("how", ["header", "query"])
def test_a_multipart_body_holds_description_and_bytes(google: Client, line_end: bytes, how: str) -> None:
    data = b"one\r\ntwo\n--not the end\n"
    head = (b"--b1", b"Content-Type: application/json", b"", b'{"file":{"displayName":"a"}}', b"--b1")
    lines = (*head, b"Content-Type: text/markdown", b"", data, b"--b1--", b"")
    told = {"x_goog_upload_protocol": "multipart"} if how == "header" else {}
    path = UPLOAD if how == "header" else f"{UPLOAD}?uploadType=multipart"
    reply = send(google, "POST", path, line_end.join(lines), content_type="multipart/related; boundary=b1", **told)
    file = reply.json()["file"]
    assert isinstance(file, dict)
    assert (file["displayName"], file["mimeType"], file["sizeBytes"]) == ("a", "text/markdown", str(len(data)))
    assert get(google, f"/download/v1beta/{file['name']}:download?alt=media").body == data


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--b1\n\n{}\n--b1\n\nabc", "multipart/related; boundary=b1"),
        (b"{}", "multipart/related; boundary=b1"),
        (b"{}", "text/plain"),
    ],
)
def test_a_broken_multipart_body_is_refused(google: Client, body: bytes, content_type: str) -> None:
    reply = send(google, "POST", UPLOAD, body, content_type=content_type, x_goog_upload_protocol="multipart")
    assert reply.status == 400


def test_a_raw_body_is_the_file(google: Client) -> None:
    reply = send(google, "POST", f"{UPLOAD}?uploadType=media", b"abc", content_type="text/html")
    file = reply.json()["file"]
    assert isinstance(file, dict)
    assert (file["mimeType"], file["sizeBytes"]) == ("text/html", "3")


def test_statistics_count_every_command_for_the_key_that_began(google: Client) -> None:
    upload(google, DATA)
    stats = google.stats()
    assert stats["by_operation"] == {"createFile": 1, "continueUpload": 1}
    assert stats["by_key"] == {KEY: 2}
