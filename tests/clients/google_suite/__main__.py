"""google-genai's own tests in API mode: what passes at the fake Google passes through the gateway."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import certifi
from google import genai

from tests.clients.google_suite import material
from tests.clients.google_suite.differences import DIFFERENCES

ROOT = Path(__file__).parents[3]
OURS = "tests.clients.google_suite.plugin"
PYTEST = ("-P", "-m", "pytest", "-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", OURS, "--mode=api")
QUIET = ("-q", "--tb=short", "-W", "ignore", "-p", "no:cacheprovider", "-o", "consider_namespace_packages=true")
BOUNDS = ("--timeout=60", "--show-capture=no")
RUN_SECONDS = 900
FINISHED = (0, 1)  # pytest's codes for a run to the end, without and with failures
AUTHORITY = "authority.pem"
LAST_LINE = "-----END CERTIFICATE-----\n"
RESULTS = "results.json"
WORK = "work"


@dataclass(frozen=True)
class Server:
    """Who answers, and what it takes for a key."""

    url: str
    key: str


@dataclass(frozen=True)
class Run:
    """The tests that passed, of them those that connected to the server, and what pytest said."""

    passed: frozenset[str]
    reached: frozenset[str]
    told: str


def copied(home: Path) -> Path:
    """The library in a folder of its own, with the files that its tests want beside them."""
    library = home / "google" / "genai"
    shutil.copytree(Path(str(genai.__file__)).parent, library, ignore=shutil.ignore_patterns("__pycache__"))
    # Nobody speaks TLS here, but each client reads all authorities first: half of the suite's time.
    authority, end, _ = Path(certifi.where()).read_text().partition(LAST_LINE)
    (home / AUTHORITY).write_text(authority + end)
    material.write(library / "tests" / "data")
    material.write(home / WORK / "tests" / "data")
    return library / "tests"


def environment(home: Path, server: Server, chosen: frozenset[str]) -> dict[str, str]:
    """Everything that the suite, its client and our plugin look for, and nothing of the caller's but PATH."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": f"{home}:{ROOT}",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "GOOGLE_API_KEY": server.key,
        "GOOGLE_GENAI_REPLAYS_DIRECTORY": str(home / "replays"),
        "GOOGLE_GENAI_RUN_GEMINI_ONLY_IN_API_MODE": "1",
        "NO_GCE_CHECK": "true",
        "SSL_CERT_FILE": str(home / AUTHORITY),
        "GOOGLE_URL": os.environ["GOOGLE_URL"],
        "SUITE_SERVER": server.url,
        "SUITE_RESULTS": str(home / RESULTS),
        "SUITE_TESTS": "\n".join(chosen),
    }


def run(tests: Path, server: Server, chosen: frozenset[str] = frozenset()) -> Run:
    """The whole suite, or the chosen tests."""
    home = tests.parents[2]
    done = subprocess.run(
        (sys.executable, *PYTEST, *QUIET, *BOUNDS, str(tests)),
        cwd=home / WORK,
        env=environment(home, server, chosen),
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_SECONDS,
    )
    assert done.returncode in FINISHED, f"{done.stdout}\n{done.stderr}"
    told = json.loads((home / RESULTS).read_text())
    passed = frozenset(name for name, test in told.items() if test["outcome"] == "passed")
    return Run(passed, frozenset(name for name in passed if told[name]["reached"]), done.stdout)


def main() -> int:
    """Both runs, and what came of them; the last line is the figure. 1 where the list of differences isn't exact."""
    google = Server(os.environ["GOOGLE_URL"], "AIzaSim-amber-1")
    gateway = Server(os.environ["GATEWAY_URL"], os.environ["TOKEN"])
    with tempfile.TemporaryDirectory() as folder:
        tests = copied(Path(folder))
        direct = run(tests, google)
        through = run(tests, gateway, direct.reached)
    lost = {short(name) for name in direct.reached - through.passed}
    unexplained = sorted(lost ^ DIFFERENCES.keys())
    print(f"At Google: {direct.told.splitlines()[-1]}")
    if unexplained:
        print(through.told, "Not what differences.py says:", *unexplained, sep="\n")
    print(f"{len(direct.passed - direct.reached)} passed without a server, {len(direct.reached)} at Google's, here")
    print(f"{len(through.passed)} passed, {len(lost)} xfailed")
    return int(bool(unexplained))


def short(name: str) -> str:
    """A test's file in the suite and its function."""
    return name.rpartition("google/genai/tests/")[2].partition("[")[0]


sys.exit(main())
