"""Vectors follow from the text, and embeddings are refused as Google refuses them."""

import json
import math

import pytest

from gemini_balance.simulator.json_types import Json, Object
from tests.unit.simulator.client import KEY, Client, Reply

OLD, NEW = "gemini-embedding-001", "gemini-embedding-2"


def content(text: str) -> Object:
    return {"parts": [{"text": text}]}


def embed(google: Client, body: Json, model: str = OLD, method: str = "embedContent") -> Reply:
    return google.call("POST", f"/v1beta/models/{model}:{method}", body, x_goog_api_key=KEY)


def batch(google: Client, *texts: str, model: str = OLD, **more: Json) -> Reply:
    requests: list[Json] = [{"model": f"models/{model}", "content": content(text), **more} for text in texts]
    return embed(google, {"requests": requests}, model, "batchEmbedContents")


def vectors(reply: Reply) -> list[list[float]]:
    said: list[dict[str, list[float]]] = json.loads(reply.body)["embeddings"]
    return [one["values"] for one in said]


def norm(values: list[float]) -> float:
    return math.sqrt(sum(value * value for value in values))


def test_a_text_has_one_vector_alone_or_in_a_batch(google: Client) -> None:
    alone = embed(google, {"content": content("hi")}).json()
    hi, other, again = vectors(batch(google, "hi", "other", "hi"))
    assert alone == {"embedding": {"values": hi}}
    assert (hi == again, hi == other) == (True, False)


@pytest.mark.parametrize(
    ("model", "size", "length"), [(OLD, 3072, 1.0), (OLD, 768, 0.5), (NEW, 3072, 1.0), (NEW, 768, 1.0)]
)
def test_only_the_newer_model_normalises_a_shorter_vector(google: Client, model: str, size: int, length: float) -> None:
    (values,) = vectors(batch(google, "hi", model=model, outputDimensionality=size))
    assert (len(values), round(norm(values), 1)) == (size, length)


def test_only_the_newer_model_tells_what_the_input_cost(google: Client) -> None:
    usage = {"promptTokenCount": 2, "promptTokenDetails": [{"modality": "TEXT", "tokenCount": 2}]}
    told = [batch(google, "four", "more", model=model).json().get("usageMetadata") for model in (OLD, NEW)]
    assert told == [None, usage]


PLACE = "* BatchEmbedContentsRequest.requests"


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        ([], f"{PLACE}: requests is not specified\n"),
        ([{"model": f"models/{OLD}"}], f"{PLACE}[0].content: contents is not specified\n"),
        ([{"content": content("a")}], f"{PLACE}[0].model: model is not specified\n"),
        (
            [{"model": f"models/{NEW}", "content": content("a")}],
            f"{PLACE}[0].model: the model must be models/{OLD}, as in the URL\n",
        ),
        (
            [{"model": f"models/{OLD}", "content": content("a"), "outputDimensionality": 4096}],
            f"{PLACE}[0].output_dimensionality: must be in the range [1, 3072].\n",
        ),
        (
            [{"model": f"models/{OLD}", "content": content("")}],
            f"{PLACE}[0].content: content contains an empty Part.\n",
        ),
        (
            [{"model": f"models/{OLD}", "content": {"parts": [{"inlineData": {"data": "aGk="}}]}}],
            f"{PLACE}[0].content: models/{OLD} only supports text.\n",
        ),
        (
            [{"model": f"models/{OLD}", "content": content("a")}] * 101,
            f"{PLACE}: at most 100 requests can be in one batch\n",
        ),
    ],
)
def test_a_batch_is_refused_with_a_sentence(google: Client, requests: list[Json], message: str) -> None:
    reply = embed(google, {"requests": requests}, method="batchEmbedContents")
    assert (reply.status, reply.message()) == (400, message)


def test_an_unknown_model_is_not_supported_for_embed_content(google: Client) -> None:
    reply = batch(google, "a", model="nobody")
    assert (reply.status, reply.message().partition(" Call ")[0]) == (
        404,
        "models/nobody is not found for API version v1beta, or is not supported for embedContent.",
    )


def test_each_content_of_a_batch_counts_as_a_request(google: Client) -> None:
    google.control(projects={"amber": {"quotas": {"*": {"rpm": 5}}}})
    replies = [batch(google, "a", "b", "c"), batch(google, "d", "e", "f"), batch(google, "g", "h")]
    assert [reply.status for reply in replies] == [200, 429, 200]
    assert "generativelanguage.googleapis.com/embed_content_free_tier_requests, limit: 5" in replies[1].message()
    assert b'"EmbedContentRequestsPerMinutePerProjectPerModel-FreeTier"' in replies[1].body


def test_faults_strike_embeddings_too(google: Client) -> None:
    replies = [batch(google, "[[sim: fault=overload times=1]] a") for _ in range(2)]
    assert [reply.status for reply in replies] == [503, 200]
