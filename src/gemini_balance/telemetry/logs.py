"""Structured logs on stderr, and the access log, written in batches from the journal's records."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import msgspec
import structlog

if TYPE_CHECKING:
    from gemini_balance.gateway.record import RequestRecord

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


class AccessLine(msgspec.Struct, rename={"time": "timestamp"}):
    """One call as operators read it. A record holds no query string, so no line can."""

    time: str
    event: str
    request: str
    client: str
    token: str
    model: str
    attempts: int
    ms: int
    ending: str
    logger: str = "gemini_balance.access"
    level: str = "info"


class AccessLog:
    """Implements `RecordSink`: one JSON line a call. Written by the batch: a logger costs ten times that."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def write(self, records: list[RequestRecord]) -> None:
        lines = msgspec.json.Encoder().encode_lines([_line(record) for record in records])
        self._out.write(lines.decode())
        self._out.flush()


def _line(record: RequestRecord) -> AccessLine:
    return AccessLine(
        time=datetime.fromtimestamp(record.unix, UTC).isoformat(timespec="milliseconds"),
        event=f"{record.method} {record.path} {record.status}",
        request=record.id,
        client=record.client,
        token=record.token,
        model=record.model_used,
        attempts=len(record.attempts),
        ms=round(record.seconds * 1000),
        ending=record.ending,
    )
