"""Videos and other things that take time."""

import pytest

from tests.unit.simulator.client import KEY, Client, at
from tests.unit.simulator.methods.uploading import STRANGER, get

VEO = "/v1beta/models/veo-3.1-generate-preview"


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=1_794_484_800.0, clock_speed=0.0)


def begin(google: Client) -> str:
    body = google.call("POST", f"{VEO}:predictLongRunning", {"instances": [{"prompt": "A cat"}]}, x_goog_api_key=KEY)
    assert list(body.json()) == ["name"]
    return str(body.json()["name"])


def test_a_video_is_made_in_time_and_can_be_downloaded(google: Client) -> None:
    google.control(resources={"video_bytes": 200_001})
    path = f"/v1beta/{begin(google)}"
    assert get(google, path).json() == {"name": path.removeprefix("/v1beta/")}
    google.control(advance=5)
    done = get(google, path).json()
    uri = str(at(done, "response", "generateVideoResponse", "generatedSamples", 0, "video", "uri"))
    place = uri.removeprefix(f"http://{google.host}:{google.port}")
    assert (done["done"], get(google, path).json()) == (True, done)
    assert get(google, place).status == 302
    sent = get(google, f"/download{place}")
    assert (sent.headers["content-type"], len(sent.body), sent.body[4:8]) == ("video/mp4", 200_001, b"ftyp")
    assert b"[A cat]" in sent.body
    assert at(get(google, "/v1beta/files").json(), "files", 0, "source") == "GENERATED"


def test_a_video_is_a_generated_file_too(google: Client) -> None:
    path = f"/v1beta/{begin(google)}"
    google.control(advance=5)
    get(google, path)
    listed = get(google, "/v1beta/generatedFiles").json()
    name = at(listed, "generatedFiles", 0, "name")
    assert get(google, f"/v1beta/{name}").json() == {"name": name, "mimeType": "video/mp4", "state": "GENERATED"}
    assert len(get(google, f"/v1beta/{name}:download?alt=media").body) == 64 * 1024
    assert [get(google, f"/v1beta/{name}", STRANGER).status, get(google, path, STRANGER).status] == [403, 404]


def test_a_models_operations_are_listed(google: Client) -> None:
    name = begin(google)
    assert get(google, f"{VEO}/operations").json() == {"operations": [{"name": name}]}
    assert get(google, f"{VEO}/operations", STRANGER).json() == {}


def test_only_video_models_take_long(google: Client) -> None:
    path = "/v1beta/models/gemini-3.6-flash:predictLongRunning"
    assert google.call("POST", path, {"instances": [{}]}, x_goog_api_key=KEY).status == 404
    assert google.call("POST", f"{VEO}:predictLongRunning", {}, x_goog_api_key=KEY).status == 400


def test_videos_count_against_the_quota(google: Client) -> None:
    google.control(projects={"amber": {"quotas": {"*": {"rpd": 1}}}})
    begin(google)
    again = google.call("POST", f"{VEO}:predictLongRunning", {"instances": [{}]}, x_goog_api_key=KEY)
    assert again.status == 429
