"""How nginx and the gateway are set up."""

import json
from pathlib import Path

from bench.gateway import GATEWAY, JOURNALLED, TOKEN, environment, gateway_server
from bench.nginx import configuration
from bench.processes import Cores, free_port


def test_nginx_forwards_to_geminis_own_paths_and_buffers_no_stream() -> None:
    text = configuration(port=8104, upstream_port=9100)
    assert "listen 127.0.0.1:8104 backlog" in text
    assert "server 127.0.0.1:9100;" in text
    assert "proxy_pass http://gemini/v1beta/models/gemini-2.5-flash:generateContent;" in text
    assert "proxy_pass http://gemini/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse;" in text
    assert text.count("proxy_buffering off;") == 1
    assert text.count("{") == text.count("}")


def test_the_gateway_gets_a_thousand_keys_and_one_token() -> None:
    env = environment(port=8000, upstream_port=9100, journal=False)
    keys = json.loads(env["API_KEYS"])
    assert len(set(keys)) == 1_000
    assert json.loads(env["ALLOWED_TOKENS"]) == [TOKEN]
    assert env["BASE_URL"] == "http://127.0.0.1:9100/v1beta"
    assert (env["HOST"], env["PORT"]) == ("127.0.0.1", "8000")


def test_the_gateway_works_in_an_empty_folder(tmp_path: Path) -> None:
    server = gateway_server("gemini-balance serve", 0, tmp_path, 9100)
    assert list(server.folder.iterdir()) == []
    assert list(server.command) == ["gemini-balance", "serve"]


def test_what_the_journal_costs_is_seen_on_a_gateway_of_its_own(tmp_path: Path) -> None:
    plain, kept = (gateway_server("gemini-balance serve", 0, tmp_path, 9100, name) for name in (GATEWAY, JOURNALLED))
    assert (plain.env["JOURNAL_ENABLED"], kept.env["JOURNAL_ENABLED"]) == ("false", "true")
    assert plain.folder != kept.folder


def test_a_free_port_can_be_had() -> None:
    assert 1_024 <= free_port() <= 65_535


def test_the_measured_program_has_the_first_core() -> None:
    cores = Cores.of_this_machine()
    assert cores.measured <= cores.driving
