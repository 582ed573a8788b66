"""The user's manual taken apart: the commands, request bodies and programs in it, each under its section's number.

The manual is not ours to change, and no copy of it is kept: it is read where it lies.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass
from typing import Any, NamedTuple

HOST, TOKEN, IMAGE, MODEL = "<your-gemini-balance-host>:8000", "<your-token>", "<image_url>", "{model_name}"
PLACEHOLDERS = re.compile(r"<your-[^>]*>|<image_url>|\{model_name\}")
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", re.MULTILINE)
FENCE = "```"
BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
ENDPOINT = re.compile(r"`([A-Z]+) (/\S+)`")
NAMED_MODEL = re.compile(r"models/([\w.-]+):")


class Endpoint(NamedTuple):
    """Where a section's request body goes."""

    method: str
    path: str


@dataclass(frozen=True)
class Section:
    """`commands` are for a shell, `programs` are Python, `bodies` are JSON, `headers` is a block of HTTP's."""

    number: str
    text: str

    @property
    def commands(self) -> list[str]:
        return self._blocks("bash")

    @property
    def programs(self) -> list[str]:
        return self._blocks("python")

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(block) for block in self._blocks("json")]

    @property
    def headers(self) -> list[dict[str, str]]:
        return [dict(line.split(": ", 1) for line in block.splitlines()) for block in self._blocks("http")]

    @property
    def endpoint(self) -> Endpoint:
        """A path that leaves the model open has the one of the section's own command."""
        found = ENDPOINT.search(self.text)
        assert found, f"section {self.number} names no endpoint"
        method, path = found.groups()
        if MODEL in path:
            named = NAMED_MODEL.search(self.commands[0])
            assert named, f"section {self.number} names no model"
            path = path.replace(MODEL, named[1])
        return Endpoint(method, path)

    def _blocks(self, language: str) -> list[str]:
        return [textwrap.dedent(block) for kind, block in BLOCK.findall(self.text) if kind == language]


def sections_of(manual: str) -> dict[str, Section]:
    """By their numbers, such as 2.1; what stands before the first one is left out."""
    pieces = HEADING.split(manual)[1:]
    return {number: Section(number, text) for number, text in zip(pieces[::2], pieces[1::2], strict=True)}


def filled(text: str, host: str, token: str, image: str) -> str:
    """With an address, a token and a picture's address (without its scheme) in the places left for them."""
    filled = text.replace(HOST, host).replace(TOKEN, token).replace(IMAGE, image)
    assert not PLACEHOLDERS.search(filled), PLACEHOLDERS.findall(filled)
    return filled
