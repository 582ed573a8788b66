"""What has to be set in each client: the table, and what becomes of it."""

from __future__ import annotations

import re

import pytest

from gemini_balance.console.clients import BY_SLUG, CLIENTS, FORMATS, Filling
from gemini_balance.console.pages.connect import MISSING, guide_of
from gemini_balance.console.words import catalog
from gemini_balance.core.dialects import DIALECTS

FILL = Filling("https://gate.example", "sk-secret", "gemini-flash-latest")
NAMES = [
    *("Cherry Studio", "LobeChat", "NextChat", "Open WebUI", "Cursor", "Cline", "Claude Code", "Codex CLI"),
    *("Gemini CLI", "LangChain", "openai", "google-genai", ""),
]
each_client = pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.slug)


def _texts(slug: str) -> list[str]:
    client = BY_SLUG[slug]
    return [FILL(one.value) for one in client.settings] + [FILL(one.text) for one in client.snippets]


def test_every_client_that_is_asked_for_has_a_row_of_its_own() -> None:
    assert [client.name for client in CLIENTS] == NAMES
    assert len(BY_SLUG) == len(CLIENTS)


@each_client
def test_a_row_says_where_its_settings_go_and_leaves_nothing_open(client: object) -> None:
    row = next(one for one in CLIENTS if one is client)
    messages = [row.where, row.note, *(one.label for one in row.settings)]
    assert {message for message in messages if message} <= catalog("en").keys()
    assert _texts(row.slug)
    assert not re.search(r"<(address|token|model)>", "".join(_texts(row.slug)))
    assert row.manual.startswith("https://") or not row.name


@each_client
def test_a_row_names_the_address_and_the_token(client: object) -> None:
    row = next(one for one in CLIENTS if one is client)
    whole = "\n".join(_texts(row.slug))
    assert "https://gate.example" in whole
    assert "sk-secret" in whole


@pytest.mark.parametrize(
    ("slug", "address"),
    [
        ("cherry-studio", "https://gate.example"),
        ("nextchat", "https://gate.example"),
        ("lobechat", "https://gate.example/v1"),
        ("open-webui", "https://gate.example/v1"),
        ("cursor", "https://gate.example/v1"),
        ("cline", "https://gate.example/v1"),
    ],
)
def test_who_adds_the_version_itself_is_given_the_bare_host(slug: str, address: str) -> None:
    assert [text for text in _texts(slug) if text.startswith("https:")] == [address]


def test_libraries_of_google_get_no_version_and_those_of_openai_get_one() -> None:
    for slug in ("gemini-cli", "google-genai"):
        assert "gate.example/v1" not in "".join(_texts(slug))
    for slug in ("openai", "langchain"):
        assert all("gate.example/v1" in text for text in _texts(slug))


def test_formats_that_the_gateway_does_not_speak_are_said_to_be_missing() -> None:
    """Whoever adds one finds its client here: its settings are shown from then on."""
    guides = [guide_of(client.slug, FILL) for client in CLIENTS]
    assert {guide.client.name: guide.missing for guide in guides if guide.missing} == {
        "Claude Code": "connect.missing_anthropic",
        "Codex CLI": "connect.missing_responses",
    }
    assert FORMATS.keys() - DIALECTS.keys() == MISSING.keys()


def test_a_client_that_there_is_not_is_the_first_one() -> None:
    assert guide_of("<script>", FILL).client is CLIENTS[0]


def test_what_is_filled_in_is_never_filled_in_again() -> None:
    odd = Filling("<token>", "<model>", "<address>")
    assert odd("<address> <token> <model> <b>") == "<token> <model> <address> <b>"
