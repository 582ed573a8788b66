"""Requests for pictures as Google takes them, and its pictures as OpenAI tells them."""

import json
from base64 import b64encode
from typing import Any

import pytest

from gemini_balance.core.dialects.openai.images.calls import MASK, calls
from gemini_balance.core.dialects.openai.images.reply import answer, drawn
from gemini_balance.core.dialects.openai.images.request import ImageRequest, decode, decode_edit
from gemini_balance.core.errors import BadRequest, ContentRefused, UpstreamFailed
from gemini_balance.core.wire.codec import encode
from gemini_balance.simulator.imagen import read_predict
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.validate import read_generate

IMAGEN, GEMINI, OLD = "imagen-4.0-generate-001", "gemini-3.1-flash-image", "gemini-2.5-flash-image"
PNG = b"\x89PNG\r\n\x1a\n--XX"
FORM = "multipart/form-data; boundary=cut-here"


def asked(**body: Any) -> ImageRequest:
    return decode(json.dumps({"prompt": "a cat"} | body).encode())


def field(name: str, data: bytes, filename: str = "", kind: str = "") -> bytes:
    named = f'; filename="{filename}"' if filename else ""
    typed = f"Content-Type: {kind}\r\n" if kind else ""
    head = f'--cut-here\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{typed}\r\n'
    return head.encode() + data + b"\r\n"


def edited(*fields: bytes) -> ImageRequest:
    return decode_edit(FORM, b"".join((field("prompt", b"a hat"), *fields)) + b"--cut-here--\r\n")


def predicted(request: ImageRequest, model: str = IMAGEN) -> list[Any]:
    bodies = [encode(one) for one in calls(request, model).predicts]
    for body in bodies:
        read_predict(body, BY_NAME[IMAGEN])
    return [json.loads(body)["parameters"] for body in bodies]


def generated(request: ImageRequest, model: str = GEMINI) -> list[Any]:
    bodies = [encode(one) for one in calls(request, model).generates]
    for body in bodies:
        read_generate(body, BY_NAME[model], streamed=False)
    return [json.loads(body) for body in bodies]


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        ({}, [{"sampleCount": 1}]),
        ({"n": 4}, [{"sampleCount": 4}]),
        ({"n": 9}, [{"sampleCount": 4}, {"sampleCount": 4}, {"sampleCount": 1}]),
        ({"size": "1024x1024"}, [{"sampleCount": 1, "aspectRatio": "1:1", "sampleImageSize": "1K"}]),
        ({"size": "1792x1024"}, [{"sampleCount": 1, "aspectRatio": "16:9", "sampleImageSize": "2K"}]),
        ({"size": "1024x1536"}, [{"sampleCount": 1, "aspectRatio": "3:4", "sampleImageSize": "1K"}]),
        ({"size": "auto", "quality": "hd"}, [{"sampleCount": 1, "sampleImageSize": "2K"}]),
        (
            {"size": "1024x1024", "aspect_ratio": "9:16"},
            [{"sampleCount": 1, "aspectRatio": "9:16", "sampleImageSize": "1K"}],
        ),
        ({"output_format": "jpeg"}, [{"sampleCount": 1, "outputOptions": {"mimeType": "image/jpeg"}}]),
    ],
)
def test_imagen_is_asked_for_up_to_four_at_once(body: dict[str, Any], parameters: list[Any]) -> None:
    assert predicted(asked(**body)) == [{"includeRaiReason": True} | one for one in parameters]


