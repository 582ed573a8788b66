"""The names by which tables and JSON call what is told of a key, and what their values mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys.entry import Entry, UnusableKey

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("key", "label", "project", "tags", "notes", "weight", "models", "proxy", "tier", "upstream")
"""In the order of an export."""

_SYNONYMS = {
    "key": "apikey geminikey geminiapikey keyvalue secret token value 密钥",
    "label": "name alias title owner account 名称 标签名",
    "project": "projectid projectname gcpproject 项目",
    "tags": "tag group groups 标签 分组",
    "notes": "note comment comments remark remarks description memo 备注",
    "weight": "priority share 权重",
    "models": "model allowedmodels 模型",
    "proxy": "proxyurl 代理",
    "tier": "plan billing paid 层级",
    "upstream": "service provider 上游",
}
_COLUMNS = {word: name for name, words in _SYNONYMS.items() for word in (name, *words.split())}
_PAID = frozenset({"paid", "true", "yes", "1"})
_FREE = frozenset({"", "free", "false", "no", "0"})
_UPSTREAMS = {"": GEMINI_API, "gemini": GEMINI_API, GEMINI_API: GEMINI_API, "vertex": VERTEX_EXPRESS}
_UPSTREAMS |= {VERTEX_EXPRESS: VERTEX_EXPRESS, VERTEX_EXPRESS.replace("_", "-"): VERTEX_EXPRESS}
_SEPARATORS = re.compile(r"[\s,;|]+")


def column(name: str) -> str | None:
    """What a column, or a field, of this name is for."""
    return _COLUMNS.get(re.sub(r"[\s_-]", "", name).lower())


def entry_of(fields: Mapping[str, object], upstream: str = GEMINI_API) -> Entry:
    """From values by the names above; missing ones are the defaults. Raises UnusableKey."""
    told = {name: value for name, value in fields.items() if value is not None}
    return Entry(
        key=_text(told, "key"),
        label=_text(told, "label"),
        project=_text(told, "project"),
        tags=_words(told.get("tags", "")),
        notes=_text(told, "notes"),
        weight=_weight(told.get("weight", "")),
        models=_words(told.get("models", "")),
        proxy=_text(told, "proxy"),
        paid=_paid(_text(told, "tier").lower()),
        upstream=_upstream(_text(told, "upstream").lower(), upstream),
    )


def fields_of(entry: Entry) -> dict[str, object]:
    """The same the other way round, with all names."""
    return {
        "key": entry.key,
        "label": entry.label,
        "project": entry.project,
        "tags": sorted(entry.tags),
        "notes": entry.notes,
        "weight": entry.weight,
        "models": sorted(entry.models),
        "proxy": entry.proxy,
        "tier": "paid" if entry.paid else "free",
        "upstream": entry.upstream,
    }


def _text(told: Mapping[str, object], name: str) -> str:
    value = told.get(name, "")
    if isinstance(value, (list, dict)):
        raise UnusableKey(f"The {name} is a text.")
    return str(value).strip()


def _words(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(_SEPARATORS.split(value)) - {""}
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return frozenset(word.strip() for word in value) - {""}
    raise UnusableKey("Tags and models are lists of words.")


def _weight(value: object) -> int:
    text = str(value).strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 9):
        raise UnusableKey("A weight is a whole number from 1 to 1000.")
    return int(text or 1)


def _paid(text: str) -> bool:
    if text not in _PAID | _FREE:
        raise UnusableKey("A tier is free or paid.")
    return text in _PAID


def _upstream(text: str, otherwise: str) -> str:
    if text not in _UPSTREAMS:
        raise UnusableKey(f"An upstream is {GEMINI_API} or {VERTEX_EXPRESS}.")
    return _UPSTREAMS[text] if text else otherwise
