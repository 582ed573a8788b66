"""What tests with the openai library say again and again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from tests.e2e.processes import requests

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionFunctionToolParam, ChatCompletionMessageParam

    from tests.e2e.processes import Google

MODEL = "gemini-2.5-flash"
THINKER = "gemini-3.6-flash"


class City(BaseModel):
    name: str
    people: int
    rivers: list[str]


def user(content: Any) -> ChatCompletionMessageParam:
    return {"role": "user", "content": content}


def tool(name: str) -> ChatCompletionFunctionToolParam:
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "description": f"Calls {name}", "parameters": schema}}


def sent(google: Google) -> Any:
    """The body of the last call that the fake Google received."""
    return json.loads(requests(google)[-1]["body"])
