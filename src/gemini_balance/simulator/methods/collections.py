"""Collections that are plain data: what they are called, what may be done with them, and the five verbs for all."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.methods.ask import Ask
from gemini_balance.simulator.paging import Paging, page_of
from gemini_balance.simulator.resources.messages import Corpus, Permission, TunedModel, as_json
from gemini_balance.simulator.resources.names import micros
from gemini_balance.simulator.resources.shelf import Item
from gemini_balance.simulator.schema import Message
from gemini_balance.simulator.shape import camel

OUTPUT_FIELDS = ("name", "createTime", "updateTime", "state")


class Collection(Struct, frozen=True, kw_only=True):
    """One row.

    path      where it is; `{…}` stands for the name of what it belongs to
    noun      what one of it is called in the names of its methods, `plural` several
    verbs     what may be done: create, list, get, update, delete
    message   the shape of one; None takes any object
    missing   the error for one that isn't there, or somebody else's
    snake     the newer APIs' style: an `id` instead of a name, and fields_like_this
    times     the names of its times; none for those that show none
    parents   whether it may hold others, and then is deleted by `force` only
    """

    path: str
    noun: str
    plural: str
    verbs: frozenset[str] = frozenset(("create", "list", "get", "update", "delete"))
    message: type[Message] | None = None
    missing: str = "entity_not_found"
    snake: bool = False
    times: tuple[str, ...] = ("createTime", "updateTime")
    page: tuple[int, int] = (50, 1000)
    parents: bool = False

    @property
    def paging(self) -> Paging:
        """How its list is cut."""
        field = self.path.rpartition("/")[2]
        told = SNAKE_FIELDS.get(field, field) if self.snake else field
        return Paging(f"List{self.plural}Request", told, *self.page, snake_case=self.snake)


SNAKE_FIELDS = {"executions": "trigger_executions"}
_READ = frozenset(("list", "get"))
_FIXED = _READ | {"create", "delete"}
_SNAKE_TIMES = ("create_time", "update_time")


def _newer(path: str, noun: str, verbs: frozenset[str] = _FIXED, times: tuple[str, ...] = _SNAKE_TIMES) -> Collection:
    return Collection(path=path, noun=noun, plural=f"{noun}s", verbs=verbs, snake=True, times=times)


ALL = _FIXED | {"update"}
PERMISSION = Collection(
    path="", noun="Permission", plural="Permissions", message=Permission, times=(), missing="entity_not_found"
)
COLLECTIONS: tuple[Collection, ...] = (
    Collection(
        path="corpora",
        noun="Corpus",
        plural="Corpora",
        verbs=_FIXED,
        message=Corpus,
        missing="corpus_permission",
        page=(10, 20),
        parents=True,
    ),
    msgspec.structs.replace(PERMISSION, path="corpora/{parent}/permissions"),
    msgspec.structs.replace(PERMISSION, path="tunedModels/{parent}/permissions"),
    Collection(
        path="tunedModels",
        noun="TunedModel",
        plural="TunedModels",
        verbs=_READ | {"update", "delete"},
        message=TunedModel,
        missing="tuned_permission",
        page=(10, 1000),
    ),
    Collection(
        path="generatedFiles",
        noun="GeneratedFile",
        plural="GeneratedFiles",
        verbs=_READ,
        missing="generated_permission",
        times=(),
        page=(10, 50),
    ),
    _newer("agents", "Agent", times=()),
    _newer("environments", "Environment", times=("created", "updated")),
    _newer("triggers", "Trigger", verbs=ALL),
    _newer("triggers/{parent}/executions", "TriggerExecution", verbs=_READ | {"create"}, times=()),
    _newer("webhooks", "Webhook", verbs=ALL),
    _newer("credentials", "Credential", verbs=ALL),
    _newer("voices", "Voice", times=()),
)

Verb = Callable[[Ask, Collection], Object]


def create(ask: Ask, collection: Collection) -> Object:
    """A new one; raises GoogleError for one that is there already."""
    _check_parent(ask)
    value = _value(ask, collection)
    name = f"{ask.path}/{_id(ask, collection, value)}"
    if ask.library.items.known(name, ask.now):
        raise ask.error("entity_exists")
    kept = {field: one for field, one in value.items() if field not in OUTPUT_FIELDS and field != "id"}
    item = Item(name=name, project=ask.project, created=ask.now, value=kept)
    return shown(ask.library.items.put(item), collection)


def _check_parent(ask: Ask) -> None:
    parent = ask.path.rpartition("/")[0]
    if parent:
        ask.own(ask.library.items, parent)


def _value(ask: Ask, collection: Collection) -> Object:
    if collection.message is not None:
        return as_json(ask.read(collection.message))
    try:
        value: Object = msgspec.json.decode(ask.body or b"{}", type=dict)
    except msgspec.MsgspecError as error:
        raise GoogleError(invalid_argument(f"Invalid JSON payload received. {error}")) from None
    return value


def _id(ask: Ask, collection: Collection, value: Object) -> str:
    wished = str(value.get("id" if collection.snake else "name", "")).rpartition("/")[2]
    display_name = str(value.get("displayName", ""))
    return wished or (ask.library.namer.slug(display_name) if collection.parents else ask.library.namer.plain())


def list_all(ask: Ask, collection: Collection) -> Object:
    """One page of the project's."""
    _check_parent(ask)
    owned = ask.library.items.owned(ask.project, ask.now, ask.path)
    return page_of([shown(item, collection) for item in owned], collection.paging, ask.query)


def get(ask: Ask, collection: Collection) -> Object:
    """One of them."""
    return shown(ask.own(ask.library.items, ask.path, collection.missing), collection)


def update(ask: Ask, collection: Collection) -> Object:
    """Change the fields that `updateMask` names, or all that the body has."""
    item = ask.own(ask.library.items, ask.path, collection.missing)
    value = _value(ask, collection)
    mask = [name for name in (ask.query.get("updateMask") or ask.query.get("update_mask") or "").split(",") if name]
    fields = [name if collection.snake else camel(name) for name in mask] or list(value)
    item.value |= {name: value[name] for name in fields if name in value and name not in OUTPUT_FIELDS}
    item.updated = ask.now
    return shown(item, collection)


def delete(ask: Ask, collection: Collection) -> Object:
    """Forget one, and what it holds when told to."""
    item = ask.own(ask.library.items, ask.path, collection.missing)
    full = collection.parents and ask.library.items.holds_below(item.name)
    if full and ask.query.get("force", "").lower() != "true":
        raise GoogleError(Problem(400, f"Cannot delete non-empty {collection.noun}.", "FAILED_PRECONDITION"))
    ask.library.items.drop(item.name)
    return {}


def shown(item: Item, collection: Collection) -> Object:
    """One of them as it is answered."""
    told: Object = {"id": item.name.rpartition("/")[2]} if collection.snake else {"name": item.name}
    moments = (item.created, item.updated)
    return told | item.value | {name: micros(at) for name, at in zip(collection.times, moments, strict=False)}


VERBS: dict[str, tuple[str, Verb]] = {
    "create": ("POST", create),
    "list": ("GET", list_all),
    "get": ("GET", get),
    "update": ("PATCH", update),
    "delete": ("DELETE", delete),
}
