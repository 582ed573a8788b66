"""The API over a socket: routes, credentials, listings, streams and errors as Google gives them."""

import json
from typing import TYPE_CHECKING

import pytest

from gemini_balance.simulator.models import MODELS
from tests.unit.simulator.client import KEY, MODEL, Client, ask

if TYPE_CHECKING:
    from gemini_balance.simulator.json_types import Json

PATH = f"/v1beta/models/{MODEL}"


def test_it_answers_with_googles_headers(google: Client) -> None:
    reply = google.generate(ask("[[sim: text=hi]]"))
    body = reply.json()
    assert (reply.status, body["modelVersion"]) == (200, MODEL)
    kept = ("content-type", "server", "vary", "x-gemini-service-tier")
    assert {name: reply.headers[name] for name in kept} == {
        "content-type": "application/json; charset=UTF-8",
        "server": "scaffolding on HTTPServer2",
        "vary": "Origin, X-Origin, Referer",
        "x-gemini-service-tier": "standard",
    }


def test_events_are_data_lines_and_nothing_else(google: Client) -> None:
    reply = google.stream(ask("grün [[sim: events=3]]"))
    assert reply.headers["content-type"] == "text/event-stream"
    assert reply.headers["content-disposition"] == "attachment"
    assert reply.headers["transfer-encoding"] == "chunked"
    assert "grün".encode() in reply.body
    assert all(line.startswith(b"data: {") for line in reply.body.split(b"\r\n") if line)
    assert len(reply.events()) == 4


def test_without_alt_sse_the_stream_is_an_array(google: Client) -> None:
    reply = google.call("POST", f"{PATH}:streamGenerateContent", ask("[[sim: events=2]]"), x_goog_api_key=KEY)
    assert reply.headers["content-type"] == "application/json; charset=UTF-8"
    assert reply.body.startswith(b"[{")
    assert reply.body.count(b"}\n,\r\n{") == 2
    assert reply.body.endswith(b"}\n]")
    assert len(json.loads(reply.body)) == 3


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
def test_every_version_serves(google: Client, version: str) -> None:
    reply = google.call("POST", f"/{version}/models/{MODEL}:generateContent?key={KEY}", ask("hi"))
    assert reply.status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/v2/models"),
        ("POST", f"{PATH}:explode"),
        ("POST", "/v1beta/models:generateContent"),
        ("POST", PATH),
        ("GET", f"{PATH}:generateContent"),
        ("PUT", f"{PATH}:generateContent"),
    ],
)
def test_any_other_page_is_googles_404(google: Client, method: str, path: str) -> None:
    reply = google.call(method, path, x_goog_api_key=KEY)
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=UTF-8")


@pytest.mark.parametrize("model", ["gemini-1.5-flash", "gemini-2.0-flash", "text-embedding-004", "gemini-embedding-2"])
def test_retired_models_and_wrong_methods_are_not_found(google: Client, model: str) -> None:
    reply = google.stream(ask("hi"), model=model)
    assert (reply.status, reply.message()) == (
        404,
        f"models/{model} is not found for API version v1beta, or is not supported for streamGenerateContent. "
        "Call ModelService.ListModels to see the list of available models and their supported methods.",
    )


def test_models_come_in_pages(google: Client) -> None:
    names: list[Json] = []
    token = ""
    while True:
        page = google.call("GET", f"/v1beta/models?pageSize=10&pageToken={token}", x_goog_api_key=KEY).json()
        models = page["models"]
        assert isinstance(models, list)
        names += [model["name"] for model in models if isinstance(model, dict)]
        if "nextPageToken" not in page:
            break
        token = str(page["nextPageToken"])
    assert names == [model.resource for model in MODELS]


@pytest.mark.parametrize("query", ["pageSize=1001", "pageSize=-1", "pageSize=many", "pageToken=!"])
def test_a_page_can_be_too_big_or_nonsense(google: Client, query: str) -> None:
    assert google.call("GET", f"/v1/models?{query}", x_goog_api_key=KEY).status == 400


def test_one_model_is_shown_or_not_found(google: Client) -> None:
    shown = google.call("GET", f"/v1/models/{MODEL}", x_goog_api_key=KEY)
    missing = google.call("GET", "/v1/models/gemini-1.5-pro", x_goog_api_key=KEY)
    assert shown.json()["name"] == f"models/{MODEL}"
    assert missing.message() == "Model is not found: models/gemini-1.5-pro for api version v1"


def test_tokens_are_counted(google: Client) -> None:
    reply = google.call("POST", f"{PATH}:countTokens", ask("x" * 40), x_goog_api_key=KEY)
    assert reply.json() == {"totalTokens": 10, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 10}]}


def test_credentials_are_judged_first(google: Client) -> None:
    path = f"{PATH}:generateContent"
    answers = [
        google.call("POST", path, {}),
        google.call("POST", f"{path}?key={KEY}", {}, x_goog_api_key=KEY),
        google.call("POST", path, {}, authorization="Bearer x"),
        google.call("POST", path, {}, x_goog_api_key="AIzaUnknown"),
    ]
    assert [answer.status for answer in answers] == [403, 400, 401, 400]


def test_an_error_on_a_stream_claims_to_be_a_stream_and_is_not(google: Client) -> None:
    reply = google.stream({})
    assert (reply.status, reply.headers["content-type"]) == (400, "text/event-stream")
    assert reply.message() == "* GenerateContentRequest.contents: contents is not specified\n"


def test_an_error_on_an_array_stream_is_an_array(google: Client) -> None:
    reply = google.call("POST", f"{PATH}:streamGenerateContent", {}, x_goog_api_key=KEY)
    assert reply.status == 400
    assert json.loads(reply.body)[0]["error"]["code"] == 400


def test_what_was_never_uploaded_belongs_to_somebody_else(google: Client) -> None:
    cached = google.generate(ask("hi", cachedContent="cachedContents/x"))
    parts: Json = [{"fileData": {"fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc"}}]
    filed = google.generate({"contents": [{"parts": parts}]})
    assert [(reply.status, reply.message()) for reply in (cached, filed)] == [
        (403, "CachedContent not found (or permission denied)"),
        (403, "You do not have permission to access the File abc or it may not exist."),
    ]


def test_a_prompt_can_be_too_long(google: Client) -> None:
    reply = google.generate(ask("x" * (4 * 8_193)), model="gemini-3.8-flash-tts")
    assert reply.status == 400
    body = ask("x" * (4 * 8_193), generationConfig={"responseModalities": ["AUDIO"]})
    reply = google.generate(body, model="gemini-3.8-flash-tts")
    assert reply.message() == ("The input token count (8193) exceeds the maximum number of tokens allowed (8192).")


def test_a_key_with_a_flavour_meets_its_error(google: Client) -> None:
    reply = google.generate(ask("hi"), key="AIzaSim-amber-1-suspended")
    assert (reply.status, reply.message()) == (
        403,
        "Permission denied: Consumer 'api_key:AIzaSim-amber-1-suspended' has been suspended.",
    )


def test_a_directive_that_does_not_exist_is_pointed_out(google: Client) -> None:
    reply = google.generate(ask("[[sim: wrods=2]]"))
    assert reply.status == 400
    assert reply.message().startswith("simulator: ")
