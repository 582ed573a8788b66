"""Each option's field: how its value is typed, what unit stands beside it, and what is said when it can't be taken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from gemini_balance.core.alert_kinds import Kind as AlertKind
from gemini_balance.core.options import ROWS, Budgets, HeaderLines, OptionError, Quotas, Safety, from_json, names_in
from gemini_balance.core.options import to_json as json_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.options import Json, Row


class Kind(StrEnum):
    """What stands in the form."""

    SWITCH = "switch"
    CHOICE = "choice"
    NUMBER = "number"
    LINE = "line"
    LIST = "list"
    JSON = "json"


UNITS = {
    "options.unit_seconds": (
        *("patience", "time_out", "heartbeat_after", "live_idle", "body_idle", "media_time_out", "stream_delay"),
        "fake_stream_empty_data_interval_seconds",
    ),
    "options.unit_hours": ("check_interval_hours", "image_url_hours", "alert_repeat_hours"),
    "options.unit_days": ("auto_delete_request_logs_days", "auto_delete_error_logs_days"),
    "options.unit_mb": ("max_body_mb", "inline_max_mb", "media_max_mb", "image_store_mb", "journal_max_mb"),
    "options.unit_kb": ("error_log_body_kb",),
    "options.unit_percent": ("alert_low_percent",),
    "options.unit_failures": ("max_failures",),
    "options.unit_attempts": ("max_retries",),
    "options.unit_characters": ("stream_chunk_size",),
}
"""Messages → the numbers that they stand beside."""
UNIT_OF = {name: unit for unit, names in UNITS.items() for name in names}
WRONG_JSON: dict[object, str] = {
    Budgets: "options.wrong_budgets",
    Quotas: "options.wrong_quotas",
    Safety: "options.wrong_safety",
    HeaderLines: "options.wrong_headers",
}
EXAMPLES: dict[object, str] = {
    Budgets: '{"gemini-3.6-flash": 1024}',
    Quotas: '{"gemini-3.6-flash": {"rpm": 10, "rpd": 500}}',
    Safety: '[{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]',
}
WRONG_CHECKED = {
    "allowed_media_hosts": "options.wrong_hosts",
    "allowed_webhook_hosts": "options.wrong_hosts",
    "alert_kinds": "options.wrong_kinds",
    "alert_webhook_url": "options.wrong_address",
}
CHECKED_EXAMPLES = {"alert_kinds": ", ".join(AlertKind), "alert_webhook_url": "https://, http://"}
SIMPLE: dict[object, Kind] = {
    bool: Kind.SWITCH,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.LINE,
    tuple[str, ...]: Kind.LIST,
}


@dataclass(frozen=True, slots=True)
class Field:
    """`unit` is a message."""

    kind: Kind
    unit: str = ""
    low: str = ""
    high: str = ""
    choices: tuple[str, ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Why what was typed can't be taken: a message, with the bounds of a number, and what would be right elsewhere."""

    message: str
    low: str = ""
    high: str = ""
    example: str = ""


def plain(value: float) -> str:
    """20, 0.05, 10000000."""
    return str(int(value)) if value == int(value) else repr(value)


def _bound(value: float) -> str:
    return f"{int(value):,}" if value == int(value) else repr(value)


def field_of(row: Row) -> Field:
    words = tuple(word for word in get_args(row.type) if isinstance(word, str))
    kind = SIMPLE.get(row.type) or (Kind.CHOICE if words else Kind.JSON)
    low, high = ("" if bound is None else _bound(bound) for bound in (row.low, row.high))
    return Field(kind, UNIT_OF.get(row.name, ""), low, high, words, row.secret)


FIELDS = {name: field_of(row) for name, row in ROWS.items()}


def text_of(name: str, value: Json) -> str:
    """As it stands in the field. What is off, or may be a secret, is empty."""
    field = FIELDS[name]
    if field.secret:
        return ""
    match field.kind:
        case Kind.SWITCH:
            return "on" if value else ""
        case Kind.NUMBER if isinstance(value, int | float):
            return plain(value)
        case Kind.LIST if isinstance(value, list):
            return "\n".join(map(str, value))
        case Kind.JSON:
            return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() if value else ""
        case _:
            return str(value)


def read(name: str, text: str) -> Json:
    """What was typed, as JSON that this option takes. Raises OptionError."""
    try:
        value = _parsed(ROWS[name], text.replace("\r\n", "\n").strip())
    except ValueError as error:
        raise OptionError("", param=name) from error
    return json_of(name, from_json(name, value))


def empty(name: str) -> Json:
    """What a text, a list or an object holds when it holds nothing."""
    kind: Any = {Kind.LINE: "", Kind.JSON: ()}
    return json_of(name, kind[FIELDS[name].kind])


def _parsed(row: Row, text: str) -> Json:
    match FIELDS[row.name].kind:
        case Kind.SWITCH:
            return text == "on"
        case Kind.NUMBER:
            digits = text.replace(",", "")
            return int(digits) if row.type is int else float(digits)
        case Kind.LIST:
            return list(dict.fromkeys(names_in(text)))
        case Kind.JSON:
            return msgspec.json.decode(text) if text else empty(row.name)
        case _:
            return text


def fault_of(name: str) -> Fault:
    """What is right there, in words."""
    row, field = ROWS[name], FIELDS[name]
    if field.kind is Kind.NUMBER:
        message = "options.wrong_whole" if row.type is int else "options.wrong_number"
        return Fault(message, field.low, field.high)
    if row.name in WRONG_CHECKED:
        return Fault(WRONG_CHECKED[row.name], example=CHECKED_EXAMPLES.get(row.name, ""))
    if field.kind is Kind.CHOICE:
        return Fault("options.wrong_choice")
    return Fault(WRONG_JSON.get(row.type, "options.wrong_text"), example=EXAMPLES.get(row.type, ""))


def differences(name: str, before: Json, after: Json) -> tuple[str, str]:
    """What is taken away and what comes, short. Of a list only the names that differ; of a secret nothing."""
    if ROWS[name].secret:
        return "…", "…"
    if isinstance(before, list) and isinstance(after, list) and FIELDS[name].kind is Kind.LIST:
        gone, new = (one for one in before if one not in after), (one for one in after if one not in before)
        return _joined(gone), _joined(new)
    return short(before), short(after)


def short(value: Json, most: int = 60) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = plain(value)
    return text if len(text) <= most else f"{text[:most]}…"


def _joined(names: Iterable[Json]) -> str:
    return short(", ".join(map(str, names)))
