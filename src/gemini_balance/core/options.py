"""The one table of runtime options. A field is a row: name, type, default, range, environment name, help."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args, get_type_hints

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Budgets: TypeAlias = tuple[tuple[str, int], ...]
"""A thinking budget for each of some models."""
Safety: TypeAlias = tuple[tuple[str, str], ...]
"""Harm categories, each with the threshold from which an answer is blocked."""


class Quota(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What the operator says a project may use of a model: requests and tokens a minute, requests a day."""

    rpm: Annotated[int, msgspec.Meta(ge=1)] | None = None
    tpm: Annotated[int, msgspec.Meta(ge=1)] | None = None
    rpd: Annotated[int, msgspec.Meta(ge=1)] | None = None


Quotas: TypeAlias = tuple[tuple[str, Quota], ...]
"""Limits by model, or by project/model."""

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def _row(default: Any, env: str, help: str, low: float | None = None, high: float | None = None) -> Any:  # noqa: A002  (the table's column is called help)
    return field(default=default, metadata={"env": env, "help": help, "low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A snapshot of every runtime option. Replaced whole when one changes, so a call sees one consistent set."""

    max_retries: int = _row(3, "MAX_RETRIES", "Attempts after the first one that failed for no fault of a key.", 0, 20)
    max_failures: int = _row(3, "MAX_FAILURES", "Unexplained failures in a row that retire a key; 0: never.", 0, 1000)
    check_interval_hours: float = _row(
        1.0,
        "CHECK_INTERVAL_HOURS",
        "Hours until a retired key is looked at again, twice as long each time it is still dead; 0: never.",
        0,
        168,
    )
    patience: float = _row(
        20.0, "PATIENCE", "Seconds that a call may wait for a key when all that may serve it rest.", 0, 600
    )
    quota_limits: tuple[tuple[str, Quota], ...] = _row(
        (),
        "QUOTA_LIMITS",
        'Limits that you know better than Google\'s errors tell: `{"model": {"rpm": 10, "tpm": 250000, "rpd": 500}}`; '
        "a name may be `project/model`.",
    )
    paid_models: tuple[str, ...] = _row((), "PAID_MODELS", "Models that are served with PAID_KEY, if there is one.")
    time_out: float = _row(
        300.0, "TIME_OUT", "Seconds to wait for the first byte, and between two events of a stream.", 1, 3600
    )
    heartbeat_after: float = _row(
        20.0, "HEARTBEAT_AFTER", "Seconds of silence after which a stream is kept open by a heartbeat.", 0.05, 300
    )
    live_idle: float = _row(
        600.0, "LIVE_IDLE", "Seconds without a message, from either side, that end a Live conversation.", 0.05, 86_400
    )
    max_body_mb: float = _row(
        40.0,
        "MAX_BODY_MB",
        "Largest request body, and largest message of a Live conversation, in megabytes.",
        0.001,
        2000,
    )
    body_idle: float = _row(
        60.0, "BODY_IDLE", "Seconds without a byte of a request's body, or of an upload, that end it.", 0.05, 3600
    )
    inline_max_mb: float = _row(
        100.0,
        "INLINE_MAX_MB",
        "Media that are sent along with a chat, in megabytes of Base64; what is more is uploaded to Google first.",
        0.001,
        100,
    )
    media_max_mb: float = _row(
        20.0,
        "MEDIA_MAX_MB",
        "Largest item that is fetched for a request that names its address, in megabytes.",
        0.001,
        64,
    )
    media_time_out: float = _row(20.0, "MEDIA_TIME_OUT", "Seconds that fetching such an item may take.", 0.05, 300)
    allowed_media_hosts: tuple[str, ...] = _row(
        (),
        "ALLOWED_MEDIA_HOSTS",
        "Host names, addresses or networks that such items may be fetched from although they are private, on any port.",
    )
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
    image_models: tuple[str, ...] = _row(
        ("gemini-nano-banana-2.1",), "IMAGE_MODELS", "Models that may be called with the suffix -image."
    )
    create_image_model: str = _row(
        "", "CREATE_IMAGE_MODEL", "The model of /images/generations, whatever a caller asks for; empty: as asked."
    )
    image_url_hours: float = _row(
        24.0, "IMAGE_URL_HOURS", "Hours for which the address of a made picture leads to it.", 0.01, 8760
    )
    image_store_mb: float = _row(
        500.0, "IMAGE_STORE_MB", "Megabytes of made pictures that are kept; the oldest go first.", 0, 1_000_000
    )
    no_sampling_models: tuple[str, ...] = _row(
        ("gemini-3.8-flash",),
        "NO_SAMPLING_MODELS",
        "Models that are not told temperature, top_p and top_k, because they take none.",
    )
    thinking_budget_map: tuple[tuple[str, int], ...] = _row(
        (),
        "THINKING_BUDGET_MAP",
        "Thinking tokens by model, for callers who ask for none: a JSON object. 0: as few as can be; -1: up to it.",
    )
    filtered_models: tuple[str, ...] = _row(
        (),
        "FILTERED_MODELS",
        "Models that no list of models shows. A caller who knows their names may still call them.",
    )
    safety_settings: tuple[tuple[str, str], ...] = _row(
        (),
        "SAFETY_SETTINGS",
        "What Google shall block, where a caller doesn't say: a JSON list of objects with category and threshold.",
    )
    tools_code_execution_enabled: bool = _row(
        False, "TOOLS_CODE_EXECUTION_ENABLED", "Let models run code of their own, unless a call brings functions."
    )
    url_context_enabled: bool = _row(
        False, "URL_CONTEXT_ENABLED", "Let models read the pages that a prompt names, unless a call brings functions."
    )
    show_thinking_process: bool = _row(True, "SHOW_THINKING_PROCESS", "Show the model's thoughts.")
    thinking_style: Literal["reasoning_content", "think"] = _row(
        "reasoning_content", "THINKING_STYLE", "Where thoughts are shown: in a field of their own, or in <think> tags."
    )
    show_search_link: bool = _row(
        False, "SHOW_SEARCH_LINK", "List the sources of a searched answer at the end of its text, too."
    )
    image_style: Literal["images", "markdown"] = _row(
        "images", "IMAGE_STYLE", "How a chat shows the images it makes: in the field images, or in the text."
    )
    fake_stream_enabled: bool = _row(
        False, "FAKE_STREAM_ENABLED", "Ask Google for the whole answer where a caller asks for a stream of chunks."
    )
    fake_stream_empty_data_interval_seconds: float = _row(
        5.0, "FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS", "Seconds between heartbeats until that answer comes.", 0.05, 300
    )
    stream_optimizer_enabled: bool = _row(
        False, "STREAM_OPTIMIZER_ENABLED", "Smooth chat streams: long chunks are cut, and shown one after the other."
    )
    stream_chunk_size: int = _row(12, "STREAM_CHUNK_SIZE", "Characters of a chunk of a smoothed stream.", 1, 1000)
    stream_delay: float = _row(0.02, "STREAM_DELAY", "Seconds between two chunks of a smoothed stream.", 0, 1)
    allowed_origins: tuple[str, ...] = _row(
        ("*",), "ALLOWED_ORIGINS", "Origins whose pages may call from a browser; * for any."
    )
    native_failover: Literal["", "on", "off"] = _row(
        "", "NATIVE_FAILOVER", "on or off decides for every native route; empty: off under /gemini/, on elsewhere."
    )
    route_header: bool = _row(
        False, "ROUTE_HEADER", "Tell callers in a header which keys were asked, by their ids, and what came of each."
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
        read = _READERS.get(kind)
        return read(text) if read else _word(text, get_args(kind))
    except ValueError as error:
        expected = _EXPECTED.get(kind) or " or ".join(get_args(kind))
        raise OptionError(f"{name}: {text!r} is not {expected}.") from error


_EXPECTED: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    tuple[str, ...]: "a JSON list of strings",
    Budgets: "a JSON object of whole numbers",
    Quotas: "a JSON object of objects with rpm, tpm or rpd",
    Safety: "a JSON list of objects with category and threshold",
    Literal["", "on", "off"]: "on, off or empty",
}


def _flag(text: str) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    raise ValueError(text)


def _word(text: str, words: tuple[str, ...]) -> str:
    if text.lower() in words:
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


def _budgets(text: str) -> Budgets:
    try:
        return tuple(msgspec.json.decode(text or "{}", type=dict[str, int]).items())
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


def _quotas(text: str) -> Quotas:
    try:
        return tuple(msgspec.json.decode(text or "{}", type=dict[str, Quota]).items())
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


class _Setting(msgspec.Struct):
    category: str
    threshold: str


def _safety(text: str) -> Safety:
    try:
        return tuple((one.category, one.threshold) for one in msgspec.json.decode(text or "[]", type=list[_Setting]))
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error


_READERS: dict[object, Callable[[str], object]] = {
    str: str,
    tuple[str, ...]: names_in,
    Budgets: _budgets,
    Quotas: _quotas,
    Safety: _safety,
}
