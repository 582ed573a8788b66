"""Embeddings: batches that Google takes, and its vectors as OpenAI's libraries read them."""

import json
import math
import struct
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.dialects.openai.embeddings import Asked, answer, bodies, decode, normalised, packed
from gemini_balance.core.errors import BadRequest, UpstreamFailed
from gemini_balance.simulator.embeddings import read_batch
from gemini_balance.simulator.models import BY_NAME

MODEL = "gemini-embedding-001"
TOKENS = "`input` holds tokens of OpenAI's"


def asked(**body: Any) -> Asked:
    return decode(json.dumps({"model": MODEL, "input": "hi"} | body).encode())


def sent(request: Asked, model: str = MODEL) -> list[Any]:
    return [json.loads(body)["requests"] for body in bodies(request, model)]


def embed(text: str, **more: Any) -> dict[str, Any]:
    return {"model": f"models/{MODEL}", "content": {"parts": [{"text": text}]}} | more


def reply(*vectors: list[float], tokens: int | None = None) -> bytes:
    usage = {} if tokens is None else {"usageMetadata": {"promptTokenCount": tokens}}
    return json.dumps({"embeddings": [{"values": vector} for vector in vectors]} | usage).encode()


def answered(request: Asked, *replies: bytes, model: str = MODEL) -> Any:
    return json.loads(answer(request, model, replies))


@pytest.mark.parametrize(
    ("body", "requests"),
    [
        ({}, [embed("hi")]),
        ({"input": ["a", "b"]}, [embed("a"), embed("b")]),
        ({"dimensions": 256}, [embed("hi", outputDimensionality=256)]),
        ({"model": "text-embedding-004"}, [embed("hi", outputDimensionality=768)]),
        ({"model": "models/text-embedding-004", "dimensions": 64}, [embed("hi", outputDimensionality=64)]),
        ({"task_type": "CLUSTERING", "title": "t"}, [embed("hi", taskType="CLUSTERING", title="t")]),
        ({"user": "u", "encoding_format": None}, [embed("hi")]),
    ],
)
def test_a_request_becomes_a_batch(body: dict[str, Any], requests: list[Any]) -> None:
    assert sent(asked(**body)) == [requests]


def test_a_model_that_still_exists_keeps_its_own_size() -> None:
    assert "outputDimensionality" not in sent(asked(model="text-embedding-004"), "text-embedding-004")[0][0]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("text-embedding-3-small", 1_536), ("text-embedding-3-large", 3_072), ("text-embedding-ada-002", 1_536)],
)
def test_who_names_a_model_of_openais_gets_as_many_numbers_as_from_it(name: str, numbers: int) -> None:
    assert sent(asked(model=name), "gemini-embedding-2")[0][0]["outputDimensionality"] == numbers
    assert sent(asked(model=name, dimensions=256), "gemini-embedding-2")[0][0]["outputDimensionality"] == 256


@given(st.integers(1, 450))
def test_batches_hold_a_hundred_and_keep_the_order(count: int) -> None:
    texts = [str(n) for n in range(count)]
    batches = sent(asked(input=texts))
    assert [one["content"]["parts"][0]["text"] for batch in batches for one in batch] == texts
    assert [len(batch) for batch in batches[:-1]] == [100] * (len(batches) - 1)
    assert 0 < len(batches[-1]) <= 100


