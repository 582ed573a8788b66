"""Read a JSON body into a declared message, or say in Google's words everything that does not fit its shape."""

from __future__ import annotations

import types
from collections.abc import Callable
from functools import cache
from typing import Annotated, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from gemini_balance.simulator.errors import GoogleError, bad_request, invalid_argument
from gemini_balance.simulator.json_types import Json
from gemini_balance.simulator.scalars import Scalar, UnfitError
from gemini_balance.simulator.schema import PACKAGE, Message

PAYLOAD = "Invalid JSON payload received."
# The wire name of a field that the OpenAPI description lists beside its plain twin.
OTHER_NAMES = {"response_json_schema": "_responseJsonSchema"}

Violations: TypeAlias = list[tuple[str, str]]
Reader: TypeAlias = Callable[[Json, str, Violations], object]
M = TypeVar("M", bound=Message)


def parse(body: bytes, message: type[M]) -> M:
    """The request that `body` spells; raises GoogleError 400 naming every unknown name and wrong value."""
    violations: Violations = []
    value = _decode(body)
    if not isinstance(value, dict):
        raise GoogleError(invalid_argument(f'{PAYLOAD} Unknown name "": Root element must be a message.'))
    read = _read_message(message, value, "", violations)
    if violations:
        raise GoogleError(bad_request(violations))
    assert isinstance(read, message)
    return read


def _decode(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        value: Json = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise GoogleError(invalid_argument(_syntax_error(body, str(error)))) from None
    return value


def _syntax_error(body: bytes, reason: str) -> str:
    if "truncated" in reason:
        return f"{PAYLOAD} Unexpected end of string. Expected a value.\n\n^"
    position = int(reason.rpartition("byte ")[2].rstrip(")")) if "byte " in reason else 0
    start = max(0, position - 20)
    snippet = body[start : position + 20].decode(errors="replace")
    return f"{PAYLOAD} Unexpected token.\n{snippet}\n{' ' * (position - start)}^"


def _read_message(message: type[Message], value: Json, path: str, violations: Violations) -> object:
    if not isinstance(value, dict):
        return _wrong(path, PACKAGE + (message.PROTO or message.__name__), value, violations)
    fields = _fields(message)
    found: dict[str, object] = {}
    for key, item in value.items():
        field = fields.get(key)
        if field is None:
            _unknown(key, path, "Cannot find field.", violations)
        elif item is not None:
            name, read = field
            found[name] = read(item, f"{path}.{name}" if path else name, violations)
    if message.ONEOF:
        _check_oneof(message, found, path, violations)
    # After a violation the values read are placeholders; nobody looks at them.
    return None if violations else message(**found)


def _check_oneof(message: type[Message], found: dict[str, object], path: str, violations: Violations) -> None:
    given = [name for name in found if name in message.ONEOF]
    for name in given[1:]:
        sentence = f"(oneof), oneof field '{message.ONEOF_NAME}' is already set. Cannot set '{camel(name)}'"
        violations.append((path, f"Invalid value at '{path}' {sentence}"))


def _unknown(key: str, path: str, reason: str, violations: Violations) -> None:
    place = f" at '{path}'" if path else ""
    violations.append((path, f'{PAYLOAD} Unknown name "{key}"{place}: {reason}'))


def _wrong(path: str, type_name: str, value: Json, violations: Violations, said: str = "") -> object:
    shown = said or msgspec.json.encode(value).decode()
    violations.append((path, f"Invalid value at '{path}' ({type_name}), {shown}"))
    return None


@cache
def _fields(message: type[Message]) -> dict[str, tuple[str, Reader]]:
    """Every spelling of every field of a message, with its proto name and its reader."""
    hints = get_type_hints(message, include_extras=True)
    spellings: dict[str, tuple[str, Reader]] = {}
    for name in message.__struct_fields__:
        field = (name, _reader(hints[name]))
        for spelling in (name, camel(name), OTHER_NAMES.get(name, name)):
            spellings[spelling] = field
    return spellings


def _reader(hint: object) -> Reader:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (types.UnionType, Union):
        return _reader(next(argument for argument in arguments if argument is not types.NoneType))
    if origin is Annotated:
        return _scalar(next(extra for extra in arguments if isinstance(extra, Scalar)))
    if origin is list:
        return _repeated(_reader(arguments[0]), of=_scalar_name(arguments[0]))
    if origin is dict:
        return _struct if arguments[1] is object else _map(_reader(arguments[1]))
    if isinstance(hint, type) and issubclass(hint, Message):
        return _message(hint)
    return _anything


def _message(message: type[Message]) -> Reader:
    def read(value: Json, path: str, violations: Violations) -> object:
        if isinstance(value, list):
            return _no_list(path, violations)
        return _read_message(message, value, path, violations)

    return read


def _scalar(scalar: Scalar) -> Reader:
    def read(value: Json, path: str, violations: Violations) -> object:
        if isinstance(value, list):
            return _no_list(path, violations)
        try:
            return scalar.read(value)
        except UnfitError as unfit:
            return _wrong(path, scalar.name, value, violations, said=str(unfit))

    return read


def _scalar_name(hint: object) -> str | None:
    return next((extra.name for extra in get_args(hint) if isinstance(extra, Scalar)), None)


def _repeated(read_item: Reader, of: str | None) -> Reader:
    """A list of scalars named `of`, or of messages when that is None."""

    def read(value: Json, path: str, violations: Violations) -> object:
        if isinstance(value, list):
            return [read_item(item, f"{path}[{index}]", violations) for index, item in enumerate(value)]
        if of is not None:
            return _wrong(path, of, value, violations)
        # Google's own curl samples write `"parts": {"text": …}`: one object stands for a list of one.
        return [read_item(value, path, violations)]

    return read


def _map(read_value: Reader) -> Reader:
    def read(value: Json, path: str, violations: Violations) -> object:
        if not isinstance(value, dict):
            return _wrong(path, "TYPE_MESSAGE", value, violations)
        return {
            key: read_value(item, f"{path}[{index}].value", violations)
            for index, (key, item) in enumerate(value.items())
        }

    return read


def _struct(value: Json, path: str, violations: Violations) -> object:
    if isinstance(value, dict):
        return value
    return _wrong(path, "type.googleapis.com/google.protobuf.Struct", value, violations)


def _anything(value: Json, path: str, violations: Violations) -> object:
    return value


def _no_list(path: str, violations: Violations) -> object:
    parent, _, name = path.rpartition(".")
    _unknown(name, parent, "Proto field is not repeating, cannot start list.", violations)
    return None


def camel(name: str) -> str:
    """The JSON spelling of a proto field."""
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)
