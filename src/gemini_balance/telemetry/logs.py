"""Structured logs on stderr, and the access log, written in batches from the journal's records."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING, TextIO

import msgspec
import structlog
from msgspec.structs import replace

from gemini_balance.core.redaction import Redactor
from gemini_balance.gateway.bound import CALL_ID

if TYPE_CHECKING:
    from types import TracebackType

    from structlog.typing import EventDict, Processor, WrappedLogger

    from gemini_balance.gateway.record import RequestRecord

_ENCODER = msgspec.json.Encoder()
QUIET = ("uvicorn.access", "uvicorn.error", "asyncio", "aiosqlite", "alembic", "sqlalchemy", "opentelemetry", "urllib3")
"""Those that tell on lower levels what they were given."""
UNFORESEEN = "The process met an error that nobody foresaw"
log = logging.getLogger(__name__)


def configure(level: str, form: str = "auto", redactor: Redactor | None = None) -> None:
    """Everything, also of the libraries, as one line an event on stderr. `form`: console, json, or auto for the
    first on a terminal and the second elsewhere. What `redactor` knows, and what looks like a secret, is hidden."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactedLines(console=console, redactor=redactor or Redactor()))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _unforeseen
    threading.excepthook = lambda failed: _unforeseen(failed.exc_type, failed.exc_value, failed.exc_traceback)


class RedactedLines(structlog.stdlib.ProcessorFormatter):
    """A line is redacted when it is whole: with its traceback, and whatever a library put into it."""

    def __init__(self, *, console: bool, redactor: Redactor) -> None:
        self._redactor = redactor
        readable = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        renderer: Processor = readable if console else structlog.processors.JSONRenderer()
        before: list[Processor] = [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _tell_call,
        ]
        without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(foreign_pre_chain=before, processors=[without_meta, renderer])

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.redact(super().format(record))


def _tell_call(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if call := CALL_ID.get():
        event["request_id"] = call
    return event


def _unforeseen(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """Python would print it as it is."""
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical(UNFORESEEN, exc_info=None if error is None else (kind, error, trace))


class AccessLog:
    """Implements `RecordSink`: one JSON line a call. Written by the batch: a logger costs ten times that.

    What callers chose of a record was redacted when it was made.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def write(self, records: list[RequestRecord]) -> None:
        """What callers sent is not for it."""
        lines = [replace(record, body="") if record.body else record for record in records]
        self._out.write(_ENCODER.encode_lines(lines).decode())
        self._out.flush()
