"""The commands about keys say the same of a server that runs as of a database beside them."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gemini_balance.cli import main
from gemini_balance.cli.remote import Remote
from gemini_balance.cli.remote_keys import RemoteKeyDesk
from gemini_balance.core.keys import key_id
from gemini_balance.gateway.key_views import ALL, only
from tests.e2e.management.commands import run, told
from tests.e2e.management.conftest import begun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.management.conftest import Operated

ANNA, BERT, DEAD, STUCK = "AIzaSim-anna-1", "AIzaSim-bert-1", "AIzaSim-dora-1-dead", "AIzaSim-sten-1"
TABLE = f"key,label,tags,weight\n{BERT},Bert,day eu,2\n{BERT},,,\n{ANNA},,,\nAIza…wxyz,,,\n{DEAD},,,heavy\n"
SETTINGS = f'API_KEYS=["{DEAD}"]\nALLOWED_TOKENS=sk-1234567890abcdef\n'
JOURNEY: list[tuple[tuple[str, ...], str]] = [
    (("add", "-", "--force", "--label", "Anna", "--tag", "night", "--project", "p", "--weight", "2"), ANNA),
    (("add", ANNA, "--json"), ""),
    (("add", "AIza…wxyz", "--force"), ""),
    (("add", BERT, "--weight", "0"), ""),
    (("import", "-", "--dry-run", "--json"), TABLE),
    (("import", "-"), TABLE),
    (("list",), ""),
    (("import", "-", "--force", "--json"), TABLE),
    (("import", "-", "--force"), SETTINGS),
    (("import", "-"), "nothing that is a key"),
    (("list",), ""),
    (("list", "--json", "--tag", "", "--tier", "free"), ""),
    (("list", "--text", "BERT", "--project", ""), ""),
    (("list", key_id(DEAD), key_id(ANNA), "--tag", "night"), ""),
    (("list", key_id(ANNA), "groups"), ""),
    (("export", "--plain"), ""),
    (("export", "--format", "json", "--json", key_id(ANNA)), ""),
    (("export", "--format", "env", "--tag", "nobody has this"), ""),
    (("check",), ""),
    (("check", "--json", key_id(ANNA)), ""),
    (("list", "--state", "invalid"), ""),
    (("reset", "--state", "invalid"), ""),
    (("disable", "--project", "p"), ""),
    (("list", "--reason", "operator"), ""),
    (("enable", "--all", "--json"), ""),
    (("remove",), ""),
    (("remove", "a key/of?none"), ""),
    (("remove", key_id(DEAD)), ""),
    (("list",), ""),
]


@pytest.fixture(scope="module")
def empty(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with begun(running_google, tmp_path_factory.mktemp("keyless"), API_KEYS="") as operated:
        yield operated


def said(result: Result) -> tuple[int, str, str]:
    """All but the moments."""
    moments = re.compile(r'since \d{4}-\d\d-\d\d \d\d:\d\d UTC|"(since|created)": \d+(\.\d+)?')
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, moments.sub("then", result.stdout), moments.sub("then", result.stderr)


def test_every_command_ends_and_says_the_same_on_a_server_as_on_a_database(
    google: RunningSimulator, empty: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    local = {"API_KEYS": "", "BASE_URL": f"{google.url}/v1beta", "GEMINI_BALANCE_SERVER": None, "DATABASE_URL": None}
    codes = set()
    for words, stdin in JOURNEY:
        there = said(run(empty, "keys", *words, stdin=stdin))
        here = said(CliRunner().invoke(main, ["keys", *words], stdin, env=local))
        assert (words, *there) == (words, *here)
        codes.add(there[0])
    assert codes == {0, 1, 2, 3}
    left = told(empty, "keys", "list")["keys"]
    assert [(one["id"], one["state"]) for one in left] == [(key_id(ANNA), "ready"), (key_id(BERT), "ready")]
    assert [one["id"] for one in empty.ask("GET", "/keys").json["items"]] == [key_id(ANNA), key_id(BERT)]


def test_a_check_on_a_server_tells_how_far_it_is(operated: Operated, google: RunningSimulator) -> None:
    steps: list[tuple[int, int]] = []
    desk = RemoteKeyDesk(Remote(operated.running.url, operated.session))
    job = asyncio.run(desk.check(ALL, lambda *step: steps.append(step)))
    assert (steps[-1], sorted(job.results)) == ((3, 3), ["well"])


@pytest.fixture
def stuck(empty: Operated) -> Iterator[str]:
    """A key whose check goes on and on, since its proxy never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert run(empty, "keys", "add", "-", "--force", "--proxy", proxy, stdin=STUCK).exit_code == 0
        yield key_id(STUCK)
        assert run(empty, "keys", "remove", key_id(STUCK)).exit_code == 0


def test_a_check_that_is_left_ends_on_the_server(empty: Operated, stuck: str) -> None:
    desk = RemoteKeyDesk(Remote(empty.running.url, empty.session))

    async def left() -> None:
        async with asyncio.timeout(0.5):
            await desk.check(only(stuck), lambda *_: None)

    with pytest.raises(TimeoutError):
        asyncio.run(left())
    (job, *_) = empty.ask("GET", "/jobs").json["items"]
    assert (job["cancelled"], job["done"], job["total"]) == (True, 0, 1)


def test_a_check_that_is_ended_by_somebody_else_is_no_good_news(empty: Operated, stuck: str) -> None:
    before = len(empty.ask("GET", "/jobs").json["items"])

    def end_it() -> None:
        until = time.monotonic() + 10
        while len(jobs := empty.ask("GET", "/jobs").json["items"]) == before and time.monotonic() < until:
            time.sleep(0.05)
        empty.ask("DELETE", f"/jobs/{jobs[0]['id']}")

    other = threading.Thread(target=end_it)
    other.start()
    checked = run(empty, "keys", "check", stuck)
    other.join()
    assert (checked.exit_code, "ended on the server, after 0 of 1 keys" in checked.output) == (1, True)


def test_what_an_export_with_secrets_writes_is_told_in_the_servers_history(
    operated: Operated, google: RunningSimulator, tmp_path: Path
) -> None:
    path = tmp_path / "keys.json"
    done = run(operated, "keys", "export", "--plain", "--format", "json", "--output", str(path))
    assert (done.exit_code, done.output, path.stat().st_mode & 0o777) == (0, "", 0o600)
    assert len(json.loads(path.read_text())["keys"]) == 3
    newest = operated.ask("GET", "/changes?subject=key&limit=1").json["items"][0]
    assert (newest["action"], newest["target"]) == ("export", "3 keys")
