"""The standard tests meet a model that can't think and no internet: each gets what it needs from here."""

from __future__ import annotations

import json
import os
import struct
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOGLE = os.environ["GOOGLE_URL"]
FILES = {
    "png": b"\x89PNG\r\n\x1a\n" + bytes(24),
    "pdf": b"%PDF-1.4\n%%EOF\n",
    "wav": b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(28),
}


def calls(name: str, **arguments: object) -> str:
    return f"call={name} args={json.dumps(json.dumps(arguments))}"


def says(value: object) -> str:
    return f"text={json.dumps(json.dumps(value))}"


# What a model that understands the test's prompt would do: the prompts are the library's and can't hold directives.
UNDERSTOOD = {
    "test_tool_calling": calls("magic_function", input=3),
    "test_tool_calling_async": calls("magic_function", input=3),
    "test_structured_few_shot_examples": calls("my_adder_tool", a=1, b=2),
    "test_unicode_tool_call_integration": calls("unicode_customer", customer_name="你好 こんにちは", description="🎉"),
    "test_agent_loop": calls("get_weather", location="San Francisco"),
    "test_json_mode": says({"setup": "Why?", "punchline": "Because."}),
}


@pytest.fixture(autouse=True)
def understood(request: pytest.FixtureRequest) -> Iterator[None]:
    name = request.node.originalname
    httpx.post(f"{GOOGLE}/__control", json={"directives": UNDERSTOOD.get(name, "")}).raise_for_status()
    yield
    httpx.post(f"{GOOGLE}/__control", json={"directives": ""}).raise_for_status()


@pytest.fixture(autouse=True)
def no_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests download their pictures, sounds and papers; here they are made."""

    def get(url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, content=FILES[url.rpartition(".")[2].lower()])

    monkeypatch.setattr(httpx, "get", get)
    monkeypatch.setenv("LANGCHAIN_TESTS_USER_AGENT", "gemini-balance")
