"""Operations: what takes time, and how it is going. Videos are the models' own."""

from collections.abc import Callable

from gemini_balance.simulator import catalog
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.resources.blob import video
from gemini_balance.simulator.resources.files import File
from gemini_balance.simulator.resources.library import Operation
from gemini_balance.simulator.resources.messages import PredictLongRunningRequest
from gemini_balance.simulator.resources.shelf import Item

PAGING = Paging("ListOperationsRequest", "operations", default=20, maximum=1000)
TYPE = "type.googleapis.com/google.ai.generativelanguage.v1beta."


def begin(
    ask: Ask, name: str, outcome: Callable[[], Object], *, metadata: Object | None = None, after: float | None = None
) -> Object:
    """A new operation, as the call that begins it answers."""
    seconds = ask.config.operation if after is None else after
    operation = Operation(
        name=name,
        project=ask.project,
        created=ask.now,
        ready=ask.now + seconds,
        value=metadata or {},
        outcome=outcome,
    )
    return _shown(ask, ask.library.operations.put(operation))


def _shown(ask: Ask, operation: Operation) -> Object:
    shown: Object = {"name": operation.name}
    if operation.value:
        shown["metadata"] = operation.value
    if ask.now < operation.ready:
        return shown
    if operation.response is None:
        operation.response = operation.outcome()
    return shown | {"done": True, "response": operation.response}


def get_operation(ask: Ask) -> Object:
    """How it is going."""
    return _shown(ask, ask.own(ask.library.operations, ask.path))


def list_operations(ask: Ask) -> Object:
    """All below one resource."""
    owned = ask.library.operations.owned(ask.project, ask.now, ask.path)
    return page_of([_shown(ask, operation) for operation in owned], PAGING, ask.query)


def create_video(ask: Ask) -> Object:
    """Begin a video."""
    model = catalog.model_for(ask.call.route, ask.call.caller, ask.call.subject)
    request = ask.read(PredictLongRunningRequest)
    if not request.instances:
        raise GoogleError(invalid_argument("* PredictLongRunningRequest.instances: instances is required\n"))
    caller = ask.call.caller
    limits = caller.project.quota_of(model.quota_model)
    ask.state.quotas.charge(ask.now, ask.project, model.quota_model, limits, 0, paid=caller.project.paid)
    prompts = [_prompt(instance) for instance in request.instances]
    name = f"{model.resource}/operations/{ask.library.namer.plain()}"
    return begin(ask, name, lambda: _filmed(ask, prompts))


def _prompt(instance: object) -> str:
    return str(instance.get("prompt", "")) if isinstance(instance, dict) else ""


def _filmed(ask: Ask, prompts: list[str]) -> Object:
    samples: list[Json] = [{"video": {"uri": _film(ask, prompt)}} for prompt in prompts]
    return {
        "@type": TYPE + "PredictLongRunningResponse",
        "generateVideoResponse": {"generatedSamples": samples},
    }


def _film(ask: Ask, prompt: str) -> str:
    """A video is a file of the project's, and a generated file of the same id."""
    file = File(
        name=f"files/{ask.library.namer.plain()}",
        project=ask.project,
        created=ask.now,
        expires=ask.now + ask.config.file_life,
        mime_type="video/mp4",
        blob=video(ask.config.video_bytes, prompt),
        generated=True,
    )
    ask.library.files.put(file)
    value: Object = {"mimeType": file.mime_type, "state": "GENERATED"}
    twin = Item(name=f"generatedFiles/{file.id}", project=ask.project, created=ask.now, value=value)
    ask.library.items.put(twin)
    return ask.place.uri(f"{file.name}:download?alt=media")
