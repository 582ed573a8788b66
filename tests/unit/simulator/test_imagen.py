"""Imagen draws for paid projects, as many pictures as were asked for, unless its filter takes them."""

import base64
import struct

import pytest

from gemini_balance.simulator.json_types import Json, Object
from tests.unit.simulator.client import KEY, Client, Reply

PATH = "/v1beta/models/imagen-4.0-generate-001:predict"


@pytest.fixture
def paid(google: Client) -> Client:
    google.control(default_project={"paid": True})
    return google


def predict(google: Client, prompt: str = "a cat", **parameters: Json) -> Reply:
    body: Object = {"instances": [{"prompt": prompt}], "parameters": parameters}
    return google.call("POST", PATH, body, x_goog_api_key=KEY)


def pictures(reply: Reply) -> list[bytes]:
    said = reply.json()["predictions"]
    assert isinstance(said, list)
    return [base64.b64decode(str(one["bytesBase64Encoded"])) for one in said if isinstance(one, dict)]


def test_there_are_as_many_different_pictures_as_asked_for(paid: Client) -> None:
    drawn = pictures(predict(paid, sampleCount=3))
    assert (len(drawn), len(set(drawn))) == (3, 3)


def test_a_picture_has_the_proportions_and_type_asked_for(paid: Client) -> None:
    (png,) = pictures(predict(paid, sampleCount=1, aspectRatio="16:9"))
    (jpeg,) = pictures(predict(paid, sampleCount=1, outputOptions={"mimeType": "image/jpeg"}))
    assert struct.unpack(">II", png[16:24]) == (16, 9)
    assert jpeg.startswith(b"\xff\xd8\xff")


def test_a_filter_takes_all_and_says_why_where_asked(paid: Client) -> None:
    prompt = '[[sim: filtered="Unsafe words, code 58061214."]] a cat'
    told = [predict(paid, prompt, **asked).json() for asked in ({}, {"includeRaiReason": True})]
    assert told == [{}, {"predictions": [{"raiFilteredReason": "Unsafe words, code 58061214."}]}]


@pytest.mark.parametrize(
    ("prompt", "parameters", "message"),
    [
        ("", {}, "Text prompt must be non-empty."),
        ("a", {"sampleCount": 5}, "sampleCount must be between 1 and 4, got 5."),
        ("a", {"aspectRatio": "2:3"}, "aspectRatio must be one of 1:1, 3:4, 4:3, 9:16, 16:9."),
        (
            "a",
            {"sampleCount": "x"},
            "Invalid value in the predict request: Expected `int`, got `str` - at `$.sampleCount`",
        ),
    ],
)
def test_what_imagen_cannot_do_is_refused(paid: Client, prompt: str, parameters: Object, message: str) -> None:
    reply = predict(paid, prompt, **parameters)
    assert (reply.status, reply.message()) == (400, message)


def test_a_project_without_billing_gets_no_picture(google: Client) -> None:
    reply = predict(google)
    assert (reply.status, reply.message()) == (400, "Imagen API is only accessible to billed users at this time.")
