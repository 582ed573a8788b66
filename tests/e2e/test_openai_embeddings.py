"""The openai library asks for embeddings over sockets."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import openai
import pytest

from tests.e2e.processes import TOKEN, GatewayProcess, control, gateway, logged, requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

NEW, OLD, RETIRED = "gemini-embedding-2", "gemini-embedding-001", "text-embedding-004"
BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(params=["/v1", "/hf/v1", "/openai/v1"])
def client(served: GatewayProcess, request: pytest.FixtureRequest) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=served.url + request.param, api_key=TOKEN, max_retries=0) as opened:
        yield opened


def norm(vector: list[float]) -> float:
    return round(math.sqrt(sum(one * one for one in vector)), 3)


def test_section_2_6_of_the_manual_has_768_numbers_of_length_one(served: GatewayProcess) -> None:
    body = {"model": RETIRED, "input": "一个短句"}
    answer = served.request("POST", "/hf/v1/embeddings", json.dumps(body).encode(), BEARER)
    vector = answer.json["data"][0]["embedding"]
    assert (answer.status, answer.json["model"], len(vector), norm(vector)) == (200, RETIRED, 768, 1.0)
    assert (answer.headers["gemini-balance-model"], answer.headers["gemini-balance-route"]) == (
        OLD,
        "openai:embeddings",
    )
    assert answer.headers["gemini-balance-attempts"] == "1"


def test_every_prefix_leads_to_vectors_in_the_librarys_own_base64(client: openai.OpenAI) -> None:
    told = client.embeddings.create(model=NEW, input=["a", "b", "a"], dimensions=256)
    vectors = [one.embedding for one in told.data]
    assert ([len(one) for one in vectors], [one.index for one in told.data]) == ([256] * 3, [0, 1, 2])
    assert vectors[0] == vectors[2] != vectors[1]
    assert told.usage.prompt_tokens == told.usage.total_tokens > 0


def test_two_hundred_and_fifty_texts_are_three_batches_in_order(served: GatewayProcess) -> None:
    texts = [f"text {n % 250}" for n in range(250)]
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0) as client:
        many = client.embeddings.create(model=NEW, input=texts, encoding_format="float")
        last = client.embeddings.create(model=NEW, input=texts[-1], encoding_format="float")
    sizes = sorted(len(json.loads(one["body"])["requests"]) for one in requests(served.google)[:3])
    assert (len(many.data), sizes) == (250, [50, 100, 100])
    assert many.data[-1].embedding == last.data[0].embedding
    assert many.usage.prompt_tokens == 250 * last.usage.prompt_tokens


def test_a_batch_that_fails_is_asked_again_with_another_key(google: RunningSimulator, served: GatewayProcess) -> None:
    control(google, faults=[{"kind": "internal", "times": 1, "model": OLD}])
    body = {"model": OLD, "input": [f"text {n}" for n in range(250)]}
    answer = served.request("POST", "/v1/embeddings", json.dumps(body).encode(), BEARER)
    assert (answer.status, len(answer.json["data"])) == (200, 250)
    assert answer.headers["gemini-balance-attempts"] == "4"


def test_one_part_that_fails_for_good_is_one_clear_error(google: RunningSimulator, served: GatewayProcess) -> None:
    control(google, faults=[{"kind": "invalid_argument", "times": 1, "model": NEW}])
    body = {"model": NEW, "input": [f"text {n}" for n in range(250)]}
    answer = served.request("POST", "/v1/embeddings", json.dumps(body).encode(), BEARER)
    assert (answer.status, answer.json["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": [1, 2, 3]}, "input[0]"),
        ({"input": []}, "input"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": "a", "encoding_format": "int8"}, "encoding_format"),
    ],
)
def test_what_can_not_be_embedded_is_a_400_that_names_the_field(
    served: GatewayProcess, fields: dict[str, object], param: str
) -> None:
    answer = served.request("POST", "/v1/embeddings", json.dumps({"model": NEW} | fields).encode(), BEARER)
    assert (answer.status, answer.json["error"]["param"]) == (400, param)
    assert requests(served.google) == []


def test_no_living_key_is_503(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, API_KEYS="AIzaSim-amber-1-dead") as served:
        client = openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN, max_retries=0)
        with client, pytest.raises(openai.InternalServerError) as raised:
            client.embeddings.create(model=NEW, input="a")
    assert (raised.value.status_code, raised.value.code) == (503, "no_available_key")


def test_every_text_of_a_batch_counts_so_google_has_none_to_refuse(google: RunningSimulator, tmp_path: Path) -> None:
    control(google, default_project={"quotas": {NEW: {"rpm": 100}}})
    with gateway(google, tmp_path, PATIENCE="0", QUOTA_LIMITS=json.dumps({NEW: {"rpm": 100}})) as served:
        statuses = [embed(served, texts) for texts in (250, 30, 30, 1, 20)]
        statuses += [embed_natively(served, texts) for texts in (15, 20, 4, 1)]
    sent = [(len(json.loads(one["body"])["requests"]), one["status"]) for one in requests(google)]
    assert statuses == [200, 200, 429, 200, 429, 200, 429, 200, 429]
    assert (sorted(sent[:3]), sent[3:]) == (
        [(50, 200), (100, 200), (100, 200)],
        [(30, 200), (1, 200), (15, 200), (4, 200)],
    )


def embed(served: GatewayProcess, texts: int) -> int:
    body = {"model": NEW, "input": [f"text {n}" for n in range(texts)]}
    return served.request("POST", "/v1/embeddings", json.dumps(body).encode(), BEARER).status


def embed_natively(served: GatewayProcess, texts: int) -> int:
    one = {"model": f"models/{NEW}", "content": {"parts": [{"text": "a"}]}}
    path, key = f"/v1beta/models/{NEW}:batchEmbedContents", {"x-goog-api-key": TOKEN}
    return served.request("POST", path, json.dumps({"requests": [one] * texts}).encode(), key).status


def test_another_method_and_no_token_are_told_in_openais_format(served: GatewayProcess) -> None:
    got = served.request("GET", "/v1/embeddings", headers=BEARER)
    stranger = served.request("POST", "/v1/embeddings", b"{}", {"Content-Type": "application/json"})
    assert (got.status, got.headers["allow"], stranger.status) == (405, "POST", 401)
    assert stranger.json["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize("model", [NEW, OLD], ids=["counted", "estimated"])
def test_the_journal_knows_operation_model_and_tokens(served: GatewayProcess, model: str) -> None:
    body = {"model": model, "input": ["one two three", "four"]}
    answer = served.request("POST", "/v1/embeddings", json.dumps(body).encode(), BEARER)
    record = logged(served, answer.headers["x-request-id"])
    assert (record["operation"], record["model_used"], record["ending"]) == ("embeddings", model, "whole")
    assert record["usage"]["prompt"] == answer.json["usage"]["prompt_tokens"] > 0
