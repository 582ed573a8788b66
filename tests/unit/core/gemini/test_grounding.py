"""Sources, and where in the text they belong."""

import json
from typing import Any

import msgspec
import pytest

from gemini_balance.core.gemini.grounding import citations, links, read_grounding


def grounding(*chunks: dict[str, Any], **segment: Any) -> msgspec.Raw:
    support = [{"segment": segment, "groundingChunkIndices": [0]}] if segment else []
    return msgspec.Raw(json.dumps({"groundingChunks": chunks, "groundingSupports": support}).encode())


def web(uri: str, title: str = "T") -> dict[str, Any]:
    return {"web": {"uri": uri, "title": title}}


@pytest.mark.parametrize(
    ("text", "segment", "place"),
    [
        ("plain words", {"startIndex": 6, "endIndex": 11}, (6, 11)),
        ("你好 words", {"startIndex": 7, "endIndex": 12}, (3, 8)),
        ("你好", {"startIndex": 1, "endIndex": 4}, (0, 1)),
        ("> code\nplain words", {"startIndex": 6, "endIndex": 11, "text": "words"}, (13, 18)),
        ("other", {"startIndex": 0, "endIndex": 3, "text": "not in it"}, (0, 3)),
        ("short", {"startIndex": 90, "endIndex": 99}, (5, 5)),
    ],
    ids=["ascii", "bytes are not characters", "inside a character", "behind code", "not found", "beyond the end"],
)
def test_places_are_characters_of_what_is_shown(text: str, segment: dict[str, Any], place: tuple[int, int]) -> None:
    (found,) = citations(read_grounding(grounding(web("https://a.example"), **segment)), text)
    assert (found.begin, found.end) == place


def test_every_kind_of_source_is_found_once() -> None:
    found = links(
        read_grounding(
            grounding(
                web("https://a.example"),
                {"maps": {"uri": "https://b.example", "title": "B"}},
                {"retrievedContext": {"uri": "gs://c", "title": "C"}},
                {"image": {"sourceUri": "https://d.example", "imageUri": "https://d.example/x.png"}},
                {"retrievedContext": {"text": "no address"}},
                {},
                web("https://a.example", "again"),
            )
        )
    )
    assert [source.uri for source in found] == ["https://a.example", "https://b.example", "gs://c", "https://d.example"]


def test_a_shape_we_do_not_know_is_no_failure() -> None:
    assert links(read_grounding(msgspec.Raw(b"[7]"))) == []
