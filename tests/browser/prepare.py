"""A browser, and axe, before the tests that want them. Run by make; what can't be had is said here, once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from assets.npm import install
from tests.browser.chromium import ABSENT, found


def prepare() -> None:
    install(Path(__file__).parent)
    if found() is None:
        _fetch()
    if found() is None:
        sys.stderr.write(f"{ABSENT}\n")


def _fetch() -> None:
    """Debian's, where this is Debian and we may."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    sys.stdout.write("Installing Chromium ...\n")
    wanted = ["chromium", "fonts-noto-cjk"]
    for command in ([apt, "update", "-qq"], [apt, "install", "-y", "-qq", "--no-install-recommends", *wanted]):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    prepare()
