"""`/metrics` over a socket: who may read it, and that it tells of calls."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.processes import TOKEN, Answer, GatewayProcess, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator

SETTINGS = {"METRICS_TOKEN": "scraper-0123456789", "AUTH_TOKEN": "operator-0123456789"}


@pytest.fixture(scope="module")
def watched(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("watched"), **SETTINGS) as served:
        yield served


def metrics(served: GatewayProcess, token: str = SETTINGS["METRICS_TOKEN"]) -> Answer:
    return served.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})


@pytest.mark.parametrize("token", SETTINGS.values(), ids=SETTINGS)
def test_the_tokens_of_the_scraper_and_of_the_operator_open_it(watched: GatewayProcess, token: str) -> None:
    answer = metrics(watched, token)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b'gemini_balance_keys{state="ready",upstream="gemini_api"} 3.0' in answer.body


@pytest.mark.parametrize("token", ["", TOKEN, "scraper"], ids=["none", "a client's", "another"])
def test_nobody_else_may_read_it(watched: GatewayProcess, token: str) -> None:
    answer = metrics(watched, token)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json["error"]["code"] == "invalid_api_key"
    assert b"gemini_balance" not in answer.body


def test_calls_are_counted_within_a_second(watched: GatewayProcess) -> None:
    assert watched.chat("Hello", model="gemini-2.5-flash").status == 200
    line = 'calls_total{dialect="openai",model="gemini-2.5-flash",operation="generateContent",status="200"} 1.0'
    until = time.monotonic() + 5
    while line.encode() not in (told := metrics(watched).body) and time.monotonic() < until:
        time.sleep(0.1)
    assert line in told.decode()


def test_guessing_the_operators_token_is_not_easier_here(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with gateway(running_google, tmp_path_factory.mktemp("guessed"), AUTH_TOKEN="operator-0123456789") as served:
        statuses = [metrics(served, f"guess-{number}").status for number in range(20)]
        assert statuses[0] == 401
        assert statuses[-1] == 429


def test_an_option_opens_it_to_everybody(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with gateway(running_google, tmp_path_factory.mktemp("open"), METRICS_OPEN="true") as served:
        assert metrics(served, "").status == 200


def test_a_value_that_is_a_clients_token_too_opens_nothing(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with gateway(running_google, tmp_path_factory.mktemp("both"), AUTH_TOKEN=TOKEN) as served:
        assert metrics(served, TOKEN).status == 401
