"""A gateway to manage."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.core.session_cookie import OVER_HTTP
from gemini_balance.management.endpoint import PREFIX
from tests.e2e.processes import Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance import simulator

PASSWORD = "a password of these tests"


@dataclass(frozen=True)
class Operated:
    """A running gateway and its operator, who has a session."""

    running: GatewayProcess
    session: str

    @property
    def bearer(self) -> dict[str, str]:
        """A session's value opens the door as AUTH_TOKEN does."""
        return {"Authorization": f"Bearer {self.session}"}

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        headers = self.bearer | ({} if body is None else {"Content-Type": "application/json"})
        return self.running.request(method, PREFIX + path, None if body is None else json.dumps(body).encode(), headers)


@pytest.fixture(scope="session")
def operated(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operated]:
    with begun(running_google, tmp_path_factory.mktemp("managed")) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def tormented(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operated]:
    """One whose keys, tokens and options may become whatever they may."""
    with begun(running_google, tmp_path_factory.mktemp("tormented")) as gateway:
        yield gateway


@contextmanager
def begun(google: simulator.RunningSimulator, folder: Path, **settings: str) -> Iterator[Operated]:
    with gateway(google, folder, **settings) as running:
        first = (folder / "data" / "initial-password").read_text().strip()
        yield Operated(running, with_a_password_of_its_own(running, first))


def with_a_password_of_its_own(running: GatewayProcess, first: str) -> str:
    """As an operator begins: the password of the first start is good for changing it."""
    told = _posted(running, "/session", {"password": first})
    assert told.json == {"name": "operator", "must_change": True}
    early = {"Authorization": f"Bearer {_session(told)}"}
    refused = running.request("GET", f"{PREFIX}/pool", headers=early)
    assert (refused.status, refused.json["error"]["code"]) == (403, "permission_denied")
    changed = _posted(running, "/password", {"old": first, "new": PASSWORD}, early)
    assert changed.status == 204, changed.body
    return _session(changed)


def _posted(running: GatewayProcess, path: str, body: Any, headers: dict[str, str] | None = None) -> Answer:
    sent = {"Content-Type": "application/json", **(headers or {})}
    return running.request("POST", PREFIX + path, json.dumps(body).encode(), sent)


def _session(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(f"{OVER_HTTP}=")[2].partition(";")[0]