@pytest.mark.parametrize(
    ("body", "model", "image_config"),
    [
        ({}, GEMINI, None),
        ({"size": "auto", "quality": "auto"}, GEMINI, None),
        ({"size": "1024x1024"}, GEMINI, {"aspectRatio": "1:1", "imageSize": "1K"}),
        ({"size": "512x512"}, GEMINI, {"aspectRatio": "1:1", "imageSize": "512"}),
        ({"size": "512x512"}, "gemini-3-pro-image", {"aspectRatio": "1:1", "imageSize": "1K"}),
        ({"size": "1536x1024"}, OLD, {"aspectRatio": "3:2"}),
        ({"size": "256x1024"}, GEMINI, {"aspectRatio": "1:4", "imageSize": "1K"}),
        ({"size": "256x1024"}, OLD, {"aspectRatio": "9:16"}),
        ({"size": "3840x2160"}, GEMINI, {"aspectRatio": "16:9", "imageSize": "4K"}),
        ({"size": "21:9"}, GEMINI, {"aspectRatio": "21:9"}),
        ({"quality": "high"}, GEMINI, {"imageSize": "2K"}),
        ({"quality": "high"}, OLD, None),
    ],
)
def test_a_gemini_model_is_asked_in_its_own_proportions(
    body: dict[str, Any], model: str, image_config: dict[str, str] | None
) -> None:
    config = {"responseModalities": ["IMAGE"]} | ({"imageConfig": image_config} if image_config else {})
    contents = [{"role": "user", "parts": [{"text": "a cat"}]}]
    assert generated(asked(**body), model) == [{"contents": contents, "generationConfig": config}]


def test_a_gemini_model_paints_one_picture_a_call() -> None:
    assert len(generated(asked(n=3))) == 3


def test_an_edit_shows_the_pictures_then_the_mask_then_what_to_do() -> None:
    request = edited(
        field("image[]", PNG, "a.png", "image/png"),
        field("image[]", b"\xff\xd8\xff", "b", "application/octet-stream"),
        field("mask", PNG, "m.png"),
        field("n", b"2"),
        field("model", b"gpt-image-1"),
        field("stream", b"false"),
    )
    shown = {"inlineData": {"mimeType": "image/png", "data": b64encode(PNG).decode()}}
    other = {"inlineData": {"mimeType": "image/jpeg", "data": b64encode(b"\xff\xd8\xff").decode()}}
    first, second = generated(request)
    assert (first, request.model, request.as_url) == (second, "gpt-image-1", False)
    assert first["contents"][0]["parts"] == [shown, other, shown, {"text": MASK}, {"text": "a hat"}]


def test_imagen_edits_nothing() -> None:
    with pytest.raises(BadRequest, match="can't edit pictures"):
        calls(edited(field("image", PNG)), IMAGEN)


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({"prompt": " "}, "prompt", "`prompt` is empty."),
        ({"n": 0}, "n", "`n` must be between 1 and 10."),
        ({"n": 11}, "n", "`n` must be between 1 and 10."),
        ({"size": "big"}, "size", "`size` must be like 1024x1024, 16:9 or auto, not 'big'."),
        ({"size": "0x0"}, "size", "`size` must be like 1024x1024, 16:9 or auto, not '0x0'."),
        ({"response_format": "x"}, "response_format", "`response_format` must be url or b64_json, not 'x'."),
        ({"output_format": "gif"}, "output_format", "`output_format` must be png or jpeg or webp, not 'gif'."),
        ({"stream": True}, "stream", "Pictures are not streamed; leave `stream` out."),
        ({"n": "2"}, "n", "The request body is not a request for images: Expected `int | null`, got `str` - at `$.n`"),
    ],
)
def test_what_can_not_be_painted_is_refused(body: dict[str, Any], param: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        asked(**body)
    assert (refused.value.param, refused.value.message) == (param, message)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ([], "Send between 1 and 16 pictures in the form field `image`."),
        ([field("image", PNG)] * 17, "Send between 1 and 16 pictures in the form field `image`."),
        ([field("image", b"hello", "a.txt", "text/plain")], "`image` is not a picture but text/plain."),
        ([field("image", PNG), field("n", b"two")], "The form is not a request for an edited image: Expected"),
    ],
)
def test_a_form_without_pictures_is_refused(fields: list[bytes], message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        edited(*fields)
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize(
    ("body", "as_url"),
    [
        ({}, True),
        ({"response_format": "url"}, True),
        ({"response_format": "b64_json"}, False),
        ({"model": "gpt-image-1"}, False),
        ({"model": "gpt-image-1", "response_format": "url"}, True),
    ],
)
def test_pictures_are_told_by_address_unless_asked_otherwise(body: dict[str, Any], as_url: bool) -> None:
    assert asked(**body).as_url is as_url


def test_what_google_has_no_word_for_is_told() -> None:
    request = asked(background="transparent", style="vivid", moderation="auto", output_format="webp")
    told = [calls(request, model).dropped for model in (IMAGEN, GEMINI)]
    assert told == [("background", "style", "output_format")] * 2


def generate_reply(*parts: Any, finish: str = "STOP", **more: Any) -> bytes:
    return json.dumps({"candidates": [{"content": {"parts": list(parts)}, "finishReason": finish}]} | more).encode()


def painted(data: str, kind: str = "image/png", **more: Any) -> Any:
    return {"inlineData": {"mimeType": kind, "data": data}} | more


def predict_reply(*predictions: Any) -> bytes:
    return json.dumps({"predictions": list(predictions)} if predictions else {}).encode()


USAGE = {
    "promptTokenCount": 268,
    "candidatesTokenCount": 1290,
    "thoughtsTokenCount": 10,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 10}, {"modality": "IMAGE", "tokenCount": 258}],
}


