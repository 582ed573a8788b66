"""Files belong to the project of their key, are processed, expire, and are given back."""

import pytest

from gemini_balance.simulator.json_types import Json
from tests.unit.simulator.client import KEY, MODEL, Client, ask
from tests.unit.simulator.methods.uploading import STRANGER, get, send, upload

DATA = b"Some words to read."
NOON = 1_794_484_800.0  # 2026-11-12T12:00:00Z


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=NOON, clock_speed=0.0)


def with_file(uri: Json, mime_type: str = "text/plain") -> Json:
    data: Json = {"fileUri": uri, "mimeType": mime_type} if mime_type else {"fileUri": uri}
    return {"contents": [{"parts": [{"text": "Read this."}, {"fileData": data}]}]}


def test_a_file_describes_itself_as_google_does(google: Client) -> None:
    file = upload(google, DATA, {"name": "files/my-notes", "displayName": "Notes", "mimeType": "text/plain"})
    assert file == {
        "name": "files/my-notes",
        "displayName": "Notes",
        "mimeType": "text/plain",
        "sizeBytes": "19",
        "createTime": "2026-11-12T12:00:00.000000Z",
        "updateTime": "2026-11-12T12:00:00.000000Z",
        "expirationTime": "2026-11-14T12:00:00.000000000Z",
        "sha256Hash": "ODlmZmEyZjk2ZGFiZDE4NzU1NTA0OWZkYjZiZmNlODE5OGM4OWM1YTJkNzU1N2NhNjI2NTEwNTI2NTE0MWEyNw==",
        "uri": f"http://{google.host}:{google.port}/v1beta/files/my-notes",
        "state": "ACTIVE",
        "source": "UPLOADED",
    }
    assert get(google, "/v1beta/files/my-notes").json() == file


def test_uris_can_name_another_address(google: Client) -> None:
    google.control(resources={"address": "https://generativelanguage.googleapis.com"})
    file = upload(google, DATA)
    assert file["uri"] == f"https://generativelanguage.googleapis.com/v1beta/{file['name']}"


def test_only_the_project_sees_its_files(google: Client) -> None:
    name = upload(google, DATA)["name"]
    path = f"/v1beta/{name}"
    refusals = [
        get(google, path, STRANGER),
        google.call("DELETE", path, x_goog_api_key=STRANGER),
        get(google, f"{path}:download?alt=media", STRANGER),
        get(google, f"/download{path}:download?alt=media", STRANGER),
        google.generate(with_file(f"https://generativelanguage.googleapis.com{path}"), key=STRANGER),
        get(google, "/v1beta/files/nowhere"),
    ]
    said = "You do not have permission to access the File {} or it may not exist."
    file_id = str(name).removeprefix("files/")
    expected = [(403, said.format(file_id))] * 5
    assert [(reply.status, reply.message()) for reply in refusals] == [*expected, (403, said.format("nowhere"))]
    assert get(google, path, "AQ.Sim-amber-2").status == 200
    assert get(google, "/v1beta/files", STRANGER).json() == {}


def test_a_name_can_be_taken_once(google: Client) -> None:
    upload(google, DATA, {"name": "mine"})
    again = google.call("POST", "/v1beta/files", {"file": {"name": "files/mine"}}, x_goog_api_key=STRANGER)
    assert (again.status, again.json()["error"]) == (
        409,
        {"code": 409, "message": "Requested entity already exists", "status": "ALREADY_EXISTS"},
    )


def test_lists_come_in_pages_the_newest_first(google: Client) -> None:
    for number in range(3):
        upload(google, DATA, {"name": f"files/f{number}"})
    first = get(google, "/v1beta/files?pageSize=2").json()
    second = get(google, f"/v1beta/files?pageSize=2&pageToken={first['nextPageToken']}").json()
    names = [file["name"] for page in (first, second) for file in page["files"]]  # type: ignore[union-attr, index, call-overload]  # Json
    assert names == ["files/f2", "files/f1", "files/f0"]
    assert "nextPageToken" not in second
    assert get(google, "/v1beta/files?pageSize=101").status == 400
    assert get(google, "/v1beta/files?pageToken=abc").message() == "Invalid page token."


def test_a_deleted_file_is_gone(google: Client) -> None:
    path = f"/v1beta/{upload(google, DATA)['name']}"
    deleted = google.call("DELETE", path, x_goog_api_key=KEY)
    assert (deleted.status, deleted.json(), get(google, path).status) == (200, {}, 403)


def test_a_file_expires_after_two_days(google: Client) -> None:
    path = f"/v1beta/{upload(google, DATA)['name']}"
    google.control(advance=48 * 3600 - 1)
    before = get(google, path).status
    google.control(advance=1)
    assert [before, get(google, path).status] == [200, 403]


