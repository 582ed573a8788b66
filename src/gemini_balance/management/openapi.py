"""The OpenAPI document, made of the table of endpoints."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.core.errors import (
    BadRequest,
    Forbidden,
    GatewayError,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyAttempts,
    UnsupportedMediaType,
)
from gemini_balance.core.session_cookie import OVER_TLS
from gemini_balance.management.answers import MEANINGS, Failed
from gemini_balance.management.endpoint import EVENTS, JSON, PREFIX, TAR, Access, Nothing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.management.endpoint import Row

Document = dict[str, Any]  # JSON of no fixed shape
REFERENCE = "#/components/schemas/{name}"
IN_PATH = re.compile(r"{(\w+)}")
WRITTEN: dict[str, Document] = {EVENTS: {"type": "string"}, TAR: {"type": "string", "format": "binary"}}
"""Of answers that are no JSON."""
ABOUT = (
    "What the console does, as JSON. Send `Authorization: Bearer TOKEN` with the operator's token; a session's "
    "cookie is taken from the gateway's own pages. Times are seconds since 1970."
)


def document(endpoints: Iterable[Row], version: str) -> Document:
    rows = tuple(endpoints)
    schemas, components = _schemas(rows)
    queries = {row.query: components.pop(row.query.__name__) for row in rows if row.query.__name__ in components}
    paths: dict[str, Document] = {}
    for row in rows:
        told = _operation(row, schemas, queries.get(row.query))
        paths.setdefault(PREFIX + row.path, {})[row.method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gemini Balance: management", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": _failures(rows, schemas),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": OVER_TLS},
            },
        },
        "security": [{"token": []}, {"session": []}],
    }


def errors_of(row: Row) -> list[type[GatewayError]]:
    """All that may leave it, by their statuses."""
    found: set[type[GatewayError]] = {BadRequest, Forbidden, *row.errors}
    if row.access is not Access.ANYBODY:
        found |= {NotSignedIn, TooManyAttempts}
    if row.takes_body:
        found |= {TooLarge, UnsupportedMediaType}
    if IN_PATH.search(row.path):
        found.add(NotFound)
    return sorted(found, key=lambda error: error.status)


def _schemas(rows: tuple[Row, ...]) -> tuple[dict[object, Document], Document]:
    kinds = list(dict.fromkeys(kind for row in rows for kind in (row.body, row.query, row.answer) if _is_told(kind)))
    references, components = msgspec.json.schema_components([*kinds, Failed], ref_template=REFERENCE)
    return dict(zip([*kinds, Failed], references, strict=True)), _forgiving(components)


def _forgiving(schema: Any) -> Any:
    """Of what is a set here, doubles are taken once, not refused."""
    if isinstance(schema, dict):
        return {name: _forgiving(value) for name, value in schema.items() if name != "uniqueItems"}
    return [_forgiving(value) for value in schema] if isinstance(schema, list) else schema


def _is_told(kind: object) -> bool:
    return kind is not None and kind is not Nothing


def _operation(row: Row, schemas: dict[object, Document], query: Document | None) -> Document:
    told: Document = {"operationId": row.name, "summary": row.summary, "tags": [row.group]}
    parameters = [*_path_parameters(row), *_query_parameters(query)]
    if parameters:
        told["parameters"] = parameters
    if row.takes_body:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas[row.body]}}}
    if row.access is Access.ANYBODY:
        told["security"] = []
    told["responses"] = _responses(row, schemas)
    return told


def _path_parameters(row: Row) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in IN_PATH.findall(row.path)
    ]


def _query_parameters(query: Document | None) -> list[Document]:
    if query is None:
        return []
    return [_query_parameter(name, one, name in query["required"]) for name, one in query["properties"].items()]


def _query_parameter(name: str, schema: Document, required: bool) -> Document:
    about = schema.get("description", "")
    shape = {key: value for key, value in schema.items() if key != "description"}
    return {"name": name, "in": "query", "required": required, "description": about, "schema": shape}


def _responses(row: Row, schemas: dict[object, Document]) -> Document:
    told: Document = {str(204 if row.answer is None else row.status): _success(row, schemas)}
    for error in errors_of(row):
        told[str(error.status)] = {"$ref": f"#/components/responses/{error.__name__}"}
    return told


def _failures(rows: tuple[Row, ...], schemas: dict[object, Document]) -> Document:
    named = dict.fromkeys(error for row in rows for error in errors_of(row))
    content = {JSON: {"schema": schemas[Failed]}}
    return {error.__name__: {"description": MEANINGS[error], "content": content} for error in named}


def _success(row: Row, schemas: dict[object, Document]) -> Document:
    if row.answer is None:
        return {"description": HTTPStatus.NO_CONTENT.phrase}
    schema = WRITTEN.get(row.kind) or schemas[row.answer]
    return {"description": HTTPStatus(row.status).phrase, "content": {row.kind: {"schema": schema}}}
