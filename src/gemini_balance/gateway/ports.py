"""What the use cases need from the outside. Each protocol has a contract test run on every implementation."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from gemini_balance.core.catalog.route import Route
    from gemini_balance.core.dialects.openai.audio.speech_encoder import AudioSink
    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.live import Message, Parting
    from gemini_balance.core.outcome import Cause
    from gemini_balance.core.pool import KeySpec
    from gemini_balance.gateway.record import RequestRecord


Headers = list[tuple[bytes, bytes]]


class Clock(Protocol):
    """Two clocks: one that only goes forward, for rests and timeouts, and the calendar's."""

    def now(self) -> float:
        """Seconds since 1970 that never go back: what the calendar's clock is set back by is not followed."""

    def unix(self) -> float:
        """Seconds since 1970, as the calendar has it."""


class Origin(NamedTuple):
    """A service's address; an empty `proxy` means: directly."""

    tls: bool
    host: str
    port: int
    proxy: str = ""


class TransportFailed(Exception):
    """No whole answer came: unreachable, silent for too long, or cut."""

    def __init__(self, cause: Cause, message: str) -> None:
        super().__init__(message)
        self.cause = cause
        self.message = message


class SocketClosed(Exception):
    """A WebSocket ended, by whomever."""

    def __init__(self, parting: Parting) -> None:
        super().__init__(parting)
        self.parting = parting


class SocketRefused(Exception):
    """What should have become a WebSocket was answered as HTTP."""

    def __init__(self, status: int, body: bytes, content_type: str) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.content_type = content_type


class MediaFailed(Exception):
    """Something named by its address can't be had. `reason` ends a sentence that names the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Fetched(NamedTuple):
    """`content_type` is what its server calls it, empty if it said nothing."""

    content_type: str
    data: bytes


class WireRequest(Protocol):
    """What an upstream made of a route and a key; only its transport looks inside."""

    @property
    def origin(self) -> Origin:
        """Where to, and through which proxy."""

    @property
    def head(self) -> bytes:
        """The request line and all headers, the blank line included."""

    @property
    def body(self) -> bytes: ...


class UpstreamReply(Protocol):
    """An answer whose status and headers are here and whose body is still coming. Must be closed."""

    @property
    def status(self) -> int: ...
    @property
    def content_type(self) -> str: ...

    async def read(self) -> bytes:
        """What has arrived, b"" at the end. Nothing is read ahead of a slow caller. Raises TransportFailed."""

    async def whole(self) -> bytes:
        """All of it; for unary answers and errors. Raises TransportFailed."""

    def close(self) -> None:
        """Give the connection back if the body was read, else end it, and with it Google's work."""


class Pieces(Protocol):
    """A request's body that is not held: it is read from the caller as fast as the upstream takes it."""

    @property
    def length(self) -> int | None:
        """In bytes; None where the caller didn't say."""

    async def read(self) -> bytes:
        """The next piece, b"" at the end."""


class RawUpstreamReply(UpstreamReply, Protocol):
    """An answer of which the headers matter, too."""

    @property
    def headers(self) -> Headers:
        """Names in small letters, each as often as it came."""


class RawTransport(Protocol):
    async def send(self, request: WireRequest, pieces: Pieces | None = None) -> RawUpstreamReply:
        """With `pieces`, these are the body. Raises TransportFailed, and what reading a piece raises."""


class Transport(Protocol):
    async def send(self, request: WireRequest) -> UpstreamReply:
        """Raises TransportFailed. Cancelling it ends the request upstream at once."""


class Socket(Protocol):
    """One end of an open WebSocket: a client's, or Google's."""

    async def receive(self) -> Message:
        """The next message, of text or of bytes as it was sent. Nothing is read ahead of a slow reader. Raises
        SocketClosed once all that came before the end was read."""

    async def send(self, message: Message) -> None:
        """Waits while the other side reads slowly. Raises SocketClosed."""

    async def close(self, parting: Parting) -> None:
        """Say goodbye. May be called again, and of one that is closed."""

    def abort(self) -> None:
        """End it without a word, if it hasn't ended."""