def test_a_video_is_processed_before_it_can_be_used(google: Client) -> None:
    file = upload(google, DATA, {"mimeType": "video/mp4"})
    path = f"/v1beta/{file['name']}"
    early = google.generate(with_file(file["uri"], "video/mp4"))
    assert (file["state"], early.status, early.json()["error"]) == (
        "PROCESSING",
        400,
        {
            "code": 400,
            "message": f"The File {path.rpartition('/')[2]} is not in an ACTIVE state and usage is not allowed.",
            "status": "FAILED_PRECONDITION",
        },
    )
    google.control(advance=5)
    done = get(google, path).json()
    assert (done["state"], done["videoMetadata"]) == ("ACTIVE", {"videoDuration": "8s"})
    assert google.generate(with_file(file["uri"], "video/mp4")).status == 200


@pytest.mark.parametrize(
    "form", ["{}", "https://generativelanguage.googleapis.com/v1beta/{}", "https://me.example/x/v1/{}"]
)
def test_a_prompt_may_name_a_file_by_any_host(google: Client, form: str) -> None:
    name = str(upload(google, DATA)["name"])
    assert google.generate(with_file(form.format(name))).status == 200
    assert google.generate(with_file(form.format(name), "")).status == 200


def test_a_function_result_may_hold_a_file(google: Client) -> None:
    parts: Json = [{"fileData": {"fileUri": "files/somebody-elses"}}]
    answered: Json = {"functionResponse": {"name": "get", "response": {}, "parts": parts}}
    body: Json = {
        "contents": [
            {"role": "user", "parts": [{"text": "Go"}]},
            {"role": "model", "parts": [{"functionCall": {"name": "get"}}]},
            {"role": "user", "parts": [answered]},
        ]
    }
    assert google.generate(body, model="gemini-2.5-flash").status == 403


@pytest.mark.parametrize(
    ("uri", "mime_type", "said"),
    [
        ("ftp://example.com/a.png", "image/png", "Invalid or unsupported file uri: ftp://example.com/a.png"),
        ("", "image/png", "Invalid or unsupported file uri: "),
        ("files/zipped", "", "Unsupported MIME type: application/zip"),
    ],
)
def test_what_cannot_be_read_is_refused(google: Client, uri: str, mime_type: str, said: str) -> None:
    upload(google, DATA, {"name": "files/zipped", "mimeType": "application/zip"})
    refused = google.generate(with_file(uri, mime_type))
    assert (refused.status, refused.message()) == (400, said)


@pytest.mark.parametrize("uri", ["https://www.youtube.com/watch?v=abc", "https://example.com/a.pdf", "gs://b/a.pdf"])
def test_media_elsewhere_is_taken(google: Client, uri: str) -> None:
    assert google.generate(with_file(uri)).status == 200


def test_counting_tokens_asks_for_the_file_too(google: Client) -> None:
    path = f"/v1beta/models/{MODEL}:countTokens"
    assert google.call("POST", path, with_file("files/nowhere"), x_goog_api_key=KEY).status == 403


def test_a_download_leads_to_the_download_server(google: Client) -> None:
    name = upload(google, DATA)["name"]
    led = get(google, f"/v1beta/{name}:download?alt=media")
    place = f"/download/v1beta/{name}:download?alt=media"
    assert (led.status, led.headers["location"], led.headers["x-goog-api-key"]) == (
        302,
        f"http://{google.host}:{google.port}{place}",
        KEY,
    )
    sent = get(google, place)
    assert (sent.status, sent.headers["content-type"], sent.headers["content-length"], sent.body) == (
        200,
        "text/plain",
        str(len(DATA)),
        DATA,
    )


def test_uploads_can_be_kept_from_downloads(google: Client) -> None:
    google.control(resources={"download_uploads": False})
    name = upload(google, DATA)["name"]
    assert get(google, f"/v1beta/{name}:download?alt=media").status == 400


def test_a_description_alone_makes_a_file_without_bytes(google: Client) -> None:
    made = google.call("POST", "/v1beta/files", {"file": {"displayName": "Later"}}, x_goog_api_key=KEY).json()["file"]
    assert isinstance(made, dict)
    assert (made["displayName"], made.get("sizeBytes")) == ("Later", None)
    assert get(google, f"/v1beta/{made['name']}:download?alt=media").status == 400


def test_cloud_storage_needs_more_than_a_key(google: Client) -> None:
    reply = google.call("POST", "/v1beta/files:register", {"uris": ["gs://b/a"]}, x_goog_api_key=KEY)
    assert (reply.status, "API keys are not supported" in reply.message()) == (401, True)


def test_a_configured_fault_meets_its_operation_only(google: Client) -> None:
    google.control(faults=[{"kind": "overloaded", "operation": "getFile", "times": 1}])
    path = f"/v1beta/{upload(google, DATA)['name']}"
    assert google.generate(ask("hi")).status == 200
    assert [get(google, path).status for _ in range(2)] == [503, 200]


def test_keys_that_do_not_work_upload_nothing(google: Client) -> None:
    reply = send(google, "POST", "/upload/v1beta/files?uploadType=media", b"x" * 100_000, key=f"{KEY}-leaked")
    assert (reply.status, reply.message()) == (403, "Your API key was reported as leaked. Please use another API key.")


def test_a_reset_forgets_everything(google: Client) -> None:
    upload(google, DATA)
    google.call("POST", "/__control/reset")
    assert get(google, "/v1beta/files").json() == {}
