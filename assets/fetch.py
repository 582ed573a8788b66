"""Other people's code that the console serves, as the lock beside this pins it, into the folder that is packed."""

from __future__ import annotations

import shutil
from pathlib import Path

from assets.npm import install
from assets.vendor import FILES, VENDOR


def fetch() -> None:
    here = Path(__file__).parent
    install(here)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        shutil.copyfile(here / "node_modules" / source, VENDOR / name)


if __name__ == "__main__":
    fetch()
