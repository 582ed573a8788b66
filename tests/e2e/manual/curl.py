"""The manual's commands given to a shell as they stand; curl is told apart from them to keep what it heard."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.e2e.processes import Answer

if TYPE_CHECKING:
    from pathlib import Path

HEARD = "heard.txt"
CONFIG = f'silent\nshow-error\nmax-time = 60\ndump-header = "{HEARD}"\n'


def run(command: str, folder: Path) -> Answer:
    """What the command's one request was answered with, and what it wrote to its output. `folder` is empty."""
    (folder / ".curlrc").write_text(CONFIG)
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "CURL_HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, timeout=90)
    assert done.returncode == 0, done.stderr.decode()
    status, *lines = (folder / HEARD).read_text().splitlines()
    headers = dict(line.split(": ", 1) for line in lines if line)
    return Answer(int(status.split()[1]), {name.lower(): value for name, value in headers.items()}, done.stdout)
