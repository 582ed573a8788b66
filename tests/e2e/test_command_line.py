"""The command line: what can't be started says why, in words and without a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def serve(folder: Path, **settings: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "gemini_balance", "serve"]
    environment = {"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": "0"} | settings
    ended = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "many", "port"),
        ("API_KEYS", '["AIzaSecret with a space"]', "printable characters"),
        ("API_KEYS", '[{"key": "AIzaSecretKey", "wieght": 2}]', "wieght"),
        ("MAX_RETRIES", "often", "MAX_RETRIES: 'often' is not a whole number"),
        ("TIME_OUT", "0", "TIME_OUT must be between 1 and 3600"),
        ("BASE_URL", "ftp://google.example", "is not an http:// or https:// address"),
        ("TRUSTED_PROXIES", "10.0.0.0/99", "10.0.0.0/99"),
        ("ALLOWED_MEDIA_HOSTS", "10.0.0.0/99", "10.0.0.0/99"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_no_secret_is_shown(
    tmp_path: Path, name: str, value: str, says: str
) -> None:
    code, output = serve(tmp_path, **{name: value})
    assert code == 1
    assert says in output
    assert "Traceback" not in output
    assert "AIzaSecret" not in output
