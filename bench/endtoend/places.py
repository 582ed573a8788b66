"""Where programs of the bench that run in other folders find their code."""

import os

from bench.places import ROOT
from bench.processes import bare_environment


def our_environment() -> dict[str, str]:
    """For a process that is to import what we import."""
    return {**bare_environment(), "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
