"""A client token with tags is served by the keys that have one of them, and Google sees no other key."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import openai
import pytest
from click.testing import CliRunner
from google import genai
from google.genai import types

from gemini_balance.cli import main
from tests.e2e.live_calls import heard, opened, url
from tests.e2e.processes import KEYS, TOKEN, gateway, requests
from tests.e2e.tokens.conftest import ALLOWED
from tests.unit.simulator.google_live import SETUP, said, talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator
    from tests.e2e.processes import GatewayProcess

BLUE, RED, PLAIN = KEYS
DEAD = "AIzaSim-elder-1-dead"
TAGGED = [
    {"key": BLUE, "tags": ["blue", "cold"]},
    {"key": RED, "tags": ["red"]},
    {"key": DEAD, "tags": ["broken"]},
    PLAIN,
]
MESSAGES: list[Any] = [{"role": "user", "content": "Hello"}]
CALLS = 6  # more than there are keys, which take turns


@dataclass(frozen=True)
class Tagged:
    """A gateway, and a token for each tag."""

    gateway: GatewayProcess
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def running_tagged(running_google: RunningSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tagged]:
    folder = tmp_path_factory.mktemp("tags")
    tokens = {tag: made(folder, tag) for tag in ("blue", "red", "broken", "nobody's")}
    with gateway(running_google, folder, API_KEYS=json.dumps(TAGGED)) as running:
        yield Tagged(running, tokens)


@pytest.fixture
def tagged(google: RunningSimulator, running_tagged: Tagged) -> Tagged:
    return running_tagged


def made(folder: Path, tag: str) -> str:
    with contextlib.chdir(folder):
        ended = CliRunner().invoke(main, ["tokens", "add", tag, "--tag", tag], env={"DATABASE_URL": None})
    assert ended.exit_code == 0, ended.output
    return ended.stdout.strip()


def used(tagged: Tagged) -> set[str]:
    """The keys that Google saw."""
    return {request["key"] for request in requests(tagged.gateway.google)}


def chat(tagged: Tagged, token: str) -> int:
    body = json.dumps({"model": ALLOWED, "messages": MESSAGES}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return tagged.gateway.request("POST", "/v1/chat/completions", body, headers).status


def test_a_token_without_tags_is_served_by_all_keys(tagged: Tagged) -> None:
    """Else the tests below would say nothing."""
    assert {chat(tagged, TOKEN) for _ in range(CALLS)} == {200}
    assert used(tagged) - {DEAD} == {BLUE, RED, PLAIN}


@pytest.mark.parametrize(("tag", "key"), [("blue", BLUE), ("red", RED)])
def test_a_token_is_served_by_the_key_with_its_tag_and_by_no_other(tagged: Tagged, tag: str, key: str) -> None:
    token, address = tagged.tokens[tag], tagged.gateway.url
    assert {chat(tagged, token) for _ in range(CALLS)} == {200}
    with openai.OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0) as client:
        assert list(client.chat.completions.create(model=ALLOWED, messages=MESSAGES, stream=True))
        assert client.embeddings.create(model="gemini-embedding-001", input=["one", "two"]).data
    with genai.Client(api_key=token, http_options=types.HttpOptions(base_url=address)) as client:
        assert client.models.generate_content(model=ALLOWED, contents="Hello").text
        assert list(client.models.generate_content_stream(model=ALLOWED, contents="Hello"))
    assert used(tagged) == {key}
    assert len(requests(tagged.gateway.google)) >= CALLS + 4


@pytest.mark.anyio
async def test_a_tokens_conversation_goes_with_the_key_of_its_tag(tagged: Tagged) -> None:
    async with opened(url(tagged.gateway), {"x-goog-api-key": tagged.tokens["red"]}) as socket:
        await talk(socket, SETUP, said("hi"))
    assert {conversation["key"] for conversation in heard(tagged.gateway)} == {RED}


def test_where_the_key_with_its_tag_fails_no_other_takes_over(tagged: Tagged) -> None:
    assert chat(tagged, tagged.tokens["broken"]) >= 400
    assert used(tagged) <= {DEAD}
    assert chat(tagged, tagged.tokens["nobody's"]) == 503
    assert used(tagged) <= {DEAD}
