"""Files: list, show, delete, describe, and hand out their bytes."""

from collections.abc import Callable

from gemini_balance.simulator.delivery import JSON
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.resources import files, messages
from gemini_balance.simulator.resources.blob import Blob
from gemini_balance.simulator.resources.files import File
from gemini_balance.simulator.resources.names import is_file_id
from gemini_balance.simulator.shape import parse

PAGING = Paging("ListFilesRequest", "files", default=10, maximum=100)
MISSING = "file_permission"
PIECE = 64 * 1024
_BAD_NAME = (
    "* CreateFileRequest.file.name: File name may only contain lowercase alphanumeric characters or dashes (-), "
    "cannot begin or end with a dash, and has at most 40 characters.\n"
)


def wished_name(ask: Ask, described: messages.File) -> str:
    """The name of a new file; raises GoogleError when the caller wishes one that can't be."""
    if not described.name:
        return f"files/{ask.library.namer.plain()}"
    name = "files/" + described.name.removeprefix("files/")
    if not is_file_id(name.removeprefix("files/")):
        raise GoogleError(invalid_argument(_BAD_NAME))
    if ask.library.files.known(name, ask.now):
        raise ask.error("entity_exists")
    return name


def add_file(ask: Ask, described: messages.File, blob: Blob | None, mime_type: str = "") -> Object:
    """A new file of the caller's, as files.create and an upload answer it."""
    mime_type = described.mime_type or mime_type or files.UNKNOWN_TYPE
    if not files.is_storable(mime_type):
        raise GoogleError(invalid_argument(f"Unsupported MIME type: {mime_type}"))
    file = File(
        name=wished_name(ask, described),
        project=ask.project,
        created=ask.now,
        ready=ask.now + (ask.config.processing if files.is_video(mime_type) else 0),
        expires=ask.now + ask.config.file_life,
        display_name=described.display_name,
        mime_type=mime_type,
        blob=blob,
    )
    return {"file": files.shown(ask.library.files.put(file), ask.now, ask.place)}


def describe(ask: Ask, body: bytes) -> Callable[[Blob, str], Object]:
    """What makes a file of an upload that begins with this description; raises GoogleError for a bad one."""
    described = parse(body, messages.CreateFileRequest).file
    wished_name(ask, described)
    return lambda blob, mime_type: add_file(ask, described, blob, mime_type)


def create_file(ask: Ask) -> Object:
    """A file that has only a description."""
    return add_file(ask, ask.read(messages.CreateFileRequest).file, None)


def list_files(ask: Ask) -> Object:
    """The project's files."""
    owned = ask.library.files.owned(ask.project, ask.now)
    return page_of([files.shown(file, ask.now, ask.place) for file in owned], PAGING, ask.query)


def get_file(ask: Ask) -> Object:
    """One file."""
    return files.shown(ask.own(ask.library.files, ask.path, MISSING), ask.now, ask.place)


def delete_file(ask: Ask) -> Object:
    """Delete one file."""
    ask.library.files.drop(ask.own(ask.library.files, ask.path, MISSING).name)
    return {}


def register_files(ask: Ask) -> Object:
    """Files of Cloud Storage can't be registered with a key."""
    raise ask.error("api_keys_refused")


async def download_file(ask: Ask) -> None:
    """Lead on to the download server, as Google does, echoing the key."""
    _downloadable(ask)
    exchange = ask.call.exchange
    if ask.query.get("alt") != "media":
        await exchange.reply(200, b"{}\n", JSON)
        return
    location = ask.place.uri(ask.path, "/download") + ":download?alt=media"
    headers = ((b"location", location.encode()), (b"x-goog-api-key", ask.call.caller.key.encode()))
    await exchange.reply(302, b"", "text/html; charset=UTF-8", *headers)


async def send_file(ask: Ask) -> None:
    """The bytes themselves."""
    await _send(ask, _downloadable(ask))


async def send_generated(ask: Ask) -> None:
    """The bytes of a generated file, which are those of the file of the same id."""
    ask.own(ask.library.items, ask.path, "generated_permission")
    await _send(ask, ask.own(ask.library.files, f"files/{ask.names['file']}", MISSING))


async def _send(ask: Ask, file: File) -> None:
    assert file.blob is not None
    exchange, blob = ask.call.exchange, file.blob
    length = (b"content-length", str(blob.size).encode())
    await exchange.start(200, file.mime_type, length, (b"server", b"UploadServer"))
    place = 0
    while data := blob.read(place, PIECE):
        await exchange.write(data)
        place += len(data)
    await exchange.finish()


def _downloadable(ask: Ask) -> File:
    file = ask.own(ask.library.files, ask.path, MISSING)
    if file.blob is None or not (file.generated or ask.config.download_uploads):
        raise GoogleError(invalid_argument("Only generated files can be downloaded."))
    return file
