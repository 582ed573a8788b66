"""Batches: many requests at once, answered later, inline or as a file."""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from gemini_balance.simulator import catalog
from gemini_balance.simulator.embeddings import values
from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.methods.answers import respond
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.models import BY_NAME
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.resources.blob import Spooled
from gemini_balance.simulator.resources.files import File
from gemini_balance.simulator.resources.library import Job, Line
from gemini_balance.simulator.resources.messages import (
    AsyncBatchEmbedContentRequest,
    BatchGenerateContentRequest,
    EmbedContentBatch,
    EmbedContentRequest,
    GenerateContentBatch,
)
from gemini_balance.simulator.resources.names import micros
from gemini_balance.simulator.schema import GenerateContentRequest, Message
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.tokens import count_text

PAGING = Paging("ListOperationsRequest", "operations", default=20, maximum=1000)
TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main."
# The codes of google.rpc.Status, which errors inside an answer have.
RPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 409: 6, 429: 8, 499: 1, 500: 13, 503: 14, 504: 4}
CANCELLED: Object = {"code": 1, "message": "The operation was cancelled."}


class Kind(Struct, frozen=True):
    """What a batch consists of: its requests' message, and what answers one."""

    message: type[Message]
    answer: Callable[[Ask, Job, Message], Object]


def _generated(ask: Ask, job: Job, request: Message) -> Object:
    assert isinstance(request, GenerateContentRequest)
    return respond(ask, BY_NAME[job.model.removeprefix("models/")], request)


def _embedded(ask: Ask, job: Job, request: Message) -> Object:
    assert isinstance(request, EmbedContentRequest)
    texts = [part.text or "" for part in request.content.parts] if request.content else []
    vector = values("\n".join(texts), request.output_dimensionality, BY_NAME[job.model.removeprefix("models/")])
    tokens = sum(count_text(text) for text in texts)
    return {"embedding": {"values": vector}, "usageMetadata": {"promptTokenCount": tokens}}


KINDS = {
    "GenerateContentBatch": Kind(GenerateContentRequest, _generated),
    "EmbedContentBatch": Kind(EmbedContentRequest, _embedded),
}


def create_generation(ask: Ask) -> Object:
    """A batch of prompts."""
    return _create(ask, "GenerateContentBatch", ask.read(BatchGenerateContentRequest).batch)


def create_embedding(ask: Ask) -> Object:
    """A batch of texts to embed."""
    return _create(ask, "EmbedContentBatch", ask.read(AsyncBatchEmbedContentRequest).batch)


def _create(ask: Ask, kind: str, batch: GenerateContentBatch | EmbedContentBatch) -> Object:
    model = catalog.model_for(ask.call.route, ask.call.caller, ask.call.subject)
    source = batch.input_config
    if source is None or not (source.file_name or (source.requests and source.requests.requests)):
        raise GoogleError(invalid_argument("* BatchGenerateContentRequest.batch.input_config: input is required\n"))
    inline = source.requests.requests if source.requests else []
    lines = [Line(one.request, _mark(one.metadata)) for one in inline] or list(_of_file(ask, kind, source.file_name))
    job = Job(
        name=f"batches/{ask.library.namer.plain(34)}",
        project=ask.project,
        created=ask.now,
        ready=ask.now + ask.config.batch,
        value={"displayName": batch.display_name} if batch.display_name else {},
        lines=lines,
        model=model.resource,
        kind=kind,
        from_file=not inline,
    )
    return _shown(ask, ask.library.jobs.put(job))


def _mark(metadata: dict[str, object] | None) -> Object:
    shown: Object = {"metadata": msgspec.to_builtins(metadata)} if metadata else {}
    return shown


def _of_file(ask: Ask, kind: str, name: str | None) -> Iterator[Line]:
    file = ask.own(ask.library.files, f"files/{(name or '').removeprefix('files/')}", "file_permission")
    text = file.blob.read(0, file.blob.size) if file.blob else b""
    return (_line(line, KINDS[kind].message) for line in text.splitlines() if line.strip())


def _line(text: bytes, message: type[Message]) -> Line:
    """One line of a file: a key and a request."""
    try:
        told = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        mark: Object = {"key": msgspec.json.decode(told["key"])} if "key" in told else {}
    except msgspec.MsgspecError as error:
        return Line(None, error={"code": 3, "message": f"Invalid JSON: {error}"})
    try:
        return Line(parse(bytes(told.get("request", b"{}")), message), mark)
    except GoogleError as error:
        return Line(None, mark, _status(error.problem))


