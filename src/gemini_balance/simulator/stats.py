"""What was asked of this simulator: counts, and the last requests byte for byte."""

import base64
import time
from collections import Counter, deque

from msgspec import Struct, field

from gemini_balance.simulator.json_types import Object

MAX_KEPT_BYTES = 64 * 1024 * 1024
MAX_COMPLAINTS = 50
MAX_ABORTS = 1000


class Record(Struct):
    """One request, as it came and as it ended."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    started: float = field(default_factory=time.time)
    key: str = ""
    project: str = ""
    model: str = ""
    operation: str = ""
    status: int = 0
    ending: str = "crashed"
    bytes_sent: int = 0
    seconds: float = 0.0

    def shown(self) -> Object:
        """The record as JSON; a body that isn't UTF-8 as base64."""
        body: Object
        try:
            body = {"body": self.body.decode()}
        except UnicodeDecodeError:
            body = {"body_base64": base64.b64encode(self.body).decode()}
        headers: Object = {"headers": [[name, value] for name, value in self.headers]}
        names = ("method", "path", "query", "key", "project", "model", "operation", "status", "ending")
        facts: Object = {name: getattr(self, name) for name in names}
        times: Object = {"started": self.started, "seconds": self.seconds, "bytes_sent": self.bytes_sent}
        return facts | times | headers | body


class Stats:
    """Counters since start or the last reset."""

    def __init__(self, keep: int) -> None:
        self.active = 0
        self.requests = 0
        self.bytes_sent = 0
        self.by: dict[str, Counter[str]] = {
            name: Counter() for name in ("key", "project", "model", "operation", "status", "ending")
        }
        self.by_key_status: dict[str, Counter[str]] = {}
        self.aborts: deque[float] = deque(maxlen=MAX_ABORTS)
        self.aborted = 0
        self.complaints: deque[str] = deque(maxlen=MAX_COMPLAINTS)
        self.bad_requests = 0
        self.kept: deque[Record] = deque(maxlen=keep)
        self._kept_bytes = 0

    def begin(self, record: Record) -> None:
        """A request has come in."""
        self.active += 1
        self.requests += 1

    def remember(self, keep: int) -> None:
        """Keep so many requests from now on."""
        if keep != self.kept.maxlen:
            self.kept = deque(self.kept, maxlen=keep)
            self._kept_bytes = sum(len(record.body) for record in self.kept)

    def keep(self, record: Record) -> None:
        """Remember a request whose body has arrived."""
        if not self.kept.maxlen:
            return
        if len(self.kept) == self.kept.maxlen:
            self._kept_bytes -= len(self.kept[0].body)
        self.kept.append(record)
        self._kept_bytes += len(record.body)
        while self._kept_bytes > MAX_KEPT_BYTES and len(self.kept) > 1:
            self._kept_bytes -= len(self.kept.popleft().body)

    def end(self, record: Record) -> None:
        """The request is over, whatever became of it."""
        self.active -= 1
        self.bytes_sent += record.bytes_sent
        record.seconds = time.time() - record.started
        for name, counter in self.by.items():
            value = str(getattr(record, name))
            if value:
                counter[value] += 1
        if record.key:
            self.by_key_status.setdefault(record.key, Counter())[str(record.status)] += 1
        if record.ending == "aborted":
            self.aborted += 1
            self.aborts.append(time.time())

    def complain(self, message: str) -> None:
        """The caller sent something that Google refuses."""
        self.bad_requests += 1
        self.complaints.append(message)

    def shown(self) -> Object:
        """The counts as JSON."""
        counters: Object = {f"by_{name}": dict(counter) for name, counter in self.by.items()}
        return counters | {
            "by_key_status": {key: dict(counter) for key, counter in self.by_key_status.items()},
            "active": self.active,
            "requests": self.requests,
            "bytes_sent": self.bytes_sent,
            "aborted_by_client": {"count": self.aborted, "times": list(self.aborts)},
            "bad_requests": {"count": self.bad_requests, "messages": list(self.complaints)},
        }
