"""Files, caches, batches and interactions: with the key that made them, for the token that made them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from google import genai
from google.genai import types

from tests.e2e.processes import KEYS, TOKEN, Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.resources.small_google import SmallGoogle


OTHER = "sk-other-token"  # ends like TOKEN, so both have one name in logs
MINE, THEIRS = {"x-goog-api-key": TOKEN}, {"x-goog-api-key": OTHER}
BUSY = 503, {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
NATIVE = "/v1beta/models/gemini-2.5-flash:generateContent"
SETTINGS = {"ALLOWED_TOKENS": f"{TOKEN},{OTHER}", "TRUSTED_PROXIES": "127.0.0.0/8", "MAX_FAILURES": "0"}


@pytest.fixture(scope="module")
def served(running_google: SmallGoogle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("resources"), **SETTINGS) as running:
        yield running


def call(
    served: GatewayProcess, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Answer:
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    return served.request(method, path, data, MINE if headers is None else headers)


def uploaded(served: GatewayProcess, headers: dict[str, str] | None = None) -> Any:
    """A file, as told at the end of its upload."""
    begun = begin(served, headers)
    path = begun.headers["x-goog-upload-url"].split("/", 3)[3]
    command = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
    done = call(served, "POST", f"/{path}", b"hello", command | (headers or MINE))
    assert (done.status, done.headers["x-goog-upload-status"]) == (200, "final")
    return done.json["file"]


def begin(served: GatewayProcess, headers: dict[str, str] | None = None, prefix: str = "") -> Answer:
    start = {"x-goog-upload-command": "start", "x-goog-upload-protocol": "resumable"}
    start |= {"x-goog-upload-header-content-type": "text/plain"}
    return call(served, "POST", f"{prefix}/upload/v1beta/files", {"file": {}}, start | (headers or MINE))


def asking(served: GatewayProcess, uri: str, headers: dict[str, str] | None = None, prefix: str = "") -> Answer:
    body = {"contents": [{"role": "user", "parts": [{"fileData": {"fileUri": uri}}]}]}
    return call(served, "POST", f"{prefix}{NATIVE}", body, headers)


@pytest.mark.parametrize("prefix", ["", "/gemini"])
def test_an_upload_goes_on_at_our_address_and_with_its_key(
    served: GatewayProcess, google: SmallGoogle, prefix: str
) -> None:
    begun = begin(served, prefix=prefix)
    address = begun.headers["x-goog-upload-url"]
    assert address.startswith(f"{served.url}/upload/v1beta/files?upload_id=")
    assert address == begun.headers["x-goog-upload-control-url"]
    assert begun.headers["x-goog-upload-chunk-granularity"] == "8388608"
    key = google.calls[-1].key
    for number in range(4):
        command = "upload, finalize" if number == 3 else "upload"
        headers = {"x-goog-upload-command": command, "x-goog-upload-offset": str(5 * number)}
        answer = call(served, "POST", address.removeprefix(served.url), b"hello", headers | MINE)
        assert (answer.status, google.calls[-1].key, google.calls[-1].body) == (200, key, b"hello")
    assert answer.json["file"]["uri"].startswith(f"{served.url}/v1beta/files/")
    assert answer.json["file"]["sizeBytes"] == "20"


def test_a_piece_without_a_token_is_its_beginners_and_a_strangers_is_refused(served: GatewayProcess) -> None:
    path = begin(served).headers["x-goog-upload-url"].removeprefix(served.url)
    command = {"x-goog-upload-command": "upload", "x-goog-upload-offset": "0"}
    assert call(served, "POST", path, b"hello", command).status == 200
    assert call(served, "POST", path, b"hello", command | THEIRS).status == 404
    assert call(served, "POST", path, b"hello", command | {"x-goog-api-key": "no"}).status == 401
    assert call(served, "POST", path.replace("upload_id=", "upload_id=x"), b"hello", command).status == 401


def test_a_wrong_offset_is_told_in_googles_words_with_its_headers(served: GatewayProcess) -> None:
    path = begin(served).headers["x-goog-upload-url"].removeprefix(served.url)
    wrong = {"x-goog-upload-command": "upload", "x-goog-upload-offset": "7"}
    answer = call(served, "POST", path, b"hello", wrong | MINE)
    assert (answer.status, answer.json["error"]["message"]) == (400, "Wrong offset.")
    assert answer.headers["x-goog-upload-status"] == "active"
    assert answer.headers["x-goog-upload-size-received"] == "0"


def test_addresses_are_those_of_the_proxy_in_front(served: GatewayProcess) -> None:
    forwarded = MINE | {"x-forwarded-proto": "https", "x-forwarded-host": "ai.example"}
    assert begin(served, forwarded).headers["x-goog-upload-url"].startswith("https://ai.example/upload/v1beta/files?")
    file = uploaded(served)
    answer = call(served, "GET", f"/v1beta/{file['name']}", None, forwarded)
    assert answer.json["uri"] == f"https://ai.example/v1beta/{file['name']}"


@pytest.mark.parametrize("prefix", ["", "/gemini"])
def test_a_file_is_used_with_the_key_that_has_it_under_any_address(
    served: GatewayProcess, google: SmallGoogle, prefix: str
) -> None:
    file = uploaded(served)
    key = google.made[file["name"]][0]
    at_googles = f"{google.url}/v1beta/{file['name']}"
    for uri in (file["uri"], file["name"], at_googles, file["uri"].replace("/v1beta", "/gemini/v1beta")):
        for _ in range(4):
            answer = asking(served, uri, prefix=prefix)
            assert (answer.status, google.calls[-1].key) == (200, key)
        sent = google.calls[-1].json["contents"][0]["parts"][0]["fileData"]["fileUri"]
        assert sent == (file["name"] if uri == file["name"] else at_googles)


def test_what_anothers_token_made_is_not_there(served: GatewayProcess, google: SmallGoogle) -> None:
    file = uploaded(served)
    asked = len(google.calls)
    answers = [
        asking(served, file["uri"], THEIRS),
        call(served, "GET", f"/v1beta/{file['name']}", None, THEIRS),
        call(served, "DELETE", f"/gemini/v1beta/{file['name']}", None, THEIRS),
        call(served, "GET", f"/download/v1beta/{file['name']}:download?alt=media", None, THEIRS),
        call(served, "POST", "/v1beta/models/m:batchGenerateContent", {"batch": {"fileName": file["name"]}}, THEIRS),
    ]
    assert [(answer.status, answer.json["error"]["status"]) for answer in answers] == [(404, "NOT_FOUND")] * 5
    nobodys = call(served, "GET", "/v1beta/files/nobodys", None, THEIRS)
    assert nobodys.body.replace(b"files/nobodys", file["name"].encode()) == answers[1].body
    assert len(google.calls) == asked


@pytest.mark.parametrize(
    "address",
    [
        "https://else.example/v1beta/NAME",
        "https://GENERATIVELANGUAGE.googleapis.com/v1beta/NAME",
        "https://generativelanguage.googleapis.com:443/v1beta/NAME",
        "https://generativelanguage.googleapis.com//v1beta/NAME/#x",
        "v1beta/NAME",
    ],
)
def test_no_spelling_of_an_address_leads_to_anothers_file(
    served: GatewayProcess, google: SmallGoogle, address: str
) -> None:
    name, asked = uploaded(served)["name"], len(google.calls)
    assert asking(served, address.replace("NAME", name), THEIRS).status == 404
    assert len(google.calls) == asked


def test_our_address_may_have_a_path(google: SmallGoogle, tmp_path: Path) -> None:
    public = {"PUBLIC_URL": "https://ai.example/balance/"}
    with gateway(google, tmp_path, **SETTINGS, **public) as served:
        begun = begin(served)
        address = begun.headers["x-goog-upload-url"]
        assert address.startswith("https://ai.example/balance/upload/v1beta/files?upload_id=")
        file = call(served, "POST", "/v1beta/files", {}).json
        asked = asking(served, f"https://ai.example/balance/v1beta/{file['name']}")
        assert asked.status == 200
        sent = google.calls[-1].json["contents"][0]["parts"][0]["fileData"]["fileUri"]
        assert sent == f"{google.url}/v1beta/{file['name']}"
        assert call(served, "DELETE", f"/v1beta/{file['name']}").status == 200


def test_an_address_elsewhere_that_is_nobodys_is_googles_to_fetch(served: GatewayProcess, google: SmallGoogle) -> None:
    address = "https://else.example/v1beta/files/nobodys"
    assert asking(served, address).status == 200
    assert address.encode() in google.calls[-1].body


def test_a_packed_body_hides_nothing(served: GatewayProcess) -> None:
    body = gzip.compress(
        b'{"contents":[{"parts":[{"fileData":{"fileUri":"%b"}}]}]}' % uploaded(served)["name"].encode()
    )
    packed = {"content-encoding": "gzip", "content-type": "application/json"}
    assert served.request("POST", NATIVE, body, THEIRS | packed).status == 404
    assert served.request("POST", NATIVE, body, MINE | packed).status == 200
    assert served.request("POST", NATIVE, body[:-9], MINE | packed).status == 400
    assert served.request("POST", NATIVE, body, MINE | packed | {"content-encoding": "br"}).status == 400


def test_what_is_made_in_one_go_can_be_used_together(served: GatewayProcess, google: SmallGoogle) -> None:
    names = [uploaded(served)["name"] for _ in range(6)]
    parts = [{"fileData": {"fileUri": name}} for name in names]
    assert len({google.made[name][0] for name in names}) == 1
    assert call(served, "POST", NATIVE, {"contents": [{"parts": parts}]}).status == 200


def test_resources_of_two_keys_in_one_request_are_a_clear_error(served: GatewayProcess, google: SmallGoogle) -> None:
    one = uploaded(served)["name"]
    google.refusals = [BUSY]  # so another key has the next one
    two = call(served, "POST", "/v1beta/cachedContents", {}).json["name"]
    body = {"contents": [{"parts": [{"fileData": {"fileUri": one}}]}], "cachedContent": two}
    answer = call(served, "POST", NATIVE, body)
    assert answer.status == 400
    assert f"{one} and {two} live with different API keys" in answer.json["error"]["message"]


def test_files_of_two_keys_in_one_chat_are_a_clear_error_that_can_be_followed(
    served: GatewayProcess, google: SmallGoogle
) -> None:
    one = uploaded(served)["name"]
    google.no_uploads = [BUSY]  # so another key has the next one
    two = uploaded(served)["name"]
    refused = chat_about(served, one, two)
    assert (refused.status, refused.json["error"]["type"]) == (400, "invalid_request_error")
    assert refused.json["error"]["message"].startswith(f"{one} and {two} live with different API keys, ")
    assert "Make both anew, one right after the other" in refused.json["error"]["message"]
    assert chat_about(served, *(uploaded(served)["name"] for _ in range(2))).status == 200


def chat_about(served: GatewayProcess, *names: str) -> Answer:
    parts = [{"type": "file", "file": {"file_id": name}} for name in names]
    body = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": parts}]}
    return call(served, "POST", "/hf/v1/chat/completions", body)


@pytest.mark.parametrize("collection", ["files", "cachedContents", "fileSearchStores", "notYetKnown"])
def test_a_list_is_of_all_keys_and_of_what_the_token_owns(
    served: GatewayProcess, google: SmallGoogle, collection: str
) -> None:
    for headers in (MINE, THEIRS):
        for number in range(7):
            google.refusals = [BUSY] if number == 3 else []  # so another key has the rest
            assert call(served, "POST", f"/v1beta/{collection}", {"displayName": "x"}, headers).status == 200
    mine: list[str] = []
    token = ""
    while not mine or token:
        page = call(served, "GET", f"/v1beta/{collection}?pageSize=2&pageToken={token}").json
        assert 0 < len(page[collection]) <= 2
        mine += [item["name"] for item in page[collection]]
        token = page.get("nextPageToken", "")
    theirs = [item["name"] for item in call(served, "GET", f"/v1beta/{collection}", None, THEIRS).json[collection]]
    assert len(mine) == len(set(mine))
    assert set(mine) | set(theirs) == {name for name in google.made if name.startswith(f"{collection}/")}
    assert not set(mine) & set(theirs)
    assert len({google.made[name][0] for name in mine}) > 1


def test_what_is_deleted_is_gone(served: GatewayProcess) -> None:
    name = uploaded(served)["name"]
    assert call(served, "DELETE", f"/v1beta/{name}").status == 200
    assert call(served, "GET", f"/v1beta/{name}").status == 404


def test_a_batch_and_a_long_work_are_asked_for_again_at_their_key(served: GatewayProcess, google: SmallGoogle) -> None:
    for method in ("batchGenerateContent", "predictLongRunning"):
        for prefix in ("", "/gemini"):
            made = call(served, "POST", f"{prefix}/v1beta/models/m:{method}", {}).json
            assert call(served, "GET", f"{prefix}/v1beta/{made['name']}").json == made
            assert call(served, "GET", f"/v1beta/{made['name']}", None, THEIRS).status == 404


@pytest.mark.parametrize("stream", [False, True])
def test_an_interaction_goes_on_with_the_key_that_began_it(
    served: GatewayProcess, google: SmallGoogle, stream: bool
) -> None:
    begun = call(served, "POST", "/v1beta/interactions", {"model": "m", "input": "Hi", "stream": stream})
    name = next(reversed(google.made)).partition("/")[2]
    assert name.encode() in begun.body
    assert begun.body.endswith(b"data: [DONE]\n\n") is stream
    more = {"model": "m", "input": "And?", "previous_interaction_id": name}
    assert [call(served, "POST", "/v1beta/interactions", more).status for _ in range(4)] == [200] * 4
    assert call(served, "GET", f"/v1beta/interactions/{name}").json["id"] == name
    assert call(served, "POST", "/v1beta/interactions", more, THEIRS).status == 404


def test_rare_methods_and_unknown_fields_pass_through_byte_for_byte(
    served: GatewayProcess, google: SmallGoogle
) -> None:
    body = b'{ "new" : 1.50, "also":[ ] }'
    answer = call(served, "POST", f"/v1beta/models/m:notYetKnown?x=%20y&key={TOKEN}&$alt=json", body)
    sent = google.calls[-1]
    assert (answer.status, sent.target, sent.body) == (200, "/v1beta/models/m:notYetKnown?x=%20y&$alt=json", body)
    assert answer.body == json.dumps({"method": "notYetKnown", "key": sent.key}, indent=1).encode()


def test_a_verb_that_models_do_not_take_yet_passes_through_byte_for_byte(
    served: GatewayProcess, google: SmallGoogle
) -> None:
    body = b'{ "new" : 1.50 }'
    answer = call(served, "PATCH", f"/v1beta/models/m?x=%20y&key={TOKEN}", body)
    sent = google.calls[-1]
    assert (answer.status, sent.method, sent.target, sent.body) == (200, "PATCH", "/v1beta/models/m?x=%20y", body)
    assert answer.body == json.dumps({"method": "", "key": sent.key}, indent=1).encode()


def test_only_a_name_that_nobody_can_have_is_shown_to_google(served: GatewayProcess, google: SmallGoogle) -> None:
    theirs = call(served, "POST", "/v1beta/fileSearchStores", {}, THEIRS).json["name"]
    asked = len(google.calls)
    for name in (theirs, "fileSearchStores/nobodys", f"{theirs}/documents/_d", "fileSearchStores/A"):
        answer = call(served, "GET", f"/v1beta/{name}")
        assert (
            answer.json["error"]["message"]
            == f"{name.partition('/documents')[0]} was not found, or it is not this token's."
        )
    assert len(google.calls) == asked
    assert (call(served, "GET", "/v1beta/fileSearchStores/_d").status, len(google.calls)) == (403, asked + 1)


def test_a_collection_that_is_new_to_us_shows_nothing_that_is_not_the_callers(
    served: GatewayProcess, google: SmallGoogle
) -> None:
    for _ in range(6):
        assert call(served, "POST", "/v1beta/newest", {}, THEIRS).status == 200
    answer = call(served, "GET", "/v1beta/newest?pageSize=3")
    assert (answer.status, answer.body, google.calls[-1].query) == (200, b"{}", {"pageSize": "1"})


@pytest.mark.parametrize("path", ["/v1beta/models/a%0d%0ax: y/operations/o", "/v1beta/files/a%0d%0ax", "/v1beta/%0a"])
def test_a_path_writes_no_header(served: GatewayProcess, path: str) -> None:
    answer = call(served, "GET", path.replace(" ", "%20"))
    assert answer.status == 404
    assert "x" not in answer.headers


def test_no_header_but_those_that_mean_something_passes(served: GatewayProcess, google: SmallGoogle) -> None:
    file = uploaded(served)
    answer = call(served, "GET", f"/v1beta/{file['name']}:download?alt=media")
    assert answer.status == 302
    assert answer.headers["location"] == f"{served.url}/download/v1beta/{file['name']}:download?alt=media"
    assert not any(key in str(answer) for key in KEYS)
    assert "x-secret" not in answer.headers
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    sent = google.calls[-1].headers
    assert (sent["x-goog-api-key"] in KEYS, TOKEN in str(sent)) == (True, False)


def test_no_error_repeats_a_key(served: GatewayProcess, google: SmallGoogle) -> None:
    name = uploaded(served)["name"]
    key, told = google.made[name]
    google.made[name], google.leaks = (key + "x", told), True
    answer = call(served, "GET", f"/v1beta/{name}")
    google.leaks = False
    assert (answer.status, answer.json["error"]["key"]) == (403, "REDACTED")


def test_who_owns_what_is_remembered_through_a_restart(google: SmallGoogle, tmp_path: Path) -> None:
    with gateway(google, tmp_path, **SETTINGS) as first:
        files = [uploaded(first) for _ in range(3)]
        path = begin(first).headers["x-goog-upload-url"].removeprefix(first.url)
    with gateway(google, tmp_path, **SETTINGS) as second:
        assert [call(second, "GET", f"/v1beta/{file['name']}").status for file in files] == [200] * 3
        assert [asking(second, f"files/{file['name'][6:]}").status for file in files] == [200] * 3
        assert call(second, "GET", f"/v1beta/{files[0]['name']}", None, THEIRS).status == 404
        command = {"x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0"}
        assert call(second, "POST", path, b"hello", command).json["file"]["sizeBytes"] == "5"


@pytest.mark.parametrize("prefix", ["", "/gemini"])
def test_googles_own_library_uploads_lists_uses_and_deletes(
    served: GatewayProcess, tmp_path: Path, prefix: str
) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"x" * 9_000_000)  # in two pieces
    options = types.HttpOptions(base_url=f"{served.url}{prefix}", api_version="v1beta")
    with genai.Client(api_key=TOKEN, http_options=options) as client:
        file = client.files.upload(file=str(path))
        assert file.name is not None
        assert file.size_bytes == 9_000_000
        assert client.files.get(name=file.name).uri == file.uri
        answer = client.models.generate_content(model="gemini-2.5-flash", contents=["Look.", file])
        assert answer.text in KEYS
        assert file.name in [one.name for one in client.files.list(config={"page_size": 2})]
        client.files.delete(name=file.name)
        assert file.name not in [one.name for one in client.files.list(config={"page_size": 2})]


@pytest.mark.parametrize("kind", ["our address", "google's address", "file id", "cache"])
def test_openai_callers_use_what_they_own_and_nothing_else(
    served: GatewayProcess, google: SmallGoogle, kind: str
) -> None:
    cached = call(served, "POST", "/v1beta/cachedContents", {}).json["name"]
    file = uploaded(served)
    part: dict[str, Any] = {"type": "text", "text": "Hi"}
    match kind:
        case "our address":
            part = {"type": "image_url", "image_url": {"url": file["uri"]}}
        case "google's address":
            url = f"https://generativelanguage.googleapis.com/v1beta/{file['name']}"
            part = {"type": "image_url", "image_url": {"url": url}}
        case "file id":
            part = {"type": "file", "file": {"file_id": file["name"]}}
    body: dict[str, Any] = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": [part]}]}
    if kind == "cache":
        body["extra_body"] = {"google": {"cached_content": cached}}
    key = google.made[cached if kind == "cache" else file["name"]][0]
    for _ in range(4):
        answer = call(served, "POST", "/hf/v1/chat/completions", body)
        assert (answer.status, answer.json["choices"][0]["message"]["content"]) == (200, key)
    stranger = call(served, "POST", "/hf/v1/chat/completions", body, THEIRS)
    assert (stranger.status, stranger.json["error"]["code"]) == (404, "not_found")
