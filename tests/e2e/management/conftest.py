"""A gateway to manage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from gemini_balance.management.endpoint import PREFIX
from gemini_balance.management.entering import COOKIE
from tests.e2e.processes import Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator

AUTH_TOKEN = "the operator's own token"


@dataclass(frozen=True)
class Operated:
    """A running gateway and its operator, who has a session."""

    running: GatewayProcess
    session: str

    @property
    def bearer(self) -> dict[str, str]:
        """Guessing from this machine may make AUTH_TOKEN wait, but no session."""
        return {"Authorization": f"Bearer {self.session}"}

    def ask(self, method: str, path: str, body: Any = None) -> Answer:
        headers = self.bearer | ({} if body is None else {"Content-Type": "application/json"})
        return self.running.request(method, PREFIX + path, None if body is None else json.dumps(body).encode(), headers)


@pytest.fixture(scope="session")
def operated(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operated]:
    with gateway(running_google, tmp_path_factory.mktemp("managed"), AUTH_TOKEN=AUTH_TOKEN) as running:
        yield Operated(running, sign_in(running))


def sign_in(running: GatewayProcess) -> str:
    body = json.dumps({"password": AUTH_TOKEN}).encode()
    answer = running.request("POST", f"{PREFIX}/session", body, {"Content-Type": "application/json"})
    assert answer.status == 200, answer.body
    return answer.headers["set-cookie"].partition(f"{COOKIE}=")[2].partition(";")[0]
