"""What a reply names, and the addresses in it."""

from typing import Any

import pytest
from msgspec import json

from gemini_balance.core.gemini.named import address_of_ours, interaction_in, named_in, readdressed

GOOGLE = "https://generativelanguage.googleapis.com"
HOSTS = frozenset({"generativelanguage.googleapis.com", "127.0.0.1:9000"})
OURS = "https://ai.example"
VIDEO = {"video": {"uri": f"{GOOGLE}/v1beta/files/v:download?alt=media"}}


@pytest.mark.parametrize(
    ("collection", "reply", "names"),
    [
        ("files", {"file": {"name": "files/a", "uri": f"{GOOGLE}/v1beta/files/a"}}, ["files/a"]),
        ("files", {"files": [{"name": "files/a"}, {"name": "files/b"}]}, ["files/a", "files/b"]),
        ("cachedContents", {"name": "cachedContents/c", "model": "models/m"}, ["cachedContents/c"]),
        ("operations", {"name": "batches/b", "metadata": {"name": "batches/b"}}, ["batches/b"]),
        ("operations", {"name": "models/m/operations/o"}, ["models/m/operations/o"]),
        (
            "batches",
            {"name": "batches/b", "response": {"responsesFile": "files/batch-b"}},
            ["batches/b", "files/batch-b"],
        ),
        (
            "models/m/operations",
            {"name": "models/m/operations/o", "response": {"generateVideoResponse": {"generatedSamples": [VIDEO]}}},
            ["models/m/operations/o", "files/v"],
        ),
        (
            "tunedModels",
            {"name": "tunedModels/t/operations/o", "metadata": {"tunedModel": "tunedModels/t"}},
            ["tunedModels/t/operations/o", "tunedModels/t"],
        ),
        ("interactions", {"id": "v1_x", "object": "interaction"}, ["interactions/v1_x"]),
        ("files", {"id": "v1_x"}, []),
        ("files", {"name": ""}, []),
        ("files", {}, []),
        ("files", [], []),
        # a caller's own words in a reply name nothing
        ("batches", {"response": {"inlinedResponses": [{"name": "files/theirs", "uri": "files/theirs"}]}}, []),
        ("cachedContents", {"displayName": "files/theirs", "labels": {"name": "files/theirs"}}, []),
    ],
)
def test_names_are_read_where_google_writes_them(collection: str, reply: Any, names: list[str]) -> None:
    assert named_in(json.encode(reply), collection) == names


@pytest.mark.parametrize("reply", [b"", b"{", b"\xff\xfe"])
def test_what_is_no_json_names_nothing_and_stays(reply: bytes) -> None:
    assert (named_in(reply, "files"), readdressed(reply, HOSTS, OURS)) == ([], reply)


def test_only_addresses_at_googles_host_become_ours_and_no_other_byte_changes() -> None:
    told = (
        '{ "file" : {"displayName": "see WHOSE/x", "source": {"uri": "WHOSE/x"},\n "uri": "THERE/v1beta/files/a",'
        '"downloadUri":'
        '"THERE/v1beta/files/a:download?alt\\u003dmedia" }, "uri":"https://else.example/x"}'
    ).replace("WHOSE", GOOGLE)
    at_google, at_ours = told.replace("THERE", GOOGLE), told.replace("THERE", OURS)
    assert readdressed(at_google.encode(), HOSTS, OURS) == at_ours.encode()


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        (f"{GOOGLE}/upload/v1beta/files?upload_id=x", f"{OURS}/upload/v1beta/files?upload_id=x"),
        ("http://127.0.0.1:9000/v1/files/a", f"{OURS}/v1/files/a"),
        ("https://storage.example/x", "https://storage.example/x"),
        ("ftp://127.0.0.1:9000/x", "ftp://127.0.0.1:9000/x"),
        ("/v1beta/files/a", "/v1beta/files/a"),
        ("", ""),
    ],
)
def test_an_address_keeps_its_path_and_query(address: str, ours: str) -> None:
    assert address_of_ours(address, HOSTS, OURS) == ours


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"interaction": {"id": "v1_x"}, "event_type": "interaction.created"}, "interactions/v1_x"),
        ({"interaction_id": "v1_x", "status": "in_progress"}, "interactions/v1_x"),
        ({"index": 0}, ""),
    ],
)
def test_an_event_tells_its_interaction(event: Any, name: str) -> None:
    assert interaction_in(json.encode(event)) == name


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://proxy.example/some/path/upload/v1beta/files?upload_id=x", f"{OURS}/upload/v1beta/files?upload_id=x"),
        ("https://proxy.example/upload/v1beta/files", f"{OURS}/upload/v1beta/files"),
        ("https://proxy.example/some/pathway/x", f"{OURS}/some/pathway/x"),
        ("https://proxy.example.org/some/path/x", "https://proxy.example.org/some/path/x"),
    ],
)
def test_the_path_below_which_google_is_found_is_no_part_of_our_addresses(address: str, ours: str) -> None:
    assert address_of_ours(address, frozenset({"proxy.example", "proxy.example/some/path"}), OURS) == ours
