"""A call as a command that anybody can repeat."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import Operation

if TYPE_CHECKING:
    from gemini_balance.gateway.calls import KeptCall

TOKEN = "YOUR_TOKEN"  # noqa: S105  (a word that stands for one)
BEARER, HEADERS = "Authorization: Bearer ", {"native": "x-goog-api-key: "}
HELLO = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}
MESSAGES = [{"role": "user", "content": "Hello"}]
NATIVE = {Operation.GENERATE: HELLO, Operation.STREAM: HELLO, Operation.COUNT_TOKENS: HELLO}
MADE = {
    Operation.EMBEDDINGS: {"input": "Hello"},
    Operation.IMAGES: {"prompt": "A red bicycle"},
    Operation.SPEECH: {"input": "Hello", "voice": "Kore"},
}
"""What is sent where what was sent is not kept: the least that the operation takes."""
LISTS = (Operation.LIST_MODELS, Operation.GET_MODEL)


def curl(call: KeptCall, address: str) -> str:
    """`address`: the gateway's own. With the body that was sent, where it is kept."""
    method, path, body = _request(call)
    lines = [f"curl {shlex.quote(address + path)}", f"-H '{HEADERS.get(call.dialect, BEARER)}{TOKEN}'"]
    if method not in ("GET", "POST"):
        lines.insert(1, f"-X {shlex.quote(method)}")
    if method != "GET":
        lines += ["-H 'Content-Type: application/json'", f"--data-raw {shlex.quote(body)}"]
    return " \\\n  ".join(lines)


def _request(call: KeptCall) -> tuple[str, str, str]:
    model = call.model_asked or call.model_used
    if call.error is not None:
        fitting = _body(call, model) if call.error.method != "GET" else ""
        return call.error.method, call.error.path, call.error.body or fitting
    if call.operation in LISTS:
        return "GET", "/v1/models", ""
    return "POST", _path(call, model), _body(call, model)


def _path(call: KeptCall, model: str) -> str:
    if call.dialect == "native":
        stream = "?alt=sse" if call.operation == Operation.STREAM else ""
        return f"/v1beta/models/{model}:{call.operation}{stream}"
    made = call.operation in MADE
    return f"/v1/{call.operation}" if made else "/v1/chat/completions"


def _body(call: KeptCall, model: str) -> str:
    if call.dialect == "native":
        return _json(NATIVE.get(Operation(call.operation), HELLO) if call.operation in set(Operation) else HELLO)
    if call.operation in MADE:
        return _json({"model": model} | MADE[Operation(call.operation)])
    stream = {"stream": True} if call.operation == Operation.STREAM else {}
    return _json({"model": model, "messages": MESSAGES} | stream)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
