"""Tuned models: tuning takes time, and the result answers as its base does."""

import msgspec

from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.generate import generate
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.methods.collections import Collection, Verb
from gemini_balance.simulator.methods.operations import begin
from gemini_balance.simulator.models import BY_NAME, Model
from gemini_balance.simulator.resources.messages import TransferOwnershipRequest, TunedModel, as_json
from gemini_balance.simulator.resources.shelf import Item

MISSING = "tuned_permission"
TYPE = "type.googleapis.com/google.ai.generativelanguage.v1beta."
_WRITTEN_BY_GOOGLE = ("name", "state", "createTime", "updateTime")


def create_model(ask: Ask) -> Object:
    """Begin a tuning; raises GoogleError 400 without examples or a base."""
    told = ask.read(TunedModel)
    base = told.base_model.removeprefix("models/")
    if told.tuning_task is None:
        raise GoogleError(invalid_argument("* CreateTunedModelRequest.tuned_model.tuning_task: it is required\n"))
    if base not in BY_NAME:
        raise GoogleError(Problem(404, f"Model is not found: {told.base_model} for api version {ask.place.version}"))
    model_id = ask.query.get("tunedModelId") or ask.library.namer.slug(told.display_name)
    value = {name: one for name, one in as_json(told).items() if name not in _WRITTEN_BY_GOOGLE}
    item = Item(
        name=f"tunedModels/{model_id}",
        project=ask.project,
        created=ask.now,
        ready=ask.now + ask.config.operation,
        value=value | {"state": "CREATING"},
    )
    if ask.library.items.known(item.name, ask.now):
        raise ask.error("entity_exists")
    ask.library.items.put(item)
    metadata: Object = {"@type": TYPE + "CreateTunedModelMetadata", "tunedModel": item.name, "totalSteps": 10}
    return begin(ask, f"{item.name}/operations/{ask.library.namer.plain()}", lambda: _tuned(item), metadata=metadata)


def _tuned(item: Item) -> Object:
    return {"@type": TYPE + "TunedModel", "name": item.name, **item.value, "state": "ACTIVE"}


def grown(verb: Verb) -> Verb:
    """A verb of the collection that sees models ACTIVE once their time has passed."""

    def run(ask: Ask, collection: Collection) -> Object:
        for item in ask.library.items.owned(ask.project, ask.now, "tunedModels"):
            item.value["state"] = "ACTIVE" if ask.now >= item.ready else "CREATING"
        return verb(ask, collection)

    return run


def transfer(ask: Ask) -> Object:
    """Hand a model over: nothing that a key could see."""
    ask.own(ask.library.items, ask.path, MISSING)
    ask.read(TransferOwnershipRequest)
    return {}


async def generate_by_tuned(ask: Ask) -> None:
    """Answer as the base does, under the tuned model's name."""
    item = ask.own(ask.library.items, ask.path, MISSING)
    if ask.now < item.ready:
        raise GoogleError(Problem(400, f"{item.name} is not ready yet.", "FAILED_PRECONDITION"))
    await generate(ask.state, ask.call, ask.body, _as_model(item))


def _as_model(item: Item) -> Model:
    base = BY_NAME[str(item.value["baseModel"]).removeprefix("models/")]
    return msgspec.structs.replace(base, name=item.name, pool=base.quota_model, alias_of="")
