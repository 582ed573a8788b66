"""What a request names, found where Google would follow it and nowhere else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.references import Reference, continuation, may_refer, references_in, sent_on
from gemini_balance.core.wire.lean import LONG

GOOGLE = "https://generativelanguage.googleapis.com"
FILE = f"{GOOGLE}/v1beta/files/a-1"


def generate(**part: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": "Look."}, part]}]}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (generate(fileData={"fileUri": FILE}), [Reference("files/a-1", FILE, GOOGLE[8:])]),
        (generate(file_data={"file_uri": "files/a"}), [Reference("files/a", "files/a")]),
        (
            generate(fileData={"fileUri": "http://us:8000/gemini/v1/files/a"}),
            [Reference("files/a", "http://us:8000/gemini/v1/files/a", "us:8000")],
        ),
        ({"cachedContent": "cachedContents/c"}, [Reference("cachedContents/c")]),
        ({"cached_content": "cachedContents/c"}, [Reference("cachedContents/c")]),
        (
            {"tools": [{"fileSearch": {"fileSearchStoreNames": ["fileSearchStores/s", "fileSearchStores/t"]}}]},
            [Reference("fileSearchStores/s"), Reference("fileSearchStores/t")],
        ),
        ({"batch": {"inputConfig": {"fileName": "files/b"}}}, [Reference("files/b")]),
        ({"generateContentRequest": {"model": "tunedModels/t"}}, [Reference("tunedModels/t")]),
        ({"previous_interaction_id": "v1_x"}, [Reference("interactions/v1_x")]),
        ({"continuationToken": "tok"}, [Reference(continuation("tok"))]),
        ({"input": [{"type": "document", "uri": FILE}]}, [Reference("files/a-1", FILE, GOOGLE[8:])]),
        (
            {"contents": [generate(fileData={"fileUri": "files/a"}), generate(fileData={"fileUri": "files/a"})]},
            [Reference("files/a", "files/a")],
        ),
        # nothing that lives with a key
        (generate(fileData={"fileUri": "https://www.youtube.com/watch?v=files/a"}), []),
        (generate(fileData={"fileUri": "https://example.com/files/a"}), []),
        (generate(fileData={"fileUri": "gs://bucket/files/a"}), []),
        (generate(text="cachedContents/c, fileUri: files/a"), []),
        (generate(functionCall={"name": "f", "args": {"fileUri": "files/a", "uri": FILE}}), []),
        (generate(functionResponse={"name": "f", "response": {"cachedContent": "cachedContents/c"}}), []),
        ({"tools": [{"functionDeclarations": [{"parameters": {"properties": {"fileUri": "files/a"}}}]}]}, []),
        ({"model": "models/gemini-x"}, []),
        ({"previous_interaction_id": None}, []),
        ([1, "files/a"], []),
    ],
)
def test_references_are_found_where_google_follows_them(body: Any, found: list[Reference]) -> None:
    encoded = json.encode(body)
    assert references_in(encoded) == found
    assert may_refer(encoded) or not found


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"{'fileUri':'files/a'}", b"[" * 100_000])
def test_what_only_google_may_understand_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        references_in(body)


@pytest.mark.parametrize("levels", [10, 100, 500, 900, 2000])
def test_no_depth_hides_a_name(levels: int) -> None:
    try:
        found = references_in(b'{"a":' * levels + b'{"fileUri":"files/a"}' + b"}" * levels)
    except BadRequest:
        assert levels > 100  # Google itself stops there
    else:
        assert found == [Reference("files/a", "files/a")]


@pytest.mark.parametrize(
    "body",
    [
        rb'{"fileData":{"fileUri":"files\/a"}}',
        rb'{"cached\u0043ontent":"cachedContent\u0073/c"}',
        rb'{"previous_\u0069nteractio\u006e_id":"x"}',
    ],
)
def test_spelling_it_in_escapes_hides_nothing(body: bytes) -> None:
    assert may_refer(body)
    assert len(references_in(body)) == 1


def test_what_is_usual_is_not_looked_into() -> None:
    assert not may_refer(json.encode(generate(text='Tell me about caf\u00e9s, files and "quotes".')))


@given(st.integers(0, 3 * LONG), st.integers(0, 3 * LONG))
def test_a_sign_is_seen_beside_a_huge_image(before: int, after: int) -> None:
    long, text = "A" * before, "B " * (after // 2)
    image = f'{{"inlineData":{{"data":"{long}"}}}},{{"text":"{text}"}}'
    body = f'{{"parts":[{image},{{"fileData":{{"fileUri":"files/a"}}}},{image}]}}'.encode()
    assert may_refer(body)
    assert not may_refer(body.replace(b"files/a", b"file-a"))


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ("http://us:8000/v1beta/files/a", f"{GOOGLE}/v1beta/files/a"),
        ("https://us/gemini/v1beta/files/a", f"{GOOGLE}/v1beta/files/a"),
        ("https://us/v1/files/a:download?alt=media", f"{GOOGLE}/v1/files/a:download?alt=media"),
    ],
)
@pytest.mark.parametrize("slash", ["/", "\\/"])
def test_an_address_of_ours_is_sent_on_as_googles_and_no_other_byte_changes(said: str, sent: str, slash: str) -> None:
    text = '{ "text": "see %s",  "fileData":{"fileUri" : "%s"}, "x":1.50}'
    body = (text % (said, said.replace("/", slash))).encode()
    [found] = references_in(body)
    assert sent_on(body, found, GOOGLE) == (text % (said, sent)).encode()
