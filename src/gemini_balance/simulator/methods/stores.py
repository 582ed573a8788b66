"""File search stores: their documents, by upload and by import of files."""

from collections.abc import Callable

from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.methods.operations import begin
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.resources.blob import Blob
from gemini_balance.simulator.resources.files import UNKNOWN_TYPE
from gemini_balance.simulator.resources.messages import (
    FileSearchStore,
    ImportFileRequest,
    UploadToFileSearchStoreRequest,
    as_json,
)
from gemini_balance.simulator.resources.names import is_slug, micros
from gemini_balance.simulator.resources.shelf import Item
from gemini_balance.simulator.shape import parse

STORES = Paging("ListFileSearchStoresRequest", "fileSearchStores", default=10, maximum=20)
DOCUMENTS = Paging("ListDocumentsRequest", "documents", default=10, maximum=20)
MISSING = "store_permission"
TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main."
EMBEDDING_MODEL = "models/gemini-embedding-001"


def create_store(ask: Ask) -> Object:
    """A new store."""
    told = ask.read(FileSearchStore)
    value: Object = {"displayName": told.display_name} if told.display_name else {}
    store = Item(
        name=f"fileSearchStores/{ask.library.namer.slug(told.display_name)}",
        project=ask.project,
        created=ask.now,
        value=value | {"embeddingModel": told.embedding_model or EMBEDDING_MODEL},
    )
    return _shown(ask, ask.library.items.put(store))


def _shown(ask: Ask, store: Item) -> Object:
    """The store with counts of its documents; a count of nothing is absent."""
    documents = ask.library.items.owned(ask.project, ask.now, f"{store.name}/documents")
    active = sum(document.ready <= ask.now for document in documents)
    size = sum(int(str(document.value.get("sizeBytes", 0))) for document in documents)
    counts = {
        "activeDocumentsCount": active,
        "pendingDocumentsCount": len(documents) - active,
        "sizeBytes": size,
    }
    times: Object = {"createTime": micros(store.created), "updateTime": micros(store.updated)}
    return {"name": store.name, **store.value, **times} | {n: str(count) for n, count in counts.items() if count}


def list_stores(ask: Ask) -> Object:
    """The project's stores."""
    owned = ask.library.items.owned(ask.project, ask.now, ask.path)
    return page_of([_shown(ask, store) for store in owned], STORES, ask.query)


def get_store(ask: Ask) -> Object:
    """One store."""
    return _shown(ask, _store(ask))


def _store(ask: Ask) -> Item:
    _check_names(ask)
    return ask.own(ask.library.items, f"fileSearchStores/{ask.names['store']}", MISSING)


def _check_names(ask: Ask) -> None:
    """Google says which names can't be, before it looks for them."""
    wrong = next((name for name in ask.names.values() if not is_slug(name)), None)
    if wrong is not None:
        raise GoogleError(invalid_argument(f"Invalid resource name: {wrong}"))


def delete_store(ask: Ask) -> Object:
    """Delete a store, and its documents when told to."""
    store = _store(ask)
    if ask.library.items.holds_below(store.name) and not _is_forced(ask):
        raise GoogleError(Problem(400, "Cannot delete non-empty FileSearchStore.", "FAILED_PRECONDITION"))
    ask.library.items.drop(store.name)
    return {}


def _is_forced(ask: Ask) -> bool:
    return ask.query.get("force", "").lower() == "true"


def describe(ask: Ask, body: bytes) -> Callable[[Blob, str], Object]:
    """What makes a document of an upload that begins with this description."""
    told = parse(body, UploadToFileSearchStoreRequest)
    store = _store(ask)

    def make(blob: Blob, mime_type: str) -> Object:
        size = str(blob.size)
        blob.close()
        facts = as_json(told) | {"mimeType": told.mime_type or mime_type or UNKNOWN_TYPE, "sizeBytes": size}
        return _uploaded(ask, store, _add(ask, store, facts))

    return make


def _add(ask: Ask, store: Item, facts: Object) -> Item:
    namer = ask.library.namer
    display_name = str(facts.get("displayName", ""))
    document = Item(
        name=f"{store.name}/documents/{namer.slug(display_name)}",
        project=ask.project,
        created=ask.now,
        ready=ask.now + ask.config.operation,
        value={name: value for name, value in facts.items() if name != "chunkingConfig"},
    )
    store.updated = ask.now
    return ask.library.items.put(document)


def _uploaded(ask: Ask, store: Item, document: Item) -> Object:
    """Recorded so: the operation has its response at once, and never said that it is done."""
    document_id = document.name.rpartition("/")[2]
    response: Object = {
        "@type": TYPE + "UploadToFileSearchStoreResponse",
        "documentName": document.name,
        "mimeType": document.value["mimeType"],
        "parent": store.name,
        "sizeBytes": document.value["sizeBytes"],
    }
    told = begin(ask, f"{store.name}/upload/operations/{document_id}", lambda: response)
    return {"name": told["name"], "response": response}


def import_file(ask: Ask) -> Object:
    """Make a document of a file of the project's."""
    store, told = _store(ask), ask.read(ImportFileRequest)
    file = ask.own(ask.library.files, f"files/{told.file_name.removeprefix('files/')}", "file_permission")
    size = str(file.blob.size) if file.blob else "0"
    facts: Object = {"displayName": file.display_name or file.id, "mimeType": file.mime_type, "sizeBytes": size}
    metadata = as_json(told)
    metadata.pop("fileName", None)
    document = _add(ask, store, facts | metadata)
    response: Object = {
        "@type": TYPE + "ImportFileResponse",
        "parent": store.name,
        "documentName": document.name,
    }
    document_id = document.name.rpartition("/")[2]
    return begin(ask, f"{store.name}/operations/{document_id}", lambda: response)


def list_documents(ask: Ask) -> Object:
    """A store's documents."""
    _store(ask)
    owned = ask.library.items.owned(ask.project, ask.now, ask.path)
    return page_of([_document(ask, document) for document in owned], DOCUMENTS, ask.query)


def get_document(ask: Ask) -> Object:
    """One document."""
    _store(ask)
    return _document(ask, ask.own(ask.library.items, ask.path, "document_missing"))


def delete_document(ask: Ask) -> Object:
    """Delete one document."""
    _store(ask)
    ask.library.items.drop(ask.own(ask.library.items, ask.path, "document_missing").name)
    return {}


def _document(ask: Ask, document: Item) -> Object:
    times: Object = {"createTime": micros(document.created), "updateTime": micros(document.updated)}
    state = "STATE_ACTIVE" if document.ready <= ask.now else "STATE_PENDING"
    return {"name": document.name, **document.value, **times, "state": state}
