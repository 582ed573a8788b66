"""The upload server: resumable uploads in commands, and files in one request, streamed through in bounded memory."""

from collections.abc import Callable

from msgspec import Struct

from gemini_balance.simulator.delivery import JSON
from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.http import Exchange
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.replies import encode_body
from gemini_balance.simulator.resources.blob import Spooled
from gemini_balance.simulator.resources.related import MalformedMultipartError, Related, boundary_of
from gemini_balance.simulator.resources.uploads import MAX_BYTES, RefusedUploadError, Upload
from gemini_balance.simulator.state import State

TEXT = "text/plain; charset=utf-8"
SERVER = (b"server", b"UploadServer")
# Reads the description that an upload begins with, and gives what makes the resource of its bytes and type.
Describe = Callable[[Ask, bytes], Callable[[Spooled, str], Object]]
Header = tuple[bytes, bytes]


class Sent(Struct, frozen=True):
    """A file that came in one request."""

    blob: Spooled
    description: bytes = b""
    mime_type: str = ""


async def receive(ask: Ask, describe: Describe) -> None:
    """Take a file, or begin to; raises GoogleError."""
    headers = ask.call.exchange.headers
    protocol = headers.get("x-goog-upload-protocol") or ask.query.get("uploadType", "")
    match protocol.lower():
        case "resumable":
            await _start(ask, describe)
        case "multipart":
            await _take(ask, describe, await _parts(ask.call.exchange))
        case "raw" | "media":
            await _take(ask, describe, await _raw(ask.call.exchange))
        case _:
            await drain(ask.call.exchange)
            raise GoogleError(invalid_argument("Invalid upload request: no known X-Goog-Upload-Protocol."))


async def _start(ask: Ask, describe: Describe) -> None:
    exchange, library = ask.call.exchange, ask.library
    body = await exchange.read_body()
    if "start" not in commands(exchange):
        raise GoogleError(invalid_argument("Invalid X-Goog-Upload-Command: an upload begins with start."))
    make, mime_type = describe(ask, body), exchange.headers.get("x-goog-upload-header-content-type", "")
    upload = Upload(
        id=library.namer.upload_id(),
        key=ask.call.caller.key,
        project=ask.project,
        expires=ask.now + ask.config.upload_life,
        blob=Spooled(),
        declared=_declared(exchange),
        finish=lambda done: make(done.blob, mime_type),
    )
    library.uploads[upload.id] = upload
    await _reply(exchange, upload, b"", TEXT, *_addresses(ask, upload))


def _declared(exchange: Exchange) -> int | None:
    text = exchange.headers.get("x-goog-upload-header-content-length", "")
    if not text:
        return None
    if not text.isdigit() or int(text) > MAX_BYTES:
        raise GoogleError(invalid_argument(f"Invalid X-Goog-Upload-Header-Content-Length: {text}"))
    return int(text)


def _addresses(ask: Ask, upload: Upload) -> tuple[Header, ...]:
    """Where the upload goes on: the URL alone is the right to it, no key is asked for again."""
    url = ask.place.uri(f"{ask.call.exchange.record.path.partition(ask.place.version + '/')[2]}", "/upload")
    url = f"{url}?upload_id={upload.id}&upload_protocol=resumable"
    return (
        (b"x-goog-upload-url", url.encode()),
        (b"x-goog-upload-control-url", url.encode()),
        (b"x-goog-upload-chunk-granularity", str(ask.config.chunk).encode()),
    )


async def _reply(exchange: Exchange, upload: Upload, body: bytes, content_type: str, *headers: Header) -> None:
    told = (b"x-goog-upload-status", upload.status.encode()), (b"x-guploader-uploadid", upload.id.encode())
    await exchange.reply(200, body, content_type, SERVER, *told, *headers)


def commands(exchange: Exchange) -> frozenset[str]:
    """What X-Goog-Upload-Command says."""
    said = exchange.headers.get("x-goog-upload-command", "").lower()
    return frozenset(word.strip() for word in said.split(",") if word.strip())


