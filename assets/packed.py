"""The build packs what `make assets` fetched; it never uses the network or Node itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.append(str(Path(__file__).parents[1]))  # the build runs this file by its path

from assets.vendor import missing

UNFETCHED = "The console's assets have not been fetched. Run `make assets`, then build again."


def check(version: str) -> None:
    """Raises SystemExit with the sentence. What is installed in place (`editable`) may fetch them later."""
    if version != "editable" and missing():
        raise SystemExit(UNFETCHED)


class AssetsArePacked(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        check(version)
