"""Media too large to be sent along become files of the caller's, with the key that then answers."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.processes import TOKEN, Answer, GatewayProcess, gateway
from tests.replay.loopback import Loopback, RecordedGoogle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.resources.small_google import SmallGoogle

OTHER = "sk-other-token"
MINE, THEIRS = {"x-goog-api-key": TOKEN}, {"x-goog-api-key": OTHER}
LIMIT = 500_000
PNG = b"\x89PNG\r\n\x1a\n"
LARGE, LARGER, SMALL = (PNG + bytes(range(251)) * times for times in (1600, 1800, 4))
BUSY = 503, {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
SPENT = 429, {"error": {"code": 429, "message": "Quota exceeded.", "status": "RESOURCE_EXHAUSTED"}}
WRONG = 400, {"error": {"code": 400, "message": "Unsupported MIME type.", "status": "INVALID_ARGUMENT"}}
REASON = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
DEAD = 400, {"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT", "details": [REASON]}}
MANY = tuple(f"AIzaSim-many-{number}" for number in range(40))
SETTINGS = {
    "ALLOWED_TOKENS": f"{TOKEN},{OTHER}",
    "API_KEYS": ",".join(MANY),
    "INLINE_MAX_MB": str(LIMIT / 1_000_000),
    "ALLOWED_MEDIA_HOSTS": "127.0.0.1",
}


@pytest.fixture(scope="module")
def served(running_google: SmallGoogle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("attachments"), **SETTINGS) as running:
        yield running


def image(data: bytes) -> dict[str, Any]:
    return addressed(f"data:image/png;base64,{b64encode(data).decode()}")


def addressed(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def chat(served: GatewayProcess, *parts: dict[str, Any], **fields: Any) -> Answer:
    body = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": parts}], **fields}
    return served.request("POST", "/hf/v1/chat/completions", json.dumps(body).encode(), MINE)


def parts_sent(google: SmallGoogle) -> Any:
    return google.calls[-1].json["contents"][0]["parts"]


def uploads(google: SmallGoogle) -> list[tuple[str, str]]:
    """Key and digest of all that was uploaded to its end."""
    whole = [call for call in google.calls if call.whole]
    return [(call.key, call.digest) for call in whole if "finalize" in call.headers.get("x-goog-upload-command", "")]


def test_what_is_too_large_is_uploaded_with_the_key_that_answers(served: GatewayProcess, google: SmallGoogle) -> None:
    answer = chat(served, {"type": "text", "text": "Look."}, image(LARGE))
    key = google.calls[-1].key
    assert (answer.status, answer.json["choices"][0]["message"]["content"]) == (200, key)
    assert uploads(google) == [(key, sha256(LARGE).hexdigest())]
    name = next(reversed(google.made))
    file = {"fileUri": f"{google.url}/v1beta/{name}", "mimeType": "image/png"}
    assert parts_sent(google) == [{"text": "Look."}, {"fileData": file}]
    told = google.made[name][1]
    assert (told["sizeBytes"], told["mimeType"]) == (str(len(LARGE)), "image/png")


def test_what_was_uploaded_is_the_callers_and_nobody_elses(served: GatewayProcess, google: SmallGoogle) -> None:
    chat(served, image(LARGE))
    name = next(reversed(google.made))
    assert served.request("GET", f"/v1beta/{name}", None, MINE).json["name"] == name
    assert served.request("GET", f"/v1beta/{name}", None, THEIRS).status == 404
    part = {"type": "file", "file": {"file_id": name}}
    assert chat(served, part).json["choices"][0]["message"]["content"] == google.made[name][0]


def test_the_key_that_has_a_named_file_gets_the_large_ones(served: GatewayProcess, google: SmallGoogle) -> None:
    chat(served, image(LARGE))
    name = next(reversed(google.made))
    for _ in range(3):
        google.calls.clear()
        assert chat(served, {"type": "file", "file": {"file_id": name}}, image(LARGER)).status == 200
        assert uploads(google) == [(google.made[name][0], sha256(LARGER).hexdigest())]


def test_the_largest_are_uploaded_until_the_rest_may_come_along(served: GatewayProcess, google: SmallGoogle) -> None:
    assert chat(served, image(SMALL), image(LARGE), image(LARGER)).status == 200
    assert [digest for _, digest in uploads(google)] == [sha256(one).hexdigest() for one in (LARGER, LARGE)]
    small, *large = parts_sent(google)
    assert small == {"inlineData": {"mimeType": "image/png", "data": b64encode(SMALL).decode()}}
    assert [list(part) for part in large] == [["fileData"], ["fileData"]]


def test_what_is_small_enough_comes_along(served: GatewayProcess, google: SmallGoogle) -> None:
    assert chat(served, image(PNG + bytes(300_000))).status == 200
    assert (uploads(google), google.calls[-1].size > 400_000) == ([], True)


def test_media_named_by_their_address_are_uploaded_too(served: GatewayProcess, google: SmallGoogle) -> None:
    with Loopback(RecordedGoogle((200, "image/png", LARGE)), lifespan=False) as web:
        assert chat(served, addressed(f"http://127.0.0.1:{web.port}/x.png")).status == 200
    assert [digest for _, digest in uploads(google)] == [sha256(LARGE).hexdigest()]


def test_both_alphabets_of_base64_are_read_and_nothing_else(served: GatewayProcess, google: SmallGoogle) -> None:
    data = PNG + bytes(range(256)) * 1600
    text = urlsafe_b64encode(data).decode().rstrip("=")
    assert chat(served, addressed(f"data:image/png;base64,{text}")).status == 200
    assert [digest for _, digest in uploads(google)] == [sha256(data).hexdigest()]
    for wrong in (f"{text}!", f"{text[:9000]}!{text[9001:]}"):
        refused = chat(served, addressed(f"data:image/png;base64,{wrong}"))
        assert (refused.status, refused.json["error"]["type"]) == (400, "invalid_request_error")
        assert "not valid Base64" in refused.json["error"]["message"]


@pytest.mark.parametrize("refusal", [BUSY, SPENT, DEAD], ids=["busy", "spent", "dead"])
def test_when_the_key_fails_the_next_one_gets_the_files_too(
    served: GatewayProcess, google: SmallGoogle, refusal: Any
) -> None:
    google.refusals = [refusal]
    answer = chat(served, image(LARGE))
    keys = [key for key, _ in uploads(google)]
    assert (answer.status, len(keys), len(set(keys))) == (200, 2, 2)
    assert answer.json["choices"][0]["message"]["content"] == keys[1]


@pytest.mark.parametrize("refusal", [BUSY, SPENT, DEAD], ids=["busy", "spent", "dead"])
def test_a_key_that_can_begin_no_upload_is_passed_over(
    served: GatewayProcess, google: SmallGoogle, refusal: Any
) -> None:
    google.no_uploads = [refusal] * 3
    answer = chat(served, image(LARGE))
    assert (answer.status, answer.headers["gemini-balance-attempts"], len(uploads(google))) == (200, "4", 1)


def test_no_more_than_three_keys_get_the_files(served: GatewayProcess, google: SmallGoogle) -> None:
    google.refusals = [SPENT] * 9
    answer = chat(served, image(LARGE))
    google.refusals.clear()
    assert (answer.status, len(uploads(google))) == (429, 3)


def test_what_google_will_not_store_is_the_callers_mistake(served: GatewayProcess, google: SmallGoogle) -> None:
    google.no_uploads = [WRONG]
    answer = chat(served, image(LARGE))
    assert (answer.status, answer.json["error"]["message"]) == (400, "Unsupported MIME type.")


def test_a_file_is_used_once_google_has_processed_it(served: GatewayProcess, google: SmallGoogle) -> None:
    google.looks = ["PROCESSING", "PROCESSING"]
    assert chat(served, image(LARGE)).status == 200
    assert [call.method for call in google.calls] == ["POST", "POST", "GET", "GET", "POST"]
    google.looks = ["PROCESSING", "FAILED"]
    failed = chat(served, image(LARGE))
    assert (failed.status, "could not process" in failed.json["error"]["message"]) == (400, True)


def test_no_error_of_an_upload_repeats_a_key(served: GatewayProcess, google: SmallGoogle) -> None:
    google.no_uploads = [(400, {"error": {"code": 400, "message": "Not with THE KEY."}})]
    assert chat(served, image(LARGE)).json["error"]["message"] == "Not with REDACTED."


@pytest.mark.prove
def test_a_file_of_90_mb_in_a_chat_is_uploaded_in_little_more_memory_than_its_request(
    running_google: SmallGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = PNG + bytes(range(250)) * 360_000
    body = json.dumps({"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": [image(data)]}]}).encode()
    with gateway(running_google, tmp_path, MAX_BODY_MB="200") as served:
        chat(served, image(SMALL))
        before = served.rss_mb
        answer = served.request("POST", "/hf/v1/chat/completions", body, MINE)
        grown = served.peak_mb - before
    assert (answer.status, uploads(running_google)[-1][1]) == (200, sha256(data).hexdigest())
    with capsys.disabled():
        print(f"\nA request of {len(body) / 1e6:.0f} MB took {grown:.0f} MB")
    assert grown < 2 * len(body) / 2**20 + 20
