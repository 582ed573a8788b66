"""What an inbound protocol must be able to do. All of it pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.call import Call, Inbound, Operation
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.signatures import SignatureStore
    from gemini_balance.core.options import Options


class Moment(msgspec.Struct, frozen=True, gc=False):
    """When a call came, as every encoder is told it: its id, and seconds since 1970."""

    id: str
    unix: int


class Encoder(Protocol):
    """Turns one reply of Gemini's into the caller's format; made per call."""

    @property
    def content_type(self) -> bytes:
        """Of a good answer."""

    @property
    def heartbeat(self) -> bytes:
        """Bytes that keep an open stream alive and that every client of this format skips."""

    def visible(self, events: list[Event]) -> bool:
        """Would the caller see content of these? From then on the attempt can't be replaced unseen."""

    def feed(self, events: list[Event]) -> bytes:
        """The next events of a stream."""

    def finish(self, rest: bytes) -> bytes:
        """What closes a stream that ended well; `rest` are the upstream's last bytes after its last event."""

    def whole(self, *events: Event) -> bytes:
        """The answer to a unary call; of several events where it was gathered from a stream."""

    def failure(self, error: GatewayError) -> bytes:
        """An error inside a stream that is open already, and the stream's end."""


class Dialect(Protocol):
    """One inbound protocol."""

    @property
    def name(self) -> str: ...

    def decode(self, operation: Operation, inbound: Inbound) -> Call:
        """Raises BadRequest with a sentence that names the field."""

    def encoder(
        self, call: Call, moment: Moment, options: Options, signatures: SignatureStore | None = None
    ) -> Encoder:
        """`signatures` remember what callers may fail to bring back."""

    def error(self, error: GatewayError) -> bytes:
        """The body of an error reply, JSON."""

    def models(self, names: Iterable[str], created: int) -> bytes:
        """The list of models in this format."""

    def model(self, name: str, created: int) -> bytes: ...
