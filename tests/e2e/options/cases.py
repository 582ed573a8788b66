"""What is seen of an option from outside: one look for each row of the table, before and after it changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.e2e.processes import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gemini_balance.core.options import Json
    from tests.e2e.options.running import Running
    from tests.e2e.processes import Answer

    Look = Callable[[Running], object]

MODEL = "gemini-2.5-flash"


@dataclass(frozen=True)
class Case:
    """`look` sees `before`, and once the option is `value` it sees `after`; `environment` is the gateway's.

    `keeps`: it has a database for its journal, a file.
    """

    name: str
    value: Json
    look: Look
    before: object
    after: object
    keeps: bool
    environment: dict[str, str]


def case(
    name: str, value: Json, *, before: object, after: object, keeps: bool = False, **environment: str
) -> Callable[[Look], Case]:
    """The decorated function is its look; it may be taken any number of times."""
    return lambda look: Case(name, value, look, before, after, keeps, environment)


def by_name(*modules: object) -> dict[str, Case]:
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Case)]
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def chat(gateway: Running, text: object = "Hello", *, model: str = MODEL, **fields: Any) -> Answer:
    body = {"model": model, "messages": [{"role": "user", "content": text}], **fields}
    return gateway.request("POST", "/hf/v1/chat/completions", json.dumps(body).encode())


def fresh(gateway: Running) -> str:
    """Text that no other prompt has: the fake Google counts what it does by the prompt."""
    gateway.asked += 1
    return f"Question {gateway.asked}."


def said(gateway: Running, text: object = "Hello", **fields: Any) -> Any:
    """The message of a chat."""
    answer = chat(gateway, text, **fields)
    assert answer.status == 200, answer.body
    return answer.json["choices"][0]["message"]


def deltas(gateway: Running, text: str) -> list[str]:
    """The texts of a streamed chat's chunks, but for empty ones."""
    return [text for line in chat(gateway, text, stream=True).body.splitlines() if (text := text_in(line))]


def text_in(line: bytes) -> str:
    """Of a streamed chat."""
    choices = json.loads(line[6:])["choices"] if line.startswith(b"data: {") else []
    return str(choices[0]["delta"].get("content") or "") if choices else ""


def heartbeats(gateway: Running, text: str) -> int:
    """Comments in a streamed chat."""
    return sum(line.startswith(b":") for line in chat(gateway, text, stream=True).body.splitlines())


def listed(gateway: Running) -> set[str]:
    """Names of models."""
    return {one["id"] for one in gateway.request("GET", "/v1/models").json["data"]}


def sent(gateway: Running, text: object = "Hello", **fields: Any) -> Any:
    """The body that Google got of a chat."""
    assert chat(gateway, text, **fields).status == 200
    return json.loads(requests(gateway.google)[-1]["body"])


def calls(gateway: Running, act: Callable[[], object]) -> list[Any]:
    """What Google was asked while this happened."""
    before = len(requests(gateway.google))
    act()
    return requests(gateway.google)[before:]


def paths(asked: Iterable[Any]) -> list[str]:
    return [one["path"] for one in asked]
