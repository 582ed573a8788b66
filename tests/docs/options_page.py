"""docs/options.md, made of the two tables: boot settings (settings.py) and runtime options (core/options.py)."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le

from gemini_balance.core.options import Budgets, Options, Quotas
from gemini_balance.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

HEAD = """# Settings

<!-- Written from the code: UPDATE_DOCS=1 .venv/bin/pytest tests/docs -->

Each is an environment variable, or a line in `.env` in the folder you start from; the environment wins. Values are
read once, at the start, and one that can't be taken stops it. Names that are not on this page are ignored.

A list is either names separated by commas, or a JSON list of strings.

## Boot settings

`NAME_FILE` may name a file that holds the value, for each of these: `API_KEYS_FILE=/run/secrets/keys`.
"""
OPTIONS_HEAD = "\n## Options\n"
NOT_YET_HEAD = """
## Known names that do nothing yet

Other gateways of this kind read these. They keep their meaning here once they are supported; today they are ignored.

"""
TABLE = "\n| Name | Type | Default | Range | Meaning |\n|---|---|---|---|---|\n"
KINDS: dict[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Budgets: "JSON object",
    Quotas: "JSON object",
}
NO_EFFECT = "Taken, but without effect so far. "
# Taken by the code, used by nothing yet. A test fails when that changes.
UNUSED: frozenset[str] = frozenset()
MEANINGS = {
    "HOST": "Address to listen on. `127.0.0.1` keeps the gateway on its machine.",
    "PORT": "Port to listen on.",
    "BASE_URL": "Where Google is. A version at its end is ignored: each call brings its own.",
    "API_KEYS": (
        "Gemini keys: a list, whose JSON form may hold objects `{key, project, weight, models}`. "
        "Keys of one `project` share its quota; `weight` says how often a key's turn comes; no `models` means all."
    ),
    "VERTEX_API_KEYS": "Keys of Vertex AI in express mode, in the same form, for `/vertex-express/v1beta`.",
    "VERTEX_EXPRESS_BASE_URL": "Where Vertex AI is, with its version.",
    "PAID_KEY": "A Gemini key with billing. It serves `/images/…` and the models of `PAID_MODELS`, and nothing else.",
    "ALLOWED_TOKENS": "What clients may send as their API key. While it is empty, every call is answered with 401.",
    "AUTH_TOKEN": "The operator's password, and bearer of the management API (docs/management.md).",
    "DATABASE_URL": (
        "PostgreSQL's address, `postgresql://user:password@host/name`, for what must outlive the process: who made "
        "which file or cache, and what the pool learnt of limits and projects. Empty: SQLite, in "
        "`data/gemini-balance.db`."
    ),
    "SECRET_KEY": (
        "Protects the keys that the database keeps; at least 16 characters. With SQLite one is made, in "
        "`data/secret-key`; with `DATABASE_URL` naming a server it must be set, the same for every replica."
    ),
    "UPLOAD_PROVIDER": (
        "Image host that made pictures are uploaded to: SM.MS, PicGo, Cloudflare ImgBed or Aliyun OSS. Empty, or where "
        "it fails: the gateway serves them itself."
    ),
    "SMMS_SECRET_TOKEN": "API token of SM.MS.",
    "PICGO_API_KEY": "API key of PicGo, or of another Chevereto.",
    "PICGO_API_URL": "Its address for uploads.",
    "CLOUDFLARE_IMGBED_URL": "Address for uploads of a Cloudflare ImgBed: `https://…/upload`.",
    "CLOUDFLARE_IMGBED_AUTH_CODE": "Its code for uploads.",
    "CLOUDFLARE_IMGBED_UPLOAD_FOLDER": "Folder in it.",
    "OSS_ENDPOINT": "Public endpoint of the Aliyun OSS bucket: `oss-cn-shanghai.aliyuncs.com`.",
    "OSS_ENDPOINT_INNER": "Endpoint for uploads, where it is another one: `oss-cn-shanghai-internal.aliyuncs.com`.",
    "OSS_ACCESS_KEY": "Id of the access key.",
    "OSS_ACCESS_KEY_SECRET": "Its secret.",
    "OSS_BUCKET_NAME": "The bucket; pictures in it must be readable by everybody.",
    "OSS_REGION": "Its region: `cn-shanghai`.",
    "PUBLIC_URL": "The address that clients use, for URLs that the gateway hands out. Empty: that of the request.",
    "TRUSTED_PROXIES": "Addresses or networks whose `X-Forwarded-*` headers are believed; `*` for all.",
    "PROXIES": "HTTP or SOCKS proxies towards Google. Each key always takes the same one.",
    "SHUTDOWN_TIMEOUT": "Seconds that running calls have to finish after the first SIGTERM.",
    "ACCESS_LOG": "One JSON line for each call, on stderr.",
    "LOG_LEVEL": "`debug`, `info`, `warning` or `error`.",
}
# Every name that the user's manual or the usual `.env` of such gateways has.
WELL_KNOWN = (
    *("API_KEYS", "ALLOWED_TOKENS", "AUTH_TOKEN", "PAID_KEY", "BASE_URL", "SEARCH_MODELS", "IMAGE_MODELS"),
    *("CREATE_IMAGE_MODEL", "MAX_FAILURES", "MAX_RETRIES", "PROXIES", "TIME_OUT", "SHOW_THINKING_PROCESS"),
    *("THINKING_BUDGET_MAP", "SAFETY_SETTINGS", "FILTERED_MODELS", "FAKE_STREAM_ENABLED"),
)


def render() -> str:
    known = [name for name in WELL_KNOWN if name not in names()]
    return "".join(
        (
            *(HEAD, TABLE, *_boot_rows()),
            *(OPTIONS_HEAD, TABLE, *_option_rows()),
            *((NOT_YET_HEAD, ", ".join(f"`{name}`" for name in known), ".\n") if known else ()),
        )
    )


def boot_names() -> list[str]:
    return [name.upper() for name in Settings.model_fields]


def option_names() -> list[str]:
    return [row.metadata["env"] for row in fields(Options)]


def names() -> set[str]:
    """Everything that the gateway takes."""
    return {*boot_names(), *option_names()}


def _boot_rows() -> Iterable[str]:
    for field_name, field in Settings.model_fields.items():
        name = field_name.upper()
        low = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
        high = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
        yield _row(name, field.annotation, field.default, (low, high), MEANINGS[name])


def _option_rows() -> Iterable[str]:
    kinds = get_type_hints(Options)
    for row in fields(Options):
        limits = (row.metadata["low"], row.metadata["high"])
        yield _row(row.metadata["env"], kinds[row.name], row.default, limits, row.metadata["help"])


def _row(name: str, kind: object, default: object, limits: tuple[object, object], meaning: str) -> str:
    between = "" if limits[0] is None else f"{_number(limits[0])} to {_number(limits[1])}"
    said = (NO_EFFECT if name in UNUSED else "") + meaning
    return f"| `{name}` | {_kind(kind)} | {_default(default)} | {between} | {said} |\n"


def _kind(kind: object) -> str:
    if get_origin(kind) is Literal:
        return " or ".join(choice or "empty" for choice in get_args(kind))
    return KINDS.get(kind, "list")


def _default(value: object) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case tuple():
            return f"`{','.join(value)}`" if value else "empty"
        case int() | float():
            return f"`{_number(value)}`"
        case _:
            return f"`{value}`" if value else "empty"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
