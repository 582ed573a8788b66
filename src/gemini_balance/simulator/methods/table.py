"""Every method of the resources: which request line means it, and what answers it."""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import TypeAlias
from urllib.parse import parse_qsl

from msgspec import Struct

from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods import (
    batches,
    caches,
    files,
    interactions,
    operations,
    stores,
    tokens,
    tuned,
    uploads,
)
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.methods.collections import COLLECTIONS, VERBS, Collection, Verb
from gemini_balance.simulator.routes import VERSIONS, Route

Run: TypeAlias = Callable[[Ask], Object | Awaitable[None]]


class Row(Struct, frozen=True):
    """A method. `{…}` in the path stands for a name; with `prefix` the path begins before the version."""

    http: str
    path: str
    operation: str
    run: Run
    prefix: str = ""
    streams_body: bool = False


def _upload(path: str, operation: str, describe: uploads.Describe) -> Row:
    run = partial(uploads.receive, describe=describe)
    return Row("POST", path, operation, run, prefix="/upload", streams_body=True)


def _of_collection(collection: Collection) -> Iterator[Row]:
    """The rows of the verbs that a collection has."""
    for verb in sorted(collection.verbs):
        http, plain = VERBS[verb]
        run = tuned.grown(plain) if collection.path == "tunedModels" else plain
        many = verb in ("create", "list")
        operation = verb + (collection.plural if verb == "list" else collection.noun)
        path = collection.path if many else f"{collection.path}/{{name}}"
        yield Row(http, path, operation, _bound(run, collection))


def _bound(verb: Verb, collection: Collection) -> Run:
    return lambda ask: verb(ask, collection)


def _nothing(ask: Ask) -> Object:
    """A method that changes nothing that a key could see."""
    ask.own(ask.library.items, ask.path)
    return {}


def _secret(ask: Ask) -> Object:
    ask.own(ask.library.items, ask.path)
    return {"secret": f"whsec_{ask.library.namer.plain(32)}"}