def _status(problem: Problem) -> Object:
    return {"code": RPC_CODES.get(problem.code, 2), "message": problem.message}


def list_batches(ask: Ask) -> Object:
    """The project's batches."""
    return page_of([_shown(ask, job) for job in ask.library.jobs.owned(ask.project, ask.now)], PAGING, ask.query)


def get_batch(ask: Ask) -> Object:
    """One batch, with its answers once they are there."""
    return _shown(ask, ask.own(ask.library.jobs, ask.path))


def cancel_batch(ask: Ask) -> Object:
    """Stop a batch; one that has ended stays as it is."""
    job = ask.own(ask.library.jobs, ask.path)
    if ask.now < job.ready:
        job.cancelled, job.updated = True, ask.now
    return {}


def delete_batch(ask: Ask) -> Object:
    """Forget a batch."""
    ask.library.jobs.drop(ask.own(ask.library.jobs, ask.path).name)
    return {}


def update_batch(ask: Ask) -> Object:
    """Call a batch otherwise."""
    job = ask.own(ask.library.jobs, ask.path)
    job.value |= {"displayName": ask.read(GenerateContentBatch).display_name}
    job.updated = ask.now
    return _shown(ask, job)


def _state(job: Job, now: float) -> str:
    if job.cancelled:
        return "CANCELLED"
    if now >= job.ready:
        return "SUCCEEDED"
    return "RUNNING" if now >= (job.created + job.ready) / 2 else "PENDING"


def _shown(ask: Ask, job: Job) -> Object:
    """A batch is shown as the operation that works on it."""
    state = _state(job, ask.now)
    if state == "SUCCEEDED" and job.output is None:
        job.output = _output(ask, job)
    metadata: Object = {
        "@type": TYPE + job.kind,
        "model": job.model,
        **job.value,
        "createTime": micros(job.created),
        "updateTime": micros(max(job.updated, min(ask.now, job.ready))),
        "batchStats": _stats(job),
        "state": f"BATCH_STATE_{state}",
        "name": job.name,
    }
    if state == "CANCELLED":
        return {"name": job.name, "metadata": metadata, "done": True, "error": CANCELLED}
    if job.output is None:
        return {"name": job.name, "metadata": metadata}
    metadata |= {"endTime": micros(job.ready), "output": job.output}
    response: Object = {"@type": f"{TYPE}{job.kind}Output", **job.output}
    return {"name": job.name, "metadata": metadata, "done": True, "response": response}


def _stats(job: Job) -> Object:
    done = len(job.lines) - job.failed if job.output is not None else 0
    waiting = len(job.lines) if job.output is None else 0
    counts = {
        "requestCount": len(job.lines),
        "pendingRequestCount": waiting,
        "successfulRequestCount": done,
        "failedRequestCount": job.failed,
    }
    return {name: str(count) for name, count in counts.items() if count}


def _output(ask: Ask, job: Job) -> Object:
    """Answer everything, now that the time has passed."""
    answers: list[Json] = [_answered(ask, job, line) for line in job.lines]
    job.failed = sum("error" in answer for answer in answers if isinstance(answer, dict))
    if job.from_file:
        return {"responsesFile": _as_file(ask, job, answers)}
    return {"inlinedResponses": {"inlinedResponses": answers}}


def _answered(ask: Ask, job: Job, line: Line) -> Json:
    if line.request is None:
        return {**line.mark, "error": line.error}
    try:
        return {**line.mark, "response": KINDS[job.kind].answer(ask, job, line.request)}
    except GoogleError as error:
        return {**line.mark, "error": _status(error.problem)}


def _as_file(ask: Ask, job: Job, answers: list[Json]) -> str:
    blob = Spooled()
    for answer in answers:
        blob.write(msgspec.json.encode(answer) + b"\n")
    file = File(
        name=f"files/batch-{job.name.removeprefix('batches/')}",
        project=job.project,
        created=job.ready,
        expires=job.ready + ask.config.file_life,
        mime_type="application/jsonl",
        blob=blob,
        generated=True,
    )
    return ask.library.files.put(file).name
