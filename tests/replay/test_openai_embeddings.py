"""Recorded embeddings: OpenAI's callers are understood, Google's vectors are told as OpenAI's library reads them."""

import json
import math
from pathlib import Path
from typing import Any

from openai.types import CreateEmbeddingResponse

from gemini_balance.core.dialects.openai.embeddings import Asked, answer, bodies, decode
from gemini_balance.simulator.embeddings import read_batch
from gemini_balance.simulator.models import BY_NAME, Model

MODEL = BY_NAME["gemini-embedding-2"]


def recorded(corpus: Path, kind: str) -> list[dict[str, Any]]:
    exchanges = [json.loads(path.read_bytes()) for path in sorted((corpus / kind).glob("*.json"))]
    return [exchange for exchange in exchanges if exchange["response"]["status"] == 200]


def model_of(exchange: dict[str, Any]) -> Model:
    name = exchange["request"]["body"]["requests"][0]["model"].removeprefix("models/")
    return BY_NAME[name.removesuffix("-preview")]


def test_what_openais_callers_ask_becomes_batches_that_google_takes(corpus: Path) -> None:
    exchanges = recorded(corpus, "openai/embeddings")
    for exchange in exchanges:
        asked = decode(json.dumps(exchange["request"]["body"]).encode())
        batches = [read_batch(body, MODEL) for body in bodies(asked, MODEL.name)]
        assert sum(batch.requests for batch in batches) == len(asked.texts)
    assert len(exchanges) > 5


def test_the_fake_google_takes_what_google_took(corpus: Path) -> None:
    exchanges = recorded(corpus, "gemini/batchEmbedContents")
    for exchange in exchanges:
        model = model_of(exchange)
        body = json.dumps(exchange["request"]["body"]).replace(f"{model.name}-preview", model.name)
        assert read_batch(body.encode(), model).requests == len(exchange["request"]["body"]["requests"])
    assert len(exchanges) > 15


def test_googles_vectors_are_told_whole_and_with_length_1(corpus: Path) -> None:
    for exchange in recorded(corpus, "gemini/batchEmbedContents"):
        requests, reply = exchange["request"]["body"]["requests"], exchange["response"]["body"]
        size = requests[0].get("outputDimensionality")
        asked = Asked(model_of(exchange).name, ("text",) * len(requests), dimensions=size)
        told = CreateEmbeddingResponse.model_validate_json(answer(asked, asked.model, [json.dumps(reply).encode()]))
        vectors = [one.embedding for one in told.data]
        assert [len(vector) for vector in vectors] == [size or 3072] * len(requests)
        assert all(math.isclose(math.dist(vector, [0.0] * len(vector)), 1.0, abs_tol=1e-6) for vector in vectors)
        if size is None:
            assert vectors == [one["values"] for one in reply["embeddings"]]