STORE = "fileSearchStores/{store}"
OPERATIONS = (
    "models/{model}",
    "tunedModels/{tuned}",
    "corpora/{corpus}",
    "generatedFiles/{file}",
    STORE,
    f"{STORE}/upload",
)
ROWS: tuple[Row, ...] = (
    _upload("files", "createFile", files.describe),
    Row("POST", "files", "createFile", files.create_file),
    Row("GET", "files", "listFiles", files.list_files),
    Row("GET", "files/{file}", "getFile", files.get_file),
    Row("DELETE", "files/{file}", "deleteFile", files.delete_file),
    Row("POST", "files:register", "registerFiles", files.register_files),
    Row("GET", "files/{file}:download", "downloadFile", files.download_file),
    Row("GET", "files/{file}:download", "downloadFile", files.send_file, prefix="/download"),
    Row("POST", "cachedContents", "createCachedContent", caches.create_cache),
    Row("GET", "cachedContents", "listCachedContents", caches.list_caches),
    Row("GET", "cachedContents/{cache}", "getCachedContent", caches.get_cache),
    Row("PATCH", "cachedContents/{cache}", "updateCachedContent", caches.update_cache),
    Row("DELETE", "cachedContents/{cache}", "deleteCachedContent", caches.delete_cache),
    Row("POST", "models/{model}:batchGenerateContent", "batchGenerateContent", batches.create_generation),
    Row("POST", "models/{model}:asyncBatchEmbedContent", "asyncBatchEmbedContent", batches.create_embedding),
    Row("GET", "batches", "listBatches", batches.list_batches),
    Row("GET", "batches/{batch}", "getBatch", batches.get_batch),
    Row("POST", "batches/{batch}:cancel", "cancelBatch", batches.cancel_batch),
    Row("DELETE", "batches/{batch}", "deleteBatch", batches.delete_batch),
    Row("PATCH", "batches/{batch}:updateGenerateContentBatch", "updateGenerateContentBatch", batches.update_batch),
    Row("PATCH", "batches/{batch}:updateEmbedContentBatch", "updateEmbedContentBatch", batches.update_batch),
    Row("POST", "models/{model}:predictLongRunning", "predictLongRunning", operations.create_video),
    *(Row("GET", f"{path}/operations", "listOperations", operations.list_operations) for path in OPERATIONS),
    *(Row("GET", f"{path}/operations/{{id}}", "getOperation", operations.get_operation) for path in OPERATIONS),
    Row("POST", "fileSearchStores", "createFileSearchStore", stores.create_store),
    Row("GET", "fileSearchStores", "listFileSearchStores", stores.list_stores),
    Row("GET", STORE, "getFileSearchStore", stores.get_store),
    Row("DELETE", STORE, "deleteFileSearchStore", stores.delete_store),
    _upload(f"{STORE}:uploadToFileSearchStore", "uploadToFileSearchStore", stores.describe),
    Row("POST", f"{STORE}:importFile", "importFile", stores.import_file),
    Row("GET", f"{STORE}/documents", "listDocuments", stores.list_documents),
    Row("GET", f"{STORE}/documents/{{document}}", "getDocument", stores.get_document),
    Row("DELETE", f"{STORE}/documents/{{document}}", "deleteDocument", stores.delete_document),
    Row("POST", "tunedModels", "createTunedModel", tuned.create_model),
    Row("POST", "tunedModels/{tuned}:transferOwnership", "transferOwnership", tuned.transfer),
    Row("POST", "tunedModels/{tuned}:generateContent", "generateContent", tuned.generate_by_tuned),
    Row("POST", "tunedModels/{tuned}:streamGenerateContent", "streamGenerateContent", tuned.generate_by_tuned),
    Row("GET", "generatedFiles/{file}:download", "downloadGeneratedFile", files.send_generated),
    Row("POST", "interactions", "createInteraction", interactions.create_interaction),
    Row("GET", "interactions/{interaction}", "getInteraction", interactions.get_interaction),
    Row("POST", "interactions/{interaction}/cancel", "cancelInteraction", interactions.cancel_interaction),
    Row("DELETE", "interactions/{interaction}", "deleteInteraction", interactions.delete_interaction),
    Row("POST", "auth_tokens", "createAuthToken", tokens.create_token),
    Row("POST", "webhooks/{webhook}:ping", "pingWebhook", _nothing),
    Row("POST", "webhooks/{webhook}:rotateSigningSecret", "rotateSigningSecret", _secret),
    *(row for collection in COLLECTIONS for row in _of_collection(collection)),
)


class ResourceRoute(Route, frozen=True):
    """A call of a row: the path behind the version without its verb, and the names in it."""

    row: Row
    path: str
    names: dict[str, str]


_LINE = re.compile(rf"(?P<prefix>/upload|/download)?/(?P<version>{'|'.join(VERSIONS)})/(?P<path>(?P<head>\w+).*)")
_NAME = re.compile(r"\{(\w+)\}")


def _by_head() -> dict[tuple[str, str, str], list[tuple[re.Pattern[str], Row]]]:
    """The rows by method, prefix and first word, so that few are tried."""
    found: dict[tuple[str, str, str], list[tuple[re.Pattern[str], Row]]] = defaultdict(list)
    for row in ROWS:
        head = row.path.partition("/")[0].partition(":")[0]
        pattern = re.compile(_NAME.sub(r"(?P<\1>[^/:]+)", row.path))
        found[row.http, row.prefix, head].append((pattern, row))
    return dict(found)


_ROWS = _by_head()


def find_resource(method: str, path: str, query: str) -> ResourceRoute | None:
    """The row that a request line means, or None."""
    line = _LINE.fullmatch(path)
    if line is None:
        return None
    # An upload goes on with whatever method the client likes: the upload server reads its command header.
    http = "POST" if line["prefix"] == "/upload" else method
    for pattern, row in _ROWS.get((http, line["prefix"] or "", line["head"]), ()):
        found = pattern.fullmatch(line["path"])
        if found is not None:
            names = found.groupdict()
            told = dict(parse_qsl(query)) if query else {}
            plain = line["path"].partition(":")[0]
            return ResourceRoute(line["version"], row.operation, names.get("model", ""), told, row, plain, names)
    return None
