"""Which media leave a request that is too large, and what stands for them until a key is known."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from gemini_balance.core.gemini.attachments import Attachment, addressed, taken_out
from gemini_balance.core.gemini.request_schema import GenerateContentRequest
from gemini_balance.core.gemini.schema import Blob, Content, Part
from gemini_balance.core.wire.codec import encode
from gemini_balance.core.wire.lean import Pieces, mark

LIMIT = 100


def of(*blobs: Blob) -> GenerateContentRequest:
    return GenerateContentRequest([Content("user", [Part(text="Look."), *(Part(inline_data=one) for one in blobs)])])


@pytest.mark.parametrize(
    ("sizes", "taken"),
    [
        ([], []),
        ([100], []),
        ([101], [0]),
        ([40, 30, 30], []),
        ([40, 30, 31], [0]),
        ([10, 90, 80], [1]),
        ([60, 90, 80], [1, 2]),
        ([300, 200, 100], [0, 1]),
    ],
)
def test_the_largest_leave_until_the_rest_fits(sizes: list[int], taken: list[int]) -> None:
    request = of(*(Blob("image/png", "A" * size) for size in sizes))
    assert len(taken_out(request, [], LIMIT, "s")) == len(taken)
    media = request.contents[0].parts[1:]
    assert [at for at, part in enumerate(media) if part.file_data is not None] == taken
    assert [at for at, part in enumerate(media) if part.inline_data is None] == taken


def test_a_pdf_may_be_half_as_large() -> None:
    request = of(Blob("application/pdf", "A" * 51), Blob("image/png", "A" * 52))
    assert [one.kind for one in taken_out(request, [], LIMIT + 3, "s")] == []
    assert [one.kind for one in taken_out(request, [], LIMIT + 1, "s")] == ["image/png", "application/pdf"]


def test_what_marks_stand_for_counts_and_goes_along() -> None:
    aside = Pieces([b"B" * 300, b"C" * 50])
    request = of(Blob("video/mp4", f"AA{mark(0).decode()}"), Blob("image/png", mark(1).decode()))
    assert taken_out(request, aside, LIMIT, "s") == (Attachment("s-0-file", "video/mp4", [b"AA", b"B" * 300, b""]),)
    assert request.contents[0].parts[2].inline_data == Blob("image/png", mark(1).decode())


def test_an_address_takes_the_place_of_its_word_and_of_nothing_else() -> None:
    request = of(Blob("image/png", b64encode(bytes(300)).decode()))
    request.contents[0].parts[0].text = "s-0 is not s-0-file?"
    [one] = taken_out(request, [], LIMIT, "s")
    body = addressed(encode(request), {one.word: 'https://google.example/"x'})
    assert json.loads(body)["contents"][0]["parts"] == [
        {"text": "s-0 is not s-0-file?"},
        {"fileData": {"fileUri": 'https://google.example/"x', "mimeType": "image/png"}},
    ]
