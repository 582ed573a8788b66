"""Structured logs on stderr, and the access log, written in batches from the journal's records."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, TextIO

import msgspec
import structlog
from msgspec.structs import replace

if TYPE_CHECKING:
    from gemini_balance.gateway.record import RequestRecord

_ENCODER = msgspec.json.Encoder()
QUIET = ("uvicorn.access", "uvicorn.error", "asyncio", "aiohttp.access")


def configure(level: str) -> None:
    """Everything, also of the libraries, as one line an event: readable on a terminal, JSON elsewhere."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class AccessLog:
    """Implements `RecordSink`: one JSON line a call. Written by the batch: a logger costs ten times that."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def write(self, records: list[RequestRecord]) -> None:
        """What callers sent is not for it."""
        lines = [replace(record, body="") if record.body else record for record in records]
        self._out.write(_ENCODER.encode_lines(lines).decode())
        self._out.flush()
