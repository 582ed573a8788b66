"""Which Python the gateway is measured on: the system's, because the nginx beside it is the system's too.

How a Python was compiled matters: one that pyenv made without `--enable-optimizations` took 2.2 times as long for a
loop of calls and dictionaries as Debian's of the same version. What people run comes from their distribution or from
Docker's images.
"""

import shlex
import subprocess
import sys
from pathlib import Path

from bench.places import BUILD, ROOT

SYSTEM = Path("/usr/bin/python3")
FIT = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
LOCK = ROOT / "requirements" / "runtime.txt"
HOME = BUILD / "system-python"
INSTALLED = HOME / ".installed"
PIP = (str(HOME / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
STEPS = (
    (str(SYSTEM), "-m", "venv", "--clear", str(HOME)),
    (*PIP, "--require-hashes", "--requirement", str(LOCK)),
    (*PIP, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)),
)


def python_of_gateway(*, install: bool) -> Path:
    """The system's Python with the gateway in it where that can be had, else the one that runs the bench."""
    if Path(sys.base_prefix) == SYSTEM.parent.parent or not (install and _is_fit()):
        return Path(sys.executable)
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        print(f"Installing the gateway on {SYSTEM} ...", flush=True)
        for step in STEPS:
            if subprocess.run(step, check=False).returncode:
                print(f"That failed: {shlex.join(step)}. The gateway is measured on {sys.executable}.")
                return Path(sys.executable)
        INSTALLED.touch()
    return Path(PIP[0])


def version_of(python: Path) -> str:
    """As it tells it: `3.11.2`."""
    told = subprocess.run(
        [python, "-c", "import platform; print(platform.python_version())"], capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


def _is_fit() -> bool:
    return SYSTEM.exists() and subprocess.run([SYSTEM, "-c", FIT], check=False, capture_output=True).returncode == 0