async def continue_upload(state: State, exchange: Exchange, upload_id: str) -> None:
    """Obey a command about an upload that was begun; nothing is raised, the upload server has its own refusals."""
    upload = state.library.upload(upload_id, state.clock.now())
    try:
        if upload is None:
            raise RefusedUploadError(404, "Not Found")
        await _obey(state, exchange, upload)
    except RefusedUploadError as refused:
        await _refuse(exchange, upload, refused)
    except GoogleError as error:
        await _fail(exchange, error.problem)


async def _obey(state: State, exchange: Exchange, upload: Upload) -> None:
    told = commands(exchange)
    if told == {"query"}:
        size = (b"x-goog-upload-size-received", str(upload.blob.size).encode())
        await _reply(exchange, upload, b"", TEXT, size)
    elif told == {"cancel"}:
        upload.cancel()
        await _reply(exchange, upload, b"", TEXT)
    elif told and told <= {"upload", "finalize"}:
        await _write(exchange, upload, state.config.resources.chunk, told)
    else:
        raise RefusedUploadError(400, f"Invalid X-Goog-Upload-Command: {', '.join(sorted(told)) or 'missing'}")


async def _write(exchange: Exchange, upload: Upload, chunk: int, told: frozenset[str]) -> None:
    upload.open(exchange.headers.get("x-goog-upload-offset", ""), writes="upload" in told)
    mark = upload.blob.mark()
    await _pour(exchange, upload.blob)
    final = "finalize" in told
    try:
        upload.close(upload.blob.size - mark[0], chunk, final=final)
    except RefusedUploadError:
        upload.blob.rewind(mark)
        raise
    if final:
        await _reply(exchange, upload, encode_body(_made(upload)), JSON)
    else:
        await _reply(exchange, upload, b"", TEXT)


def _made(upload: Upload) -> Object:
    try:
        return upload.end()
    except GoogleError:
        upload.blob.close()
        raise


async def _refuse(exchange: Exchange, upload: Upload | None, refused: RefusedUploadError) -> None:
    await drain(exchange)
    status = upload.status if upload else "final"
    size = ((b"x-goog-upload-size-received", str(upload.blob.size).encode()),) if upload else ()
    told = (b"x-goog-upload-status", status.encode())
    await exchange.reply(refused.status, refused.message.encode(), TEXT, SERVER, told, *size)


async def _fail(exchange: Exchange, problem: Problem) -> None:
    """The bytes arrived, but the API took offence at what they were to become."""
    told = (b"x-goog-upload-status", b"final")
    await exchange.reply(problem.code, problem.body(), problem.content_type, SERVER, told)


async def _take(ask: Ask, describe: Describe, sent: Sent) -> None:
    exchange = ask.call.exchange
    try:
        answer = describe(ask, sent.description)(sent.blob, sent.mime_type)
    except GoogleError:
        sent.blob.close()
        raise
    await exchange.reply(200, encode_body(answer), JSON, SERVER)


async def _raw(exchange: Exchange) -> Sent:
    blob = Spooled()
    await _pour(exchange, blob)
    told = exchange.headers.get("x-goog-upload-header-content-type") or exchange.headers.get("content-type", "")
    return Sent(blob, mime_type=told)


async def _parts(exchange: Exchange) -> Sent:
    blob = Spooled()
    try:
        reader = Related(boundary_of(exchange.headers.get("content-type", "")))
        async for piece in exchange.pieces():
            blob.write(reader.feed(piece))
        reader.end()
    except MalformedMultipartError as error:
        blob.close()
        await drain(exchange)
        raise GoogleError(invalid_argument(str(error))) from None
    return Sent(blob, reader.metadata, reader.mime_type)


async def _pour(exchange: Exchange, blob: Spooled) -> None:
    async for piece in exchange.pieces():
        blob.write(piece)


async def drain(exchange: Exchange) -> None:
    """Read a body that nobody wants: a caller that is still writing would not hear the refusal."""
    async for _ in exchange.pieces():
        pass
