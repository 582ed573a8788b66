"""docs/management.md and its Chinese sister, made of the table of endpoints."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from gemini_balance.management.answers import CODES, MEANINGS
from gemini_balance.management.endpoint import PREFIX, Access, Nothing
from gemini_balance.management.openapi import IN_PATH
from gemini_balance.management.table import ENDPOINTS, the_document
from tests.docs.management_words import ERRORS, GROUPS, HEAD, HEAD_ZH, SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gemini_balance.core.errors import GatewayError
    from gemini_balance.management.endpoint import Row

SCHEMAS: dict[str, Any] = the_document("")["components"]["schemas"]
HIDDEN = frozenset({"Problem", "Failed"})


def render() -> str:
    parts = [HEAD, *_errors(MEANINGS), "\n## Requests\n", f"\nAll paths are below `{PREFIX}`.\n"]
    for group, rows in _groups():
        parts += [f"\n### {GROUPS[group][0]}\n", *map(_request, rows)]
    return "".join([*parts, "\n## What is in them\n", *_structs()])


def render_zh() -> str:
    parts = [HEAD_ZH, *_errors(ERRORS), "\n## 请求\n", f"\n以下路径都在 `{PREFIX}` 之下。\n"]
    for group, rows in _groups():
        parts += [f"\n### {GROUPS[group][1]}\n\n| 请求 | 作用 |\n|---|---|\n"]
        parts += [f"| `{row.method} {row.path}` | {SUMMARIES[row.name]} |\n" for row in rows]
    return "".join(parts)


def _groups() -> Iterator[tuple[str, list[Row]]]:
    for group, rows in groupby(ENDPOINTS, key=lambda row: row.group):
        yield group, list(rows)


def _errors(meanings: dict[type[GatewayError], str]) -> Iterator[str]:
    for error, meaning in sorted(meanings.items(), key=lambda item: item[0].status):
        yield f"| {error.status} | `{CODES.get(error, error.code)}` | {meaning} |\n"


def _request(row: Row) -> str:
    lines = [f"\n**`{row.method} {row.path}`** {row.summary}{_access(row)}\n"]
    if row.query is not Nothing:
        lines += ["\n| Query | Type | Meaning |\n|---|---|---|\n", *_fields(*_query(row))]
    if row.takes_body:
        lines.append(f"\nBody: {_named(row.body)}\n")
    lines.append(f"\nAnswer: {_answer(row)}\n")
    return "".join(lines)


def _access(row: Row) -> str:
    match row.access:
        case Access.ANYBODY:
            return " Needs no credential."
        case Access.SIGNED_IN:
            return " Also while the password of the first start must be changed."
        case _:
            return ""


def _answer(row: Row) -> str:
    if row.answer is None:
        return "204, nothing."
    operation = the_document("")["paths"][PREFIX + row.path][row.method.lower()]
    content = operation["responses"][str(row.status)]["content"]
    ((kind, told),) = content.items()
    return f"{row.status}, {'' if kind == 'application/json' else f'`{kind}`: '}{_kind(told['schema'])}."


def _query(row: Row) -> tuple[dict[str, Any], list[str]]:
    operation = the_document("")["paths"][PREFIX + row.path][row.method.lower()]
    asked = [one for one in operation["parameters"] if one["in"] == "query"]
    fields = {one["name"]: {**one["schema"], "description": one["description"]} for one in asked}
    return fields, [one["name"] for one in asked if one["required"]]


def _structs() -> Iterator[str]:
    for name, schema in sorted(SCHEMAS.items()):
        if "properties" in schema and name not in HIDDEN:
            yield f"\n### {_title(name)}\n\n{schema['description']}\n\n| Field | Type | Meaning |\n|---|---|---|\n"
            yield from _fields(schema["properties"], schema.get("required", ()))


def _fields(properties: dict[str, Any], required: Collection[str]) -> Iterator[str]:
    for name, schema in properties.items():
        optional = "" if name in required else ", optional"
        yield f"| `{name}` | {_kind(schema)}{optional} | {schema.get('description', '')} |\n"


def _kind(schema: dict[str, Any]) -> str:
    """A type, in words that fit a table's cell."""
    match schema:
        case {"$ref": reference}:
            return _reference(reference.rpartition("/")[2])
        case {"anyOf": kinds}:
            return " or ".join(map(_kind, kinds))
        case {"enum": words}:
            return ", ".join(f"`{word}`" for word in words)
        case {"type": "array", "items": items}:
            return f"list of {_kind(items)}"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"object of {_kind(values)}"
        case {"format": "unix-time"}:
            return "time"
        case {"format": "binary"}:
            return "file"
        case {"type": kind}:
            return str(kind)
        case _:
            return "any"


def _reference(name: str) -> str:
    found = SCHEMAS[name]
    return _kind(found) if "enum" in found else f"[{_title(name)}](#{_title(name).lower()})"


def _named(kind: type) -> str:
    return _reference(kind.__name__)


def _title(name: str) -> str:
    """Page_KeyShown_ reads badly."""
    return name.strip("_").replace("_", "-")


def paths() -> set[str]:
    """As tests look for them in prose."""
    return {IN_PATH.sub("{}", row.path) for row in ENDPOINTS}