def test_pictures_of_all_calls_are_told_in_order_with_what_they_cost() -> None:
    draft = painted("draft", thought=True)
    replies = [
        generate_reply({"text": "Here."}, draft, painted("one"), usageMetadata=USAGE),
        generate_reply(painted("two"), usageMetadata=USAGE),
    ]
    assert json.loads(answer(asked(size="1024x1024", quality="high", n=2), drawn(replies), 5)) == {
        "created": 5,
        "data": [{"b64_json": "one"}, {"b64_json": "two"}],
        "output_format": "png",
        "size": "1024x1024",
        "quality": "high",
        "usage": {
            "input_tokens": 536,
            "output_tokens": 2600,
            "total_tokens": 3136,
            "input_tokens_details": {"text_tokens": 20, "image_tokens": 516},
        },
    }


def test_imagens_pictures_may_be_told_by_address() -> None:
    one = {"bytesBase64Encoded": "one", "mimeType": "image/jpeg", "prompt": "a fluffy cat"}
    made = drawn([predict_reply(one, {"raiFilteredReason": "no"})])
    assert json.loads(answer(asked(), made, 5, ["https://here/1"])) == {
        "created": 5,
        "data": [{"url": "https://here/1", "revised_prompt": "a fluffy cat"}],
        "output_format": "jpeg",
    }


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (predict_reply({"raiFilteredReason": "Unsafe."}), ContentRefused, "Unsafe."),
        (predict_reply(), ContentRefused, "Google's filter refused this picture."),
        (
            generate_reply(finish="IMAGE_SAFETY"),
            ContentRefused,
            "Google's filter ended this answer (IMAGE_SAFETY).",
        ),
        (
            json.dumps({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}).encode(),
            ContentRefused,
            "Google's filter refused this prompt (PROHIBITED_CONTENT).",
        ),
        (
            generate_reply({"text": "I can't."}),
            UpstreamFailed,
            "The model answered without a picture: I can't.",
        ),
        (generate_reply(finish="NO_IMAGE"), UpstreamFailed, "The model gave no picture (NO_IMAGE)."),
        (b"<html>", UpstreamFailed, "Google's answer is not one with pictures."),
    ],
)
def test_no_picture_is_an_error_that_says_why(reply: bytes, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as failed:
        drawn([reply])
    assert str(failed.value) == message


def test_a_paid_picture_is_never_lost_to_another_ones_refusal() -> None:
    made = drawn([generate_reply(finish="IMAGE_SAFETY"), generate_reply(painted("two"))])
    assert [picture.data for picture in made.pictures] == ["two"]