def test_google_takes_every_batch() -> None:
    for body in bodies(asked(input=["a"] * 150, dimensions=5, task_type="RETRIEVAL_QUERY"), MODEL):
        read_batch(body, BY_NAME[MODEL])


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({"input": []}, "`input` is empty; send at least one text.", "input"),
        ({"input": ""}, "A text in `input` is empty.", "input"),
        ({"input": ["a", ""]}, "A text in `input` is empty.", "input[1]"),
        ({"input": [1, 2]}, TOKENS, "input[0]"),
        ({"input": [[1, 2], [3]]}, TOKENS, "input[0]"),
        ({"input": ["a", 1]}, "`input` must be all texts or all tokens.", "input[1]"),
        ({"input": ["a"] * 2049}, "`input` has 2049 texts; 2048 fit into one request.", "input"),
        ({"input": 5}, "The request body is not an embeddings request: Expected `str | array`, got `int`", "input"),
        ({"dimensions": 0}, "`dimensions` must be between 1 and 3072.", "dimensions"),
        ({"encoding_format": "int8"}, "`encoding_format` must be float or base64, not 'int8'.", "encoding_format"),
    ],
)
def test_what_cannot_be_embedded_is_refused(body: dict[str, Any], message: str, param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        asked(**body)
    assert (refused.value.message[: len(message)], refused.value.param) == (message, param)


@pytest.mark.parametrize(("tokens", "texts"), [([1, 2], ("1-2",)), ([[1, 2], [3]], ("1-2", "3"))])
def test_tokens_are_decoded_where_a_tokenizer_is_at_hand(tokens: list[Any], texts: tuple[str, ...]) -> None:
    body = json.dumps({"model": MODEL, "input": tokens}).encode()
    assert decode(body, lambda some: "-".join(map(str, some))).texts == texts


def test_vectors_are_told_as_openai_tells_them() -> None:
    assert answered(asked(model="m", input=["a", "b"]), reply([0.5, 0.25], [1, 0], tokens=7), model="m") == {
        "object": "list",
        "data": [
            {"index": 0, "embedding": [0.5, 0.25], "object": "embedding"},
            {"index": 1, "embedding": [1.0, 0.0], "object": "embedding"},
        ],
        "model": "m",
        "usage": {"prompt_tokens": 7, "total_tokens": 7},
    }


def test_replies_are_joined_in_order_and_what_is_not_counted_is_estimated() -> None:
    request = asked(model="m", input=["four"] * 100 + ["grün"])
    told = answered(request, reply(*[[0.0]] * 100, tokens=3), reply([1.0]))
    assert [one["index"] for one in told["data"]] == list(range(101))
    assert told["data"][100]["embedding"] == [1.0]
    assert told["usage"] == {"prompt_tokens": 5, "total_tokens": 5}


@pytest.mark.parametrize(
    ("model", "size", "vector"),
    [
        ("gemini-embedding-001", 2, [0.6, 0.8]),
        ("gemini-embedding-001", None, [3.0, 4.0]),
        ("gemini-embedding-2", 2, [3.0, 4.0]),
    ],
)
def test_shortened_vectors_of_the_older_model_get_length_1(model: str, size: int | None, vector: list[float]) -> None:
    told = answered(asked(model=model, dimensions=size), reply([3, 4]), model=model)
    assert told["data"][0]["embedding"] == vector


def test_vectors_of_a_retired_model_get_length_1_too() -> None:
    told = answered(asked(model="text-embedding-004"), reply([3, 4]))
    assert (told["model"], told["data"][0]["embedding"]) == ("text-embedding-004", [0.6, 0.8])


def test_base64_is_little_endian_float32() -> None:
    told = answered(asked(encoding_format="base64"), reply([0.5, -2]))
    assert struct.unpack("<2f", b64decode(told["data"][0]["embedding"])) == (0.5, -2.0)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_packed_numbers_are_found_again(vector: list[float]) -> None:
    assert list(struct.unpack(f"<{len(vector)}f", b64decode(packed(vector)))) == vector


@given(st.lists(st.floats(-1e6, 1e6), min_size=1).filter(lambda vector: any(abs(value) > 1e-3 for value in vector)))
def test_normalising_gives_length_1(vector: list[float]) -> None:
    assert math.isclose(math.dist(normalised(vector), [0.0] * len(vector)), 1.0)


def test_a_vector_without_direction_stays() -> None:
    assert normalised([0.0, 0.0]) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        ([reply([1.0], [2.0])], "Google sent 2 embeddings for 1 texts."),
        ([b"<html>"], "Google's answer is not a list of embeddings."),
    ],
)
def test_a_reply_that_does_not_fit_is_googles_failure(replies: list[bytes], message: str) -> None:
    with pytest.raises(UpstreamFailed) as failed:
        answer(asked(), MODEL, replies)
    assert failed.value.message == message
