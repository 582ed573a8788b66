"""What a caller over a limit is told: over sockets, with the official libraries, each in its own format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.e2e.live_calls import opened, url
from tests.e2e.processes import Answer, gateway, requests
from tests.e2e.tokens.conftest import ALLOWED
from tests.unit.simulator.google_live import SETUP, closed, said, talk

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.processes import GatewayProcess
    from tests.e2e.tokens.conftest import Served

MIDNIGHT = 86_400
MESSAGES: list[Any] = [{"role": "user", "content": "Hello"}]
NATIVE_BODY = json.dumps({"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}).encode()


def openai_client(served: Served, kind: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{served.gateway.url}/v1", api_key=served.tokens[kind], max_retries=0)


def google_client(served: Served, kind: str) -> genai.Client:
    return genai.Client(api_key=served.tokens[kind], http_options=types.HttpOptions(base_url=served.gateway.url))


def native(served: Served, kind: str, method: str = "generateContent") -> Answer:
    path, headers = f"/v1beta/models/{ALLOWED}:{method}", {"x-goog-api-key": served.tokens[kind]}
    return served.gateway.request("POST", path, NATIVE_BODY, headers)


def wait_until_counted(served: Served, kind: str) -> Answer:
    """A call is counted when it has ended, which may be a moment after the client has its answer."""
    until = time.monotonic() + 5
    while (answer := native(served, kind)).status == 200 and time.monotonic() < until:
        time.sleep(0.05)
    return answer


def test_the_openai_library_meets_the_minutes_limit(made: Served) -> None:
    with openai_client(made, "per minute") as client:
        for _ in range(2):
            client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
        asked = len(requests(made.gateway.google))
        with pytest.raises(openai.RateLimitError, match="may make 2 requests a minute") as refused:
            client.chat.completions.create(model=ALLOWED, messages=MESSAGES)
    assert (refused.value.code, refused.value.type, refused.value.param) == (
        "rate_limit_exceeded",
        "rate_limit_error",
        None,
    )
    headers = refused.value.response.headers
    assert 50 < int(headers["retry-after"]) <= 60
    assert 50_000 < int(headers["retry-after-ms"]) <= 60_000
    assert len(requests(made.gateway.google)) == asked


def test_googles_library_meets_the_minutes_limit_also_with_lists(made: Served) -> None:
    with google_client(made, "per minute too") as client:
        assert list(client.models.list())
        client.models.generate_content(model=ALLOWED, contents="Hello")
        with pytest.raises(errors.ClientError, match="may make 2 requests a minute") as refused:
            list(client.models.list())
    assert (refused.value.code, refused.value.status) == (429, "RESOURCE_EXHAUSTED")


def test_a_day_that_is_spent_ends_at_midnight_and_is_not_worth_trying_again_before(made: Served) -> None:
    assert native(made, "per day").status == 200
    refused = wait_until_counted(made, "per day")
    assert (refused.status, refused.json["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert refused.json["error"]["details"][0]["reason"] == "INSUFFICIENT_QUOTA"
    assert "may use 1 tokens a day" in refused.json["error"]["message"]
    assert refused.headers["x-should-retry"] == "false"
    assert abs(int(refused.headers["retry-after"]) - (MIDNIGHT - time.time() % MIDNIGHT)) < 5
    with openai_client(made, "per day") as client, pytest.raises(openai.RateLimitError) as told:
        client.embeddings.create(model="gemini-embedding-001", input="Hello")
    assert (told.value.code, told.value.type) == ("insufficient_quota", "rate_limit_error")


def test_streams_and_embeddings_are_counted_too(made: Served) -> None:
    with openai_client(made, "per day, streamed") as client:
        for _ in client.chat.completions.create(model=ALLOWED, messages=MESSAGES, stream=True):
            pass
    assert wait_until_counted(made, "per day, streamed").status == 429
    with openai_client(made, "per day, embedded") as client:
        client.embeddings.create(model="gemini-embedding-001", input="Hello")
    assert wait_until_counted(made, "per day, embedded").status == 429


@pytest.mark.parametrize(("kind", "stream"), [("interacting", False), ("interacting in a stream", True)])
def test_interactions_are_counted_too(made: Served, kind: str, *, stream: bool) -> None:
    with google_client(made, f"per day, {kind}") as client:
        answer = client.interactions.create(model=ALLOWED, input="Hello", stream=stream)
        assert list(answer) if stream else answer
    assert wait_until_counted(made, f"per day, {kind}").status == 429


@pytest.mark.anyio
async def test_a_conversation_counts_as_a_request_and_its_tokens_when_it_ends(made: Served) -> None:
    for kind, says in (("per minute, live", "may make 1 requests a minute"), ("per day, live", "1 tokens a day")):
        headers = {"x-goog-api-key": made.tokens[kind]}
        async with opened(url(made.gateway), headers) as socket:
            await talk(socket, SETUP, said("hi"))
        if kind.startswith("per day"):
            wait_until_counted(made, kind)
        async with opened(url(made.gateway), headers) as socket:
            _, reason = await closed(socket)
        assert says in reason


def test_files_count_as_requests(made: Served) -> None:
    headers = {"x-goog-api-key": made.tokens["per minute, files"]}
    answers = [made.gateway.request("GET", "/v1beta/files", None, headers) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 429]


@pytest.mark.parametrize(
    ("kind", "says"), [("off", "This token is disabled."), ("expired", "This token expired on 20")]
)
def test_a_token_that_is_over_is_told_so(made: Served, kind: str, says: str) -> None:
    with openai_client(made, kind) as client, pytest.raises(openai.AuthenticationError, match=says) as refused:
        client.models.list()
    assert refused.value.code == "invalid_api_key"
    with google_client(made, kind) as client, pytest.raises(errors.ClientError, match=says) as told:
        client.models.generate_content(model=ALLOWED, contents="Hello")
    assert (told.value.code, told.value.status) == (401, "UNAUTHENTICATED")


def test_a_token_without_limits_meets_none(made: Served) -> None:
    assert [native(made, "plain").status for _ in range(4)] == [200] * 4


def test_what_was_used_today_outlives_the_process(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as first:
        secret = _make(first, "daily", "--tokens-per-day", "1")
        assert _chat(first, secret) == 200
        until = time.monotonic() + 5
        while _chat(first, secret) == 200 and time.monotonic() < until:
            time.sleep(0.05)
        first.stop()
    with gateway(google, tmp_path) as again:
        assert _chat(again, secret) == 429


def test_a_running_gateway_follows_the_command_line(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        secret = _make(served, "late")
        assert _until(served, secret, 200)
        _command(served, "revoke", "late")
        assert _until(served, secret, 401)


def _until(served: GatewayProcess, secret: str, status: int) -> bool:
    until = time.monotonic() + 10
    while _chat(served, secret) != status and time.monotonic() < until:
        time.sleep(0.1)
    return _chat(served, secret) == status


def _chat(served: GatewayProcess, secret: str) -> int:
    path = f"/v1beta/models/{ALLOWED}:generateContent"
    return served.request("POST", path, NATIVE_BODY, {"x-goog-api-key": secret}).status


def _make(served: GatewayProcess, name: str, *words: str) -> str:
    made = _command(served, "add", name, *words)
    assert _until_known(served, made)
    return made


def _until_known(served: GatewayProcess, secret: str) -> bool:
    """Without a call that would count."""
    until = time.monotonic() + 10
    headers = {"x-goog-api-key": secret}
    while (known := served.request("GET", "/v1beta/files", None, headers).status) == 401 and time.monotonic() < until:
        time.sleep(0.1)
    return known == 200


def _command(served: GatewayProcess, *words: str) -> str:
    command = [sys.executable, "-m", "gemini_balance", "tokens", *words]
    folder, environment = served.log.parent, {"PATH": os.environ["PATH"]}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=30, check=True)
    return ended.stdout.strip()
