"""Batches: pending, running, done; answered inline or as a file; each of its project's."""

import json

import pytest

from gemini_balance.simulator.json_types import Json, Object
from tests.unit.simulator.client import KEY, MODEL, Client, Reply, ask, at
from tests.unit.simulator.methods.uploading import STRANGER, get, upload

NOON = 1_794_484_800.0  # 2026-11-12T12:00:00Z
EMBED = "gemini-embedding-001"


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=NOON, clock_speed=0.0)


def create(google: Client, source: Json, model: str = MODEL, action: str = "batchGenerateContent") -> Reply:
    body: Json = {"batch": {"displayName": "mine", "inputConfig": source}}
    return google.call("POST", f"/v1beta/models/{model}:{action}", body, x_goog_api_key=KEY)


def inline(*requests: Json) -> Json:
    return {"requests": {"requests": list(requests)}}


def test_a_batch_goes_from_pending_over_running_to_its_answers(google: Client) -> None:
    told = create(google, inline({"request": ask("[[sim: text=one thoughts=0]]"), "metadata": {"key": "a"}})).json()
    name = told["name"]
    assert told == {
        "name": name,
        "metadata": {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "model": f"models/{MODEL}",
            "displayName": "mine",
            "createTime": "2026-11-12T12:00:00.000000Z",
            "updateTime": "2026-11-12T12:00:00.000000Z",
            "batchStats": {"requestCount": "1", "pendingRequestCount": "1"},
            "state": "BATCH_STATE_PENDING",
            "name": name,
        },
    }
    google.control(advance=5)
    assert at(get(google, f"/v1beta/{name}").json(), "metadata", "state") == "BATCH_STATE_RUNNING"
    google.control(advance=5)
    done = get(google, f"/v1beta/{name}").json()
    answers = at(done, "response", "inlinedResponses", "inlinedResponses")
    assert (done["done"], at(done, "metadata", "state"), at(answers, 0, "metadata")) == (
        True,
        "BATCH_STATE_SUCCEEDED",
        {"key": "a"},
    )
    assert at(answers, 0, "response", "candidates", 0, "content", "parts", 0, "text") == "one"
    assert at(done, "metadata", "output", "inlinedResponses", "inlinedResponses") == answers
    assert get(google, f"/v1beta/{name}").json() == done


def test_one_bad_request_spoils_only_its_own_answer(google: Client) -> None:
    requests: tuple[Json, ...] = ({"request": ask("hi")}, {"request": {}}, {"request": ask("[[sim: fault=internal]]")})
    name = create(google, inline(*requests)).json()["name"]
    google.control(advance=10)
    done = get(google, f"/v1beta/{name}").json()
    answers = at(done, "response", "inlinedResponses", "inlinedResponses")
    assert "candidates" in str(at(answers, 0, "response"))
    assert [at(answers, n, "error", "code") for n in (1, 2)] == [3, 13]
    assert at(done, "metadata", "batchStats") == {
        "requestCount": "3",
        "successfulRequestCount": "1",
        "failedRequestCount": "2",
    }


def test_a_file_of_requests_is_answered_by_a_file(google: Client) -> None:
    lines = [
        json.dumps({"key": "a", "request": ask("[[sim: text=one thoughts=0]]")}),
        json.dumps({"key": "b", "request": {"colour": "red"}}),
        "no json",
    ]
    file = upload(google, "\n".join(lines).encode(), {"mimeType": "application/jsonl"})
    name = create(google, {"fileName": file["name"]}).json()["name"]
    google.control(advance=10)
    results = at(get(google, f"/v1beta/{name}").json(), "response", "responsesFile")
    described = get(google, f"/v1beta/{results}").json()
    sent = get(google, f"/download/v1beta/{results}:download?alt=media")
    answers = [json.loads(line) for line in sent.body.splitlines()]
    assert (described["source"], "downloadUri" in described) == ("GENERATED", True)
    assert [(answer.get("key"), sorted(set(answer) - {"key"})) for answer in answers] == [
        ("a", ["response"]),
        ("b", ["error"]),
        (None, ["error"]),
    ]
    assert get(google, f"/v1beta/{results}", STRANGER).status == 403


def test_texts_are_embedded_in_batches_too(google: Client) -> None:
    content: Json = {"parts": [{"text": "hello"}]}
    source = inline({"request": {"content": content, "outputDimensionality": 8}})
    name = create(google, source, EMBED, "asyncBatchEmbedContent").json()["name"]
    google.control(advance=10)
    done = get(google, f"/v1beta/{name}").json()
    values = at(done, "response", "inlinedResponses", "inlinedResponses", 0, "response", "embedding", "values")
    asked: Json = {"content": content, "outputDimensionality": 8}
    alone = google.call("POST", f"/v1beta/models/{EMBED}:embedContent", asked, x_goog_api_key=KEY).json()
    assert values == at(alone, "embedding", "values")


def test_a_cancelled_batch_never_answers(google: Client) -> None:
    name = create(google, inline({"request": ask("hi")})).json()["name"]
    assert google.call("POST", f"/v1beta/{name}:cancel", x_goog_api_key=KEY).json() == {}
    google.control(advance=100)
    ended = get(google, f"/v1beta/{name}").json()
    assert (ended["done"], ended["error"], at(ended, "metadata", "state"), "response" in ended) == (
        True,
        {"code": 1, "message": "The operation was cancelled."},
        "BATCH_STATE_CANCELLED",
        False,
    )


def test_batches_are_listed_renamed_and_forgotten_by_their_project(google: Client) -> None:
    name = create(google, inline({"request": ask("hi")})).json()["name"]
    path = f"/v1beta/{name}"
    renamed = google.call("PATCH", f"{path}:updateGenerateContentBatch", {"displayName": "ours"}, x_goog_api_key=KEY)
    assert at(renamed.json(), "metadata", "displayName") == "ours"
    assert at(get(google, "/v1beta/batches").json(), "operations", 0, "name") == name
    assert get(google, "/v1beta/batches", STRANGER).json() == {}
    strange = [
        get(google, path, STRANGER),
        google.call("POST", f"{path}:cancel", x_goog_api_key=STRANGER),
        google.call("DELETE", path, x_goog_api_key=STRANGER),
    ]
    assert [(reply.status, reply.message()) for reply in strange] == [(404, "Requested entity was not found.")] * 3
    assert google.call("DELETE", path, x_goog_api_key=KEY).json() == {}
    assert get(google, path).status == 404


@pytest.mark.parametrize(
    ("source", "model", "status"),
    [
        ({}, MODEL, 400),
        (inline(), MODEL, 400),
        (inline({"request": {"colour": "red"}}), MODEL, 400),
        ({"fileName": "files/nowhere"}, MODEL, 403),
        (inline({"request": ask("hi")}), EMBED, 404),
    ],
)
def test_what_makes_no_batch_is_refused(google: Client, source: Object, model: str, status: int) -> None:
    assert create(google, source, model).status == status
