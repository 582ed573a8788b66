"""File search stores and their documents."""

import json
import os
from pathlib import Path

import pytest

from gemini_balance.simulator.json_types import Json, Object
from tests.unit.simulator.client import KEY, Client, ask, at
from tests.unit.simulator.methods.uploading import STRANGER, command, get, path_of, start, upload

PATH = "/v1beta/fileSearchStores"
ROOT = Path(__file__).parents[4]
CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
RECORDED = CORPUS / "gemini" / "uploadToFileSearchStore"


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=1_794_484_800.0, clock_speed=0.0)


def create(google: Client, display_name: str = "My Store") -> Object:
    made = google.call("POST", PATH, {"displayName": display_name}, x_goog_api_key=KEY)
    assert made.status == 200, made.body
    return made.json()


def add(google: Client, store: Json, data: bytes = b"Paris is in France.", **fields: Json) -> Object:
    body: Object = {"mimeType": "text/plain", **fields}
    path = path_of(
        start(google, body, len(data), f"/upload{PATH}/{str(store).rpartition('/')[2]}:uploadToFileSearchStore")
    )
    return command(google, path, "upload, finalize", data, 0).json()


def test_a_store_describes_itself_as_google_does(google: Client) -> None:
    store = create(google)
    name = str(store["name"])
    assert store == {
        "name": name,
        "displayName": "My Store",
        "embeddingModel": "models/gemini-embedding-001",
        "createTime": "2026-11-12T12:00:00.000000Z",
        "updateTime": "2026-11-12T12:00:00.000000Z",
    }
    assert name.startswith("fileSearchStores/mystore-")
    assert get(google, PATH).json() == {"fileSearchStores": [store]}


@pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded traffic at {RECORDED}; CORPUS names its folder")
def test_an_upload_answers_as_recorded(google: Client) -> None:
    last = [json.loads(path.read_bytes()) for path in sorted(RECORDED.glob("*.json"))][1]
    store = create(google)["name"]
    told = add(google, store, last["request"]["body_raw"].encode())
    document = at(told, "response", "documentName")
    recorded: Object = last["response"]["body"]
    assert set(told) == set(recorded)
    expected = at(recorded, "response")
    assert isinstance(expected, dict)
    assert told["response"] == expected | {"documentName": document, "parent": store}
    assert told["name"] == f"{store}/upload/operations/{str(document).rpartition('/')[2]}"


def test_an_uploaded_document_is_pending_then_active(google: Client) -> None:
    store = create(google)["name"]
    metadata: Json = [{"key": "year", "numericValue": 2026}]
    told = add(google, store, displayName="Paris", customMetadata=metadata)
    name = at(told, "response", "documentName")
    document = get(google, f"/v1beta/{name}").json()
    assert document == {
        "name": name,
        "displayName": "Paris",
        "mimeType": "text/plain",
        "customMetadata": metadata,
        "sizeBytes": "19",
        "createTime": "2026-11-12T12:00:00.000000Z",
        "updateTime": "2026-11-12T12:00:00.000000Z",
        "state": "STATE_PENDING",
    }
    google.control(advance=5)
    assert get(google, f"/v1beta/{name}").json()["state"] == "STATE_ACTIVE"
    shown = get(google, f"/v1beta/{store}").json()
    assert (shown["activeDocumentsCount"], shown["sizeBytes"]) == ("1", "19")
    assert get(google, f"/v1beta/{told['name']}").json()["done"] is True


def test_a_file_is_imported(google: Client) -> None:
    store, file = create(google)["name"], upload(google, b"Oslo", {"displayName": "Oslo"})
    told = google.call("POST", f"/v1beta/{store}:importFile", {"fileName": file["name"]}, x_goog_api_key=KEY).json()
    assert list(told) == ["name"]
    google.control(advance=5)
    done = get(google, f"/v1beta/{told['name']}").json()
    documents = get(google, f"/v1beta/{store}/documents").json()
    assert (done["done"], at(done, "response", "documentName"), at(documents, "documents", 0, "displayName")) == (
        True,
        at(documents, "documents", 0, "name"),
        "Oslo",
    )
    alien = google.call("POST", f"/v1beta/{store}:importFile", {"fileName": "files/nowhere"}, x_goog_api_key=KEY)
    assert alien.status == 403


def test_only_the_project_searches_and_sees_its_stores(google: Client) -> None:
    store = create(google)["name"]
    search: Json = [{"fileSearch": {"fileSearchStoreNames": [store]}}]
    path = f"/v1beta/{store}"
    refused = [
        get(google, path, STRANGER),
        get(google, f"{path}/documents", STRANGER),
        google.generate(ask("hi", tools=search), key=STRANGER),
    ]
    message = f"You do not have permission to access the FileSearchStore {path.rpartition('/')[2]} or it may not exist."
    assert [(reply.status, reply.message()) for reply in refused] == [(403, message)] * 3
    assert google.generate(ask("hi", tools=search)).status == 200
    assert get(google, PATH, STRANGER).json() == {}


def test_names_that_cannot_be_are_refused_first(google: Client) -> None:
    store = create(google)["name"]
    paths = ("fileSearchStores/_no", f"{store}/documents/_no", f"{store}/documents/none", "no-store")
    replies = [get(google, f"/v1beta/{path}") for path in paths]
    assert [reply.status for reply in replies] == [400, 400, 404, 404]
    assert replies[2].message() == "Documents does not exist."


def test_a_store_with_documents_goes_by_force_only(google: Client) -> None:
    store = create(google)["name"]
    document = at(add(google, store), "response", "documentName")
    refused = google.call("DELETE", f"/v1beta/{store}", x_goog_api_key=KEY)
    assert (refused.status, refused.message()) == (400, "Cannot delete non-empty FileSearchStore.")
    assert google.call("DELETE", f"/v1beta/{store}?force=True", x_goog_api_key=KEY).json() == {}
    assert [get(google, f"/v1beta/{name}").status for name in (store, document)] == [403, 403]


def test_a_document_is_deleted(google: Client) -> None:
    store = create(google)["name"]
    document = at(add(google, store), "response", "documentName")
    assert google.call("DELETE", f"/v1beta/{document}", x_goog_api_key=KEY).json() == {}
    assert get(google, f"/v1beta/{document}").status == 404
    assert google.call("DELETE", f"/v1beta/{store}", x_goog_api_key=KEY).json() == {}
