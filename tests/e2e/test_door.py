"""The door itself: browsers, addresses, logs, and what every reply carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.processes import TOKEN, GatewayProcess, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

PREFLIGHT = {
    "Origin": "https://app.example",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


def test_a_browsers_preflight_needs_no_token_and_grants_no_credentials(served: GatewayProcess) -> None:
    answer = served.request("OPTIONS", "/v1/chat/completions", None, PREFLIGHT)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"
    assert "access-control-allow-credentials" not in answer.headers


def test_replies_to_browsers_expose_our_headers(served: GatewayProcess) -> None:
    headers = {"Origin": "https://app.example", "Authorization": f"Bearer {TOKEN}"}
    answer = served.request("GET", "/v1/models", None, headers)
    assert "gemini-balance-attempts" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_operators_pages_allow_no_other_origin(served: GatewayProcess) -> None:
    assert "access-control-allow-origin" not in served.request("GET", "/health/live", None, PREFLIGHT).headers


def test_allowed_origins_narrows_who_may_call_from_a_page(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, ALLOWED_ORIGINS="https://app.example") as served:
        friend = served.request("OPTIONS", "/v1/models", None, PREFLIGHT)
        stranger = served.request("OPTIONS", "/v1/models", None, PREFLIGHT | {"Origin": "https://evil.example"})
    assert friend.headers["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-origin" not in stranger.headers


def test_addresses_come_from_the_requests_host_unless_public_url_is_set(
    google: RunningSimulator, served: GatewayProcess, tmp_path: Path
) -> None:
    forwarded = {"Host": "inner:1", "X-Forwarded-Host": "outer.example", "X-Forwarded-Proto": "https"}
    assert served.request("GET", "/", None, forwarded).json["openai"] == "http://inner:1/hf/v1"
    with gateway(google, tmp_path, TRUSTED_PROXIES="127.0.0.0/8") as behind:
        assert behind.request("GET", "/", None, forwarded).json["openai"] == "https://outer.example/hf/v1"
    with gateway(google, tmp_path, PUBLIC_URL="https://ai.example/") as public:
        assert public.request("GET", "/", None, forwarded).json["openai"] == "https://ai.example/hf/v1"


def test_no_log_line_ever_holds_a_query_string_or_a_secret(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        served.request("GET", f"/v1beta/models?key={TOKEN}&pageSize=3")
        served.chat("Hello [[sim: fault=suspended]]")
        served.stop()
        log = served.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"log":"call"')]
    listed = [(line["method"], line["path"], line["status"]) for line in lines if line["method"] == "GET"]
    assert listed == [("GET", "/v1beta/models", 200)]
    assert "pageSize" not in log
    assert TOKEN not in log
    assert "AIzaSim" not in log


def test_head_of_the_root_is_200_and_health_answers(served: GatewayProcess) -> None:
    assert served.request("HEAD", "/").status == 200
    assert served.request("GET", "/health/live").json == {"status": "live"}
    assert served.request("GET", "/health/ready").json == {"status": "ready"}