class SocketTransport(Protocol):
    async def open(self, request: WireRequest) -> Socket:
        """Raises TransportFailed, SocketRefused. Cancelling it ends the attempt at once."""


class MediaFetcher(Protocol):
    async def fetch(self, url: str) -> Fetched:
        """Raises MediaFailed. May wait for other fetches to end; cancelling it ends it at once."""


class Upstream(Protocol):
    """A service that answers: how a route becomes a request with one of its keys."""

    def request(self, route: Route, key: KeySpec) -> WireRequest: ...


class Reply(Protocol):
    """Where an answer goes. It holds events back until the caller would see content of them."""

    @property
    def committed(self) -> bool:
        """Has the caller seen content?"""

    def restart(self) -> None:
        """A new attempt begins: forget what the last one left behind."""

    async def feed(self, events: list[Event]) -> None:
        """Events of a stream; waits while the caller reads slowly."""

    async def finish(self, rest: bytes) -> None:
        """The stream ended well; what is still held goes out."""

    async def whole(self, event: Event) -> None:
        """The answer to a unary call."""


class AudioEncoder(Protocol):
    """Writes sound in forms that take a library, which an installation may lack."""

    @property
    def formats(self) -> frozenset[str]:
        """Of `mp3`, `opus`, `aac` and `flac`, those that can be written."""

    def begin(self, form: str, rate: int) -> AudioSink:
        """A new file of one of these forms, of 16-bit mono samples at this rate. Its work takes time, so a long
        recording is fed from a thread."""


class CannotKeep(Exception):
    """A picture that a store has no room for, or that couldn't be written; the message says why."""


class PictureStore(Protocol):
    """Keeps pictures for a while, by names of our own."""

    @property
    def secret(self) -> bytes:
        """Signs the addresses of what is kept, and lasts as long as that."""

    async def keep(self, name: str, data: bytes, now: float, seconds: float, most: int) -> None:
        """For so long, and in no more than `most` bytes for all: the oldest go first.

        Raises CannotKeep.
        """

    async def get(self, name: str) -> bytes | None: ...


class UploadFailed(Exception):
    """An image host did not take a picture; the message names no secret."""


class ImageHost(Protocol):
    async def upload(self, name: str, kind: str, data: bytes) -> str:
        """The address of the picture there. Raises UploadFailed."""


class RawReply(Protocol):
    """Where an answer goes that is passed on as bytes, with its own status and headers."""

    @property
    def committed(self) -> bool:
        """Has anything been sent?"""

    async def begin(self, status: int, headers: Headers, length: int | None) -> None:
        """Status and headers; `length` is the body's in bytes, None where that is not known."""

    async def write(self, data: bytes) -> None:
        """The next piece; waits while the caller reads slowly."""

    async def end(self) -> None:
        """That was all of it."""


class NotNow(Exception):
    """What shall keep something is away. The message says why, for a log."""


class RecordSink(Protocol):
    """Takes journal records in batches."""

    async def write(self, records: list[RequestRecord]) -> None:
        """All of them or none. Raises NotNow when they shall come again, exactly these, before any others."""


class StateStore(Protocol):
    """Keeps what the pool learnt, for the next start."""

    async def load(self) -> bytes | None:
        """What was saved last, None when nothing was."""

    async def save(self, state: bytes) -> None: ...


class Owned(NamedTuple):
    """What a caller has at Google: under which name, with which key, which client token made it, and how long."""

    name: str
    key: str
    client: str
    until: float  # seconds since 1970; it may be forgotten then


class ResourceStore(Protocol):
    """Who owns what. A client's names are its own: two clients may have the same one with different keys."""

    async def get(self, client: str, name: str) -> Owned | None: ...

    async def whose(self, name: str) -> Owned | None:
        """Of whichever client; for names that nobody can guess."""

    async def put(self, owned: Owned, now: float) -> None:
        """Replaces the client's resource of this name. What ended before `now` may be dropped."""

    async def delete(self, client: str, name: str) -> None: ...

    async def all_of(self, client: str, prefix: str) -> list[Owned]:
        """All of the client's whose names begin so, by name."""
