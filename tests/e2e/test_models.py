"""Lists of models: OpenAI's, and Google's own."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from google import genai
from google.genai import types

from tests.e2e.processes import KEYS, TOKEN, GatewayProcess, control, gateway

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

NATIVE = {"x-goog-api-key": TOKEN}
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def of_google(google: RunningSimulator) -> dict[str, Any]:
    request = urllib.request.Request(f"{google.url}/v1beta/models?pageSize=1000", headers={"x-goog-api-key": KEYS[0]})
    with urllib.request.urlopen(request) as reply:
        return {model["name"]: model for model in json.load(reply)["models"]}


def ours(served: GatewayProcess) -> set[str]:
    return {model["id"] for model in served.request("GET", "/v1/models", None, BEARER).json["data"]}


@pytest.mark.parametrize("prefix", ["/v1beta", "/v1", "/v1alpha", "/gemini/v1beta"])
def test_native_lists_have_googles_own_entries_in_pages(
    google: RunningSimulator, served: GatewayProcess, prefix: str
) -> None:
    listed: dict[str, Any] = {}
    token = ""
    for _ in range(100):
        page = served.request("GET", f"{prefix}/models?pageSize=7&pageToken={token}", None, NATIVE).json
        assert 0 < len(page["models"]) <= 7
        listed |= {model["name"]: model for model in page["models"]}
        if not (token := page.get("nextPageToken", "")):
            break
    assert listed == of_google(google)
    one = served.request("GET", f"{prefix}/models/gemini-2.5-flash", None, NATIVE).json
    assert one == listed["models/gemini-2.5-flash"]


def test_a_wrong_page_token_is_told_in_googles_format(served: GatewayProcess) -> None:
    answer = served.request("GET", "/v1beta/models?pageToken=!", None, NATIVE)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_googles_library_reads_all_pages(google: RunningSimulator, served: GatewayProcess) -> None:
    with genai.Client(api_key=TOKEN, http_options=types.HttpOptions(base_url=served.url)) as client:
        names = [model.name for model in client.models.list(config={"page_size": 5})]
    assert sorted(str(name) for name in names) == sorted(of_google(google))


def test_what_only_one_project_sees_is_listed_to_all(google: RunningSimulator, tmp_path: Path) -> None:
    first, second = "gemini-2.5-pro", "gemini-2.5-flash"
    seen = {"amber": [first], "basil": [second], "cedar": [first, second]}
    control(google, projects={name: {"unlisted_models": models} for name, models in seen.items()})
    with gateway(google, tmp_path) as served:
        until = time.monotonic() + 5
        while not {first, second} <= (listed := ours(served)) and time.monotonic() < until:
            time.sleep(0.05)
        assert {first, second, f"{first}-search"} <= listed
        assert served.request("GET", f"/v1beta/models/{first}", None, NATIVE).json["displayName"] == "Gemini 2.5 Pro"


def test_filtered_models_are_in_no_list(google: RunningSimulator, tmp_path: Path) -> None:
    hidden = "gemini-2.5-flash"
    with gateway(google, tmp_path, FILTERED_MODELS=hidden) as served:
        shown = ours(served)
        googles = served.request("GET", "/v1beta/models?pageSize=1000", None, NATIVE).json["models"]
        assert "gemini-2.5-pro" in shown
        assert not {hidden, f"{hidden}-search", f"{hidden}-non-thinking"} & shown
        assert {model["name"] for model in googles} == of_google(google).keys() - {f"models/{hidden}"}
        assert served.request("GET", f"/v1/models/{hidden}", None, BEARER).status == 404
        assert served.request("GET", f"/v1beta/models/{hidden}", None, NATIVE).json["error"]["status"] == "NOT_FOUND"


def test_the_caller_of_a_retired_model_is_told_what_answers_and_since_when(served: GatewayProcess) -> None:
    told = "gemini-1.5-pro is retired (announced for 2025-09-24); gemini-pro-latest answers instead."
    assert served.chat("Hello", model="gemini-1.5-pro").headers["gemini-balance-warning"] == told
    body = b'{"contents":[{"parts":[{"text":"Hello"}]}]}'
    native = served.request("POST", "/v1beta/models/gemini-1.5-pro:generateContent", body, NATIVE)
    assert native.headers["gemini-balance-warning"] == told
    assert "gemini-balance-warning" not in served.chat("Hello").headers
