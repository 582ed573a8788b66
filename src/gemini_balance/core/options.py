"""The one table of runtime options. A field is a row: name, type, default, range, environment name, help."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def _row(default: Any, env: str, help: str, low: float | None = None, high: float | None = None) -> Any:  # noqa: A002  (the table's column is called help)
    return field(default=default, metadata={"env": env, "help": help, "low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A snapshot of every runtime option. Replaced whole when one changes, so a call sees one consistent set."""

    max_retries: int = _row(3, "MAX_RETRIES", "Attempts after the first one that failed for no fault of a key.", 0, 20)
    max_failures: int = _row(3, "MAX_FAILURES", "Unexplained failures in a row that retire a key; 0: never.", 0, 1000)
    time_out: float = _row(
        300.0, "TIME_OUT", "Seconds to wait for the first byte, and between two events of a stream.", 1, 3600
    )
    heartbeat_after: float = _row(
        20.0, "HEARTBEAT_AFTER", "Seconds of silence after which a stream is kept open by a heartbeat.", 0.05, 300
    )
    max_body_mb: float = _row(40.0, "MAX_BODY_MB", "Largest request body, in megabytes.", 0.001, 2000)
    search_models: tuple[str, ...] = _row(
        (
            "gemini-2.5-pro",
            "gemini-2.5-flash",
            "gemini-2.5-flash-lite",
            "gemini-pro-latest",
            "gemini-flash-latest",
            "gemini-flash-lite-latest",
            "gemini-3.8-flash",
            "gemini-3.6-flash",
            "gemini-3.5-flash",
        ),
        "SEARCH_MODELS",
        "Models that may be called with the suffix -search.",
    )
    show_thinking_process: bool = _row(True, "SHOW_THINKING_PROCESS", "Show thoughts as reasoning_content.")
    allowed_origins: tuple[str, ...] = _row(
        ("*",), "ALLOWED_ORIGINS", "Origins whose pages may call from a browser; * for any."
    )
    native_failover: Literal["", "on", "off"] = _row(
        "", "NATIVE_FAILOVER", "on or off decides for every native route; empty: off under /gemini/, on elsewhere."
    )


class OptionError(ValueError):
    """A value that can't be taken; the message names the option and what would be right."""


def options_from(values: Mapping[str, str]) -> Options:
    """Environment names to text, to a snapshot; names that are no option are ignored. Raises OptionError."""
    hints = get_type_hints(Options)
    changed: dict[str, Any] = {
        row.name: _parse(row.metadata["env"], hints[row.name], values[row.metadata["env"]].strip())
        for row in fields(Options)
        if row.metadata["env"] in values
    }
    for row in fields(Options):
        _check_range(row.metadata, changed.get(row.name))
    return Options(**changed)


def _check_range(row: Mapping[str, Any], value: object) -> None:
    if isinstance(value, int | float) and row["low"] is not None and not row["low"] <= value <= row["high"]:
        raise OptionError(f"{row['env']} must be between {row['low']} and {row['high']}, not {value}.")


def _parse(name: str, kind: object, text: str) -> object:
    try:
        if kind is bool:
            return _flag(text)
        if kind in (int, float):
            return int(text) if kind is int else float(text)
        return names_in(text) if kind == tuple[str, ...] else _switch(text)
    except ValueError as error:
        raise OptionError(f"{name}: {text!r} is not {_EXPECTED[kind]}.") from error


_EXPECTED: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    tuple[str, ...]: "a JSON list of strings",
    Literal["", "on", "off"]: "on, off or empty",
}


def _flag(text: str) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    raise ValueError(text)


def _switch(text: str) -> str:
    if text.lower() in ("", "on", "off"):
        return text.lower()
    raise ValueError(text)


def names_in(text: str) -> tuple[str, ...]:
    """A JSON list of strings, or names separated by commas or line ends. Raises ValueError."""
    if text.startswith("["):
        try:
            return tuple(msgspec.json.decode(text, type=list[str]))
        except msgspec.DecodeError as error:
            raise ValueError(f"not a JSON list of strings: {error}") from error
    return tuple(name for part in text.replace("\n", ",").split(",") if (name := part.strip()))
