"""What a stranger does first: clone, one command, the official library."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import openai
import pytest

from tests.e2e.processes import free_port

if TYPE_CHECKING:
    from pathlib import Path

MINUTES = 5


@pytest.mark.prove
@pytest.mark.timeout(MINUTES * 60)
def test_a_fresh_clone_answers_the_openai_library_after_one_command(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    clone, port = tmp_path / "clone", free_port()
    subprocess.run(["git", "clone", "--quiet", str(request.config.rootpath), str(clone)], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
    demo = subprocess.Popen(["make", "demo", f"PORT={port}"], cwd=clone, env=environment, start_new_session=True)
    try:
        assert "Hello" in _answer(port)
    finally:
        os.killpg(demo.pid, signal.SIGTERM)
        demo.wait(20)


def _answer(port: int) -> str:
    """Asks until the demo is up; installing it takes most of the time."""
    until = time.monotonic() + (MINUTES - 1) * 60
    with openai.OpenAI(base_url=f"http://127.0.0.1:{port}/hf/v1", api_key="sk-demo", max_retries=0) as client:
        while True:
            try:
                answer = client.chat.completions.create(
                    model="gemini-flash-latest", messages=[{"role": "user", "content": "Hello"}]
                )
            except openai.APIConnectionError:
                assert time.monotonic() < until
                time.sleep(0.5)
            else:
                return answer.choices[0].message.content or ""
