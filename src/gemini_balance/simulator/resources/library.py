"""Everything that callers have left with one simulator."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.resources.names import Namer
from gemini_balance.simulator.resources.shelf import Item, Shelf
from gemini_balance.simulator.schema import Message

if TYPE_CHECKING:
    from gemini_balance.simulator.resources.caches import Cache
    from gemini_balance.simulator.resources.files import File
    from gemini_balance.simulator.resources.uploads import Upload


class Line(Struct, frozen=True):
    """One request of a batch, how its answer is told apart, and what was wrong with it from the start."""

    request: Message | None
    mark: Object = {}
    error: Object = {}


class Job(Item, kw_only=True):
    """A batch: when it ends it has `output`, and `failed` says how many of its lines have errors."""

    lines: list[Line]
    model: str
    kind: str
    from_file: bool = False
    output: Object | None = None
    failed: int = 0
    cancelled: bool = False


class Operation(Item, kw_only=True):
    """Something that takes time; `outcome` makes its response once that has passed."""

    outcome: Callable[[], Object]
    response: Object | None = None


class Interaction(Item, kw_only=True):
    """A stored turn of a conversation: the contents up to here, and the answer as it is shown when done."""

    contents: list[Json]
    asked: Json
    answer: Object
    background: bool = False
    cancelled: bool = False


class Library:
    """The shelves. `items` has the collections that are plain data."""

    def __init__(self, seed: int) -> None:
        self.namer = Namer(seed)
        self.uploads: dict[str, Upload] = {}
        self.files: Shelf[File] = Shelf()
        self.caches: Shelf[Cache] = Shelf()
        self.jobs: Shelf[Job] = Shelf()
        self.operations: Shelf[Operation] = Shelf()
        self.interactions: Shelf[Interaction] = Shelf()
        self.items: Shelf[Item] = Shelf()

    def upload(self, upload_id: str, now: float) -> "Upload | None":
        """The upload of this id, while it can be gone on with."""
        upload = self.uploads.get(upload_id)
        if upload is None or now < upload.expires:
            return upload
        upload.cancel()
        del self.uploads[upload_id]
        return None

    def close(self) -> None:
        """Delete all bytes on disk."""
        for upload in self.uploads.values():
            upload.cancel()
        self.uploads.clear()
        for shelf in (self.files, self.caches, self.jobs, self.operations, self.interactions, self.items):
            shelf.clear()
