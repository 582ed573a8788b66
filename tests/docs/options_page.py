"""docs/options.md and .zh.md, made of two tables: boot settings (settings.py) and runtime options (core/options)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args, get_origin

from annotated_types import Ge, Le

from gemini_balance.core.options import ROWS, TITLES, Group
from gemini_balance.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.options import Row
    from tests.docs.option_words import Language

# Taken by the code, used by nothing yet. A test fails when that changes.
UNUSED: frozenset[str] = frozenset()
# Every name that the user's manual or the usual `.env` of such gateways has.
WELL_KNOWN = (
    *("API_KEYS", "ALLOWED_TOKENS", "AUTH_TOKEN", "PAID_KEY", "BASE_URL", "SEARCH_MODELS", "IMAGE_MODELS"),
    *("CREATE_IMAGE_MODEL", "MAX_FAILURES", "MAX_RETRIES", "PROXIES", "TIME_OUT", "SHOW_THINKING_PROCESS"),
    *("THINKING_BUDGET_MAP", "SAFETY_SETTINGS", "FILTERED_MODELS", "FAKE_STREAM_ENABLED"),
    *("FAKE_STREAM_EMPTY_DATA_INTERVAL_SECONDS", "VERTEX_API_KEYS", "VERTEX_EXPRESS_BASE_URL", "CUSTOM_HEADERS"),
    *("TOOLS_CODE_EXECUTION_ENABLED", "URL_CONTEXT_ENABLED", "SHOW_SEARCH_LINK", "CHECK_INTERVAL_HOURS"),
    *("STREAM_OPTIMIZER_ENABLED", "STREAM_CHUNK_SIZE", "UPLOAD_PROVIDER", "SMMS_SECRET_TOKEN", "PICGO_API_KEY"),
    *("CLOUDFLARE_IMGBED_URL", "CLOUDFLARE_IMGBED_AUTH_CODE", "LOG_LEVEL", "AUTO_DELETE_ERROR_LOGS_ENABLED"),
    *("AUTO_DELETE_ERROR_LOGS_DAYS", "AUTO_DELETE_REQUEST_LOGS_ENABLED", "AUTO_DELETE_REQUEST_LOGS_DAYS"),
    *("ERROR_LOG_RECORD_REQUEST_BODY", "TEST_MODEL", "THINKING_MODELS", "TIMEZONE", "DATABASE_TYPE", "REDIS_URL"),
    *("PROXIES_USE_CONSISTENCY_HASH_BY_API_KEY", "DEFAULT_RPM", "DEFAULT_RPD", "MODEL_RATE_LIMITS", "KEY_RATE_LIMITS"),
    *("STREAM_MIN_DELAY", "STREAM_MAX_DELAY", "STREAM_SHORT_TEXT_THRESHOLD", "STREAM_LONG_TEXT_THRESHOLD"),
)


def render(words: Language) -> str:
    known = [name for name in WELL_KNOWN if name not in names()]
    listed = words.comma.join(f"`{name}`" for name in known)
    return "".join(
        (
            *(words.head, words.table, *_boot_rows(words)),
            *(words.options_head, *_groups(words)),
            *((words.not_yet_head, listed, words.stop) if known else ()),
        )
    )


def boot_names() -> list[str]:
    return [name.upper() for name in Settings.model_fields]


def option_names() -> dict[str, str]:
    """In the environment, and here."""
    return {row.env: row.name for row in ROWS.values()}


def names() -> set[str]:
    """Everything that the gateway takes."""
    return {*boot_names(), *option_names()}


def _boot_rows(words: Language) -> Iterable[str]:
    for field_name, field in Settings.model_fields.items():
        name = field_name.upper()
        low = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
        high = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
        said = (words.no_effect if name in UNUSED else "") + words.meanings[name]
        yield _row(words, name, field.annotation, field.default, (low, high), said)


def _groups(words: Language) -> Iterable[str]:
    for group in Group:
        rows = [row for row in ROWS.values() if row.group is group]
        if rows:
            yield f"\n### {TITLES[group][words.title]}\n{words.table}"
            yield from (_option_row(words, row) for row in rows)


def _option_row(words: Language, row: Row) -> str:
    said = (row.help, row.help_zh)[words.title]
    return _row(words, row.env, row.type, row.default, (row.low, row.high), said)


def _row(words: Language, name: str, kind: object, default: object, limits: tuple[object, object], meaning: str) -> str:
    between = "" if limits[0] is None else f"{_number(limits[0])}{words.between}{_number(limits[1])}"
    return f"| `{name}` | {_kind(words, kind)} | {_default(words, default)} | {between} | {meaning} |\n"


def _kind(words: Language, kind: object) -> str:
    if get_origin(kind) is Literal:
        return words.either.join(choice or words.empty for choice in get_args(kind))
    return words.kinds.get(kind, words.a_list)


def _default(words: Language, value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case tuple():
            return f"`{','.join(value)}`" if value else words.empty
        case int() | float():
            return f"`{_number(value)}`"
        case _:
            return f"`{value}`" if value else words.empty


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
