"""Every curl command and every request body of the manual, as it stands there but for host and token."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.manual.checks import CHECKS
from tests.e2e.manual.curl import run
from tests.e2e.manual.reading import BLOCK, FENCE, filled
from tests.e2e.processes import TOKEN, Answer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.manual.reading import Section
    from tests.e2e.processes import GatewayProcess

COMMANDS = tuple(CHECKS)
PROGRAMS = ("4",)
SAVED = "speech.wav"
HOST_OF_A_PICTURE = re.compile(r"(?<=https://)[\w.]+(?=/)")
WRONG = "sk-nobody"
CODES = {"openai": "invalid_api_key", "native": 401}


def test_nothing_in_the_manual_is_left_out(manual: str, sections: dict[str, Section]) -> None:
    counted = {number: (len(one.commands), len(one.bodies), len(one.programs)) for number, one in sections.items()}
    assert {number: counts for number, counts in counted.items() if any(counts)} == (
        dict.fromkeys(COMMANDS, (1, 1, 0)) | dict.fromkeys(PROGRAMS, (0, 0, 1))
    )
    assert len(sections["1"].headers) == 1
    assert len(re.findall(r"\bcurl ", manual)) == len(COMMANDS) == 8
    assert len(BLOCK.findall(manual)) * 2 == manual.count(FENCE) == 2 * (8 + 8 + 1 + 1)


@pytest.mark.parametrize("number", COMMANDS)
def test_a_command_is_answered_whole_and_right(
    number: str, sections: dict[str, Section], presumed: GatewayProcess, pictures: str, tmp_path: Path
) -> None:
    (command,) = sections[number].commands
    command = filled(command, f"127.0.0.1:{presumed.port}", TOKEN, f"{pictures}/a.png")
    answer = run(command, tmp_path)
    if "--output" in command:
        assert answer.body == b""
        answer = Answer(answer.status, answer.headers, (tmp_path / SAVED).read_bytes())
    CHECKS[number](answer, _data(command), presumed.google)


@pytest.mark.parametrize("number", COMMANDS)
def test_a_request_body_is_answered_whole_and_right(
    number: str, sections: dict[str, Section], presumed: GatewayProcess, pictures: str
) -> None:
    """With the headers that section 1 demands of every request."""
    (asked,), (headers,) = sections[number].bodies, sections["1"].headers
    body = HOST_OF_A_PICTURE.sub(pictures, json.dumps(asked)).encode()
    method, path = sections[number].endpoint
    told = {name: filled(value, "", TOKEN, "") for name, value in headers.items()}
    CHECKS[number](presumed.request(method, path, body, told), asked, presumed.google)


@pytest.mark.parametrize("number", COMMANDS)
def test_a_wrong_token_is_401_in_the_callers_own_format(
    number: str, sections: dict[str, Section], presumed: GatewayProcess, pictures: str, tmp_path: Path
) -> None:
    (command,) = sections[number].commands
    answer = run(filled(command, f"127.0.0.1:{presumed.port}", WRONG, f"{pictures}/a.png"), tmp_path)
    error = json.loads((tmp_path / SAVED).read_bytes() if "--output" in command else answer.body)["error"]
    dialect = "native" if number == "3" else "openai"
    assert (answer.status, error["code"]) == (401, CODES[dialect])
    assert "ALLOWED_TOKENS" in error["message"]


def _data(command: str) -> Any:
    """What the command sends."""
    found = re.search(r"-d '(.*?)'", command, re.DOTALL)
    assert found
    return json.loads(found[1])
