"""Calls to be remembered, for what tests the journal."""

from __future__ import annotations

from itertools import count
from typing import Any

from gemini_balance.core.outcome import Usage
from gemini_balance.gateway.record import AttemptRecord, RequestRecord

NOON = 1_800_014_400.0  # a whole hour
KEYS = ("key-a", "key-b", "key-c")
_numbers = count()


def request_id(unix: float) -> str:
    return f"{int(unix * 1000):011x}{next(_numbers) & 0xFFFFF:05x}abcdef"


def attempt(key: str = "key-a", cause: str = "answered", status: int = 200, **fields: Any) -> AttemptRecord:
    return AttemptRecord(key, cause, status, fields.pop("seconds", 1.0), **fields)


def call(unix: float = NOON, **fields: Any) -> RequestRecord:
    """One that went well."""
    told: dict[str, Any] = {
        "method": "POST",
        "path": "/hf/v1/chat/completions",
        "client": "192.0.2.1",
        "status": 200,
        "seconds": 1.5,
        "token": "…oken",
        "token_id": "t1",
        "dialect": "openai",
        "operation": "generateContent",
        "model_asked": "m",
        "model_used": "m",
        "attempts": (attempt(),),
        "first_byte": 0.5,
        "usage": Usage(10, 2, 1, 5, 4, 20),
        "finish": "STOP",
        "ending": "whole",
    }
    return RequestRecord(id=request_id(unix), unix=unix, **(told | fields))


def failed(unix: float = NOON, **fields: Any) -> RequestRecord:
    """One whose caller was told of an error."""
    told: dict[str, Any] = {
        "status": 502,
        "ending": "upstream_error",
        "message": "Google could not be reached.",
        "attempts": (attempt(cause="unreachable", status=0),),
        "first_byte": None,
        "usage": Usage(),
        "finish": "",
    }
    return call(unix, **(told | fields))
