"""The manual's Python program, run by Python as it stands there but for host and token."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.e2e.manual.reading import filled
from tests.e2e.processes import TOKEN, requests

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.manual.reading import Section
    from tests.e2e.processes import GatewayProcess

ASKED = re.compile(r'"content": "([^"]+)"')
CALL = "chat.completions.create("


def test_the_program_prints_each_answer_in_full(
    sections: dict[str, Section], presumed: GatewayProcess, tmp_path: Path
) -> None:
    (program,) = sections["4"].programs
    (tmp_path / "program.py").write_text(filled(program, f"127.0.0.1:{presumed.port}", TOKEN, ""))
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    prompts = ASKED.findall(program)
    assert len(prompts) == program.count(CALL) == 3
    places = [done.stdout.index(prompt) for prompt in prompts]
    assert places == sorted(places)
    assert done.stdout.endswith("\n")
    sent = requests(presumed.google)
    methods = [one["path"].rpartition(":")[2].partition("?")[0] for one in sent]
    assert methods == ["generateContent", "generateContent", "streamGenerateContent"]
    assert ["googleSearch" in json.dumps(json.loads(one["body"]).get("tools", [])) for one in sent] == [
        False,
        True,
        False,
    ]
