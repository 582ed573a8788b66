"""A pytest plugin for google-genai's own tests: its clients find our server, and nobody finds the internet."""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from google.genai import _replay_api_client, types

from tests.clients.google_suite.understood import UNDERSTOOD

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

GOOGLE = ".googleapis.com"
RETIRED = re.compile(r"\bgemini-2\.0-flash(-exp|-001)?(?=:)")
TODAYS = "gemini-2.5-flash"
LOOPBACK = (None, "127.0.0.1", "::1", "localhost")
WORST = ("passed", "skipped", "failed")
SERVER = os.environ["SUITE_SERVER"]
CONTROL = f"{os.environ['GOOGLE_URL']}/__control"
RESULTS = Path(os.environ["SUITE_RESULTS"])
CHOSEN = frozenset(filter(None, os.environ["SUITE_TESTS"].split("\n")))

outcomes: dict[str, str] = {}
reached: set[str] = set()


def watch(event: str, values: tuple[Any, ...]) -> None:
    """An audit hook: notes the tests that connect to the server, and lets nobody leave this machine."""
    if event == "socket.getaddrinfo" and values[0] not in LOOPBACK:
        raise OSError(f"the network is closed: {values[0]}")
    if event != "socket.connect" or not isinstance(values[1], tuple):
        return
    host, port = values[1][:2]
    if host not in LOOPBACK:
        raise OSError(f"the network is closed: {host}")
    if port == urlsplit(SERVER).port:
        reached.add(os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0])


def moved(options: types.HttpOptionsOrDict | None) -> types.HttpOptions:
    """Google's addresses, said or not, become our server's; any other that a test names stays."""
    wanted = types.HttpOptions.model_validate(options or {})
    host = urlsplit(wanted.base_url or "").hostname or GOOGLE
    return wanted.model_copy(update={"base_url": SERVER}) if host.endswith(GOOGLE) else wanted


class OurClient(_replay_api_client.ReplayApiClient):
    """The suite's client, which knows no other address than Google's, retired models, and Live over TLS alone."""

    def __init__(self, **given: Any) -> None:
        if not given.get("vertexai"):
            given["http_options"] = moved(given.get("http_options"))
        super().__init__(**given)
        if not self.vertexai:
            self._websocket_ssl_ctx = {}

    def _build_request(self, http_method: str, path: str, request_dict: Any, http_options: Any = None) -> Any:
        options = http_options if self.vertexai or not http_options else moved(http_options)
        return super()._build_request(http_method, RETIRED.sub(TODAYS, path), request_dict, options)

    def _websocket_base_url(self, http_options: Any = None) -> str:
        return (
            super()
            ._websocket_base_url(http_options)
            .replace(SERVER.replace("http:", "wss:"), SERVER.replace("http:", "ws:"))
        )


def pytest_configure() -> None:
    sys.addaudithook(watch)
    _replay_api_client.ReplayApiClient = OurClient  # type: ignore[assignment, misc]  # what the suite's conftest makes


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    spared = [item for item in items if CHOSEN and item.nodeid not in CHOSEN]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if not CHOSEN or item.nodeid in CHOSEN]


@pytest.fixture(autouse=True)
def understood(request: pytest.FixtureRequest) -> Iterator[None]:
    directives = UNDERSTOOD.get(request.node.originalname)
    if directives is None:
        yield
        return
    control(directives)
    yield
    control("")


def control(directives: str) -> None:
    body = json.dumps({"directives": directives}).encode()
    urllib.request.urlopen(urllib.request.Request(CONTROL, body, method="POST"), timeout=10).close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    outcomes[item.nodeid] = max(outcomes.get(item.nodeid, WORST[0]), report.outcome, key=WORST.index)
    return report


def pytest_sessionfinish() -> None:
    told = {name: {"outcome": outcome, "reached": name in reached} for name, outcome in outcomes.items()}
    RESULTS.write_text(json.dumps(told))
