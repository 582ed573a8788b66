"""One call of a resource's method, with everything that its answer needs."""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from gemini_balance.simulator.call import Call
from gemini_balance.simulator.config import Resources
from gemini_balance.simulator.error_table import named
from gemini_balance.simulator.errors import GoogleError
from gemini_balance.simulator.resources.files import Place
from gemini_balance.simulator.resources.library import Library
from gemini_balance.simulator.resources.shelf import Item, Shelf
from gemini_balance.simulator.schema import Message
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.state import State

M = TypeVar("M", bound=Message)
T = TypeVar("T", bound=Item)


class Ask(Struct, frozen=True):
    """Who calls with what. `path` is the URL's path behind the version, `names` the names in it."""

    state: State
    call: Call
    path: str
    names: dict[str, str]
    body: bytes = b""

    @property
    def project(self) -> str:
        """Whose resources these are."""
        return self.call.caller.project_name

    @property
    def now(self) -> float:
        """The simulated time."""
        return self.state.clock.now()

    @property
    def library(self) -> Library:
        """What callers have left."""
        return self.state.library

    @property
    def config(self) -> Resources:
        """How resources behave."""
        return self.state.config.resources

    @property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        return self.call.route.query

    @property
    def place(self) -> Place:
        """Where the caller reaches this Google."""
        return Place(self.config.address or self.call.exchange.address, self.call.route.version)

    def read(self, message: type[M]) -> M:
        """The body as a message; raises GoogleError 400."""
        return parse(self.body, message)

    def own(self, shelf: Shelf[T], name: str, missing: str = "entity_not_found") -> T:
        """The caller's thing of this name; raises GoogleError `missing` when there is none."""
        item = shelf.find(name, self.project, self.now)
        if item is None:
            raise self.error(missing, name)
        return item

    def error(self, name: str, about: str = "") -> GoogleError:
        """A row of the error table, speaking of the resource `about`."""
        return GoogleError(named(name, replace(self.call.subject, file=about.rpartition("/")[2])))
