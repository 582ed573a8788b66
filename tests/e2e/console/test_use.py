"""Playground, Connect and First run over sockets: calls as a token that nobody knows, and forms without scripts."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.e2e.processes import TOKEN, gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import Answer, GatewayProcess

PASSWORD = "password-of-the-operator"
OWN = {"Sec-Fetch-Site": "same-origin"}
FORM = OWN | {"Content-Type": "application/x-www-form-urlencoded"}
JSON = OWN | {"Content-Type": "application/json"}
HERE = "/console/first-run"
NEW_KEYS = [f"AQ.Sim-{project * 3}-{n}" for project in ("amber", "basil") for n in (1, 2)]
DEAD = "AQ.Sim-dunedunedune-1-dead"


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("use"), AUTH_TOKEN=PASSWORD) as running:
        yield running


@pytest.fixture(scope="module")
def empty(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    """As it is after the first start: no key, no token."""
    none = {"API_KEYS": "", "ALLOWED_TOKENS": ""}
    with gateway(running_google, tmp_path_factory.mktemp("empty"), AUTH_TOKEN=PASSWORD, **none) as running:
        yield running


def _sign_in(served: GatewayProcess) -> dict[str, str]:
    entered = _post(served, "/console/sign-in", {}, password=PASSWORD)
    return {"Cookie": entered.headers["set-cookie"].partition(";")[0]}


def _post(served: GatewayProcess, path: str, session: dict[str, str], **fields: str) -> Answer:
    return served.request("POST", path, urlencode(fields).encode(), FORM | session)


def _get(served: GatewayProcess, path: str, session: dict[str, str]) -> str:
    return served.request("GET", path, headers=session).body.decode()


def _token(served: GatewayProcess, session: dict[str, str]) -> str:
    """The id of the first token that the page offers."""
    found = re.search(r'<option value="(token-[0-9a-f]{16})" selected>', _get(served, "/console/playground", session))
    assert found
    return found[1]


def _call(served: GatewayProcess, session: dict[str, str], path: str, body: Any, **headers: str) -> Answer:
    address = f"/console/as/{_token(served, session)}{path}"
    return served.request("POST", address, json.dumps(body).encode(), JSON | session | headers)


def _chat(text: str = "Hello", **fields: Any) -> dict[str, Any]:
    return {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": text}], **fields}


def test_a_call_from_the_console_is_the_token_s_own(served: GatewayProcess) -> None:
    session = _sign_in(served)
    direct = served.chat("Hello [[sim: text=same]]")
    answer = _call(served, session, "/v1/chat/completions", _chat("Hello [[sim: text=same]]"))
    assert (answer.status, answer.json["choices"][0]["message"]["content"]) == (200, "same")
    assert answer.json.keys() == direct.json.keys()
    assert answer.headers["x-request-id"] != direct.headers["x-request-id"]
    ids = [reply.headers["x-request-id"] for reply in (answer, direct)]
    mine, direct_one = (_kept(served, name) for name in ids)
    assert mine["token"] == direct_one["token"] == _token(served, session)


def _kept(served: GatewayProcess, name: str) -> Any:
    """The call as the journal has it, once it is there."""
    until = time.monotonic() + 10
    headers = {"Authorization": f"Bearer {PASSWORD}"}
    while (found := served.request("GET", f"/api/admin/v1/calls/{name}", headers=headers)).status != 200:
        assert time.monotonic() < until, found.body
        time.sleep(0.1)
    return found.json


def test_a_stream_comes_as_the_token_s_own_client_would_get_it(served: GatewayProcess) -> None:
    answer = _call(served, _sign_in(served), "/v1/chat/completions", _chat("Hi [[sim: text=streamed]]", stream=True))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.body.endswith(b"data: [DONE]\n\n")
    events = [json.loads(line[6:]) for line in answer.body.splitlines() if line.startswith(b"data: {")]
    assert "".join(event["choices"][0]["delta"].get("content") or "" for event in events) == "streamed"


def test_pictures_and_speech_come_through_the_same_door(served: GatewayProcess) -> None:
    session = _sign_in(served)
    asked = {"model": "gemini-2.5-flash-image", "prompt": "A lens", "response_format": "b64_json"}
    assert _call(served, session, "/v1/images/generations", asked).json["data"][0]["b64_json"]
    spoken = {"model": "gemini-2.5-flash-preview-tts", "input": "A word", "voice": "Kore", "response_format": "wav"}
    sound = _call(served, session, "/v1/audio/speech", spoken)
    assert (sound.headers["content-type"], sound.body[:4]) == ("audio/wav", b"RIFF")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Cookie": ""}, 401),
        ({"Cookie": "gemini-balance=forged"}, 401),
        ({"Cookie": "", "Authorization": f"Bearer {TOKEN}"}, 401),
        ({"Cookie": "", "Authorization": f"Bearer {PASSWORD}"}, 401),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
    ids=str,
)
def test_nobody_calls_without_the_session_or_from_another_site(
    served: GatewayProcess, headers: dict[str, str], status: int
) -> None:
    assert _call(served, _sign_in(served), "/v1/chat/completions", _chat(), **headers).status == status


def test_a_session_that_was_ended_can_t_call(served: GatewayProcess) -> None:
    session = _sign_in(served)
    token = _token(served, session)
    _post(served, "/console/sign-out", session)
    body = json.dumps(_chat()).encode()
    assert served.request("POST", f"/console/as/{token}/v1/chat/completions", body, JSON | session).status == 401


@pytest.mark.parametrize("path", ["/v1/nowhere", "/console", "/api/admin/v1/keys", "/v1beta/files", "//v1/models"])
def test_no_other_door_opens(served: GatewayProcess, path: str) -> None:
    assert _call(served, _sign_in(served), path, {}).status in (401, 404, 405)


def test_a_page_may_play_what_was_made_here_and_nothing_else(served: GatewayProcess) -> None:
    policy = served.request("GET", "/console/playground", headers=_sign_in(served)).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert (rules["media-src"], rules["img-src"]) == ("blob:", "'self' data: blob:")
    assert (rules["default-src"], rules["script-src"], rules["connect-src"]) == ("'none'", "'self'", "'self'")


@pytest.mark.parametrize("client", ["openai", "google-genai"])
def test_a_test_call_succeeds_in_each_format(served: GatewayProcess, client: str) -> None:
    session = _sign_in(served)
    page = _post(served, "/console/connect/test", session, client=client, token=_token(served, session))
    trial = page.body.decode().partition('<div id="trial"')[2]
    assert (page.status, "Works." in trial, "gemini-flash-latest" in trial) == (200, True, True)
    assert re.search(r'href="/console/calls/[^"]+"', trial)


def test_the_page_names_the_address_that_the_browser_sees(served: GatewayProcess) -> None:
    page = _get(served, "/console/connect?client=google-genai", _sign_in(served))
    assert f"{served.url}" in page.partition("Python")[2]


def test_no_hostile_model_or_client_of_an_address_gets_into_the_samples(served: GatewayProcess) -> None:
    page = _get(served, "/console/connect?client=other&model=%24%28reboot%29&token=%22%3E%3Cb%3E", _sign_in(served))
    main = page.partition("<main")[2]
    assert ("reboot" in main, "<b>" in page) == (False, False)


def test_from_nothing_to_a_call_that_succeeds_with_forms_alone(empty: GatewayProcess) -> None:
    entered = _post(empty, "/console/sign-in", {}, password=PASSWORD)
    session = {"Cookie": entered.headers["set-cookie"].partition(";")[0]}
    assert entered.headers["location"] == HERE
    added = _post(empty, f"{HERE}/keys", session, keys="\n".join([*NEW_KEYS, DEAD, NEW_KEYS[0]]))
    page = _until(empty, added.headers["location"], session, "5 of 5 checked")
    assert "4 work" in page
    assert "1 key can’t be used:" in page
    assert not any(key in page for key in (*NEW_KEYS, DEAD))
    made = _post(empty, f"{HERE}/token", session, name="First client").body.decode()
    secret = made.partition('<code id="secret">')[2].partition("<")[0]
    page = _post(empty, f"{HERE}/test", session, token=_token(empty, session)).body.decode()
    assert "Works." in page
    assert secret not in page
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    assert empty.request("POST", "/v1/chat/completions", json.dumps(_chat()).encode(), headers).status == 200


def _until(served: GatewayProcess, path: str, session: dict[str, str], text: str) -> str:
    until = time.monotonic() + 20
    while text not in (page := _get(served, path, session)):
        assert time.monotonic() < until, page
        time.sleep(0.2)
    return page


def test_without_a_key_a_test_call_says_why_it_failed_and_samples_name_the_public_address(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = {"AUTH_TOKEN": PASSWORD, "API_KEYS": "", "PUBLIC_URL": "https://gate.example.net/"}
    with gateway(running_google, tmp_path_factory.mktemp("none"), **settings) as served:
        page = _post(served, "/console/connect/test", _sign_in(served), client="openai").body.decode()
    assert "Does not work." in page
    assert "Status <code>503</code>" in page
    assert "https://gate.example.net/v1" in page
    assert served.url not in page
