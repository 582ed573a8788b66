"""Where the browser is."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ABSENT = "No Chromium is on this machine: its tests are skipped. Install one (on Debian: apt install chromium)."
ARGUMENTS = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def found() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
