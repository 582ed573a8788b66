"""Models, answers, streams and access."""

from __future__ import annotations

import http.client
import json
import time
from contextlib import closing
from typing import TYPE_CHECKING

from tests.e2e.options.cases import (
    MODEL,
    calls,
    case,
    chat,
    deltas,
    fresh,
    heartbeats,
    listed,
    paths,
    said,
    sent,
    text_in,
)
from tests.e2e.options.running import BEARER

if TYPE_CHECKING:
    from gemini_balance.core.options import Json
    from tests.e2e.options.running import Running

OTHER = "gemini-2.5-pro"
PAINTER = "gemini-2.5-flash-image"
LONG = '[[sim: text="' + "one two three four five six seven eight nine ten " * 2 + '" events=2 thoughts=0]]'
"""The last event of an answer is never cut."""
STRICT: list[Json] = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_LOW_AND_ABOVE"}]


@case("search_models", [OTHER], before=(200, True), after=(400, False))
def searched(gateway: Running) -> object:
    """Is the suffix taken, and listed?"""
    return chat(gateway, model=f"{MODEL}-search").status, f"{MODEL}-search" in listed(gateway)


@case("image_models", [PAINTER], before=False, after=True)
def painting(gateway: Running) -> object:
    return f"{PAINTER}-image" in listed(gateway)


@case("filtered_models", [MODEL], before=True, after=False)
def shown(gateway: Running) -> object:
    return MODEL in listed(gateway)


@case("no_sampling_models", [MODEL], before=0.5, after=None)
def sampled(gateway: Running) -> object:
    return sent(gateway, temperature=0.5).get("generationConfig", {}).get("temperature")


@case("thinking_budget_map", {MODEL: 512}, before=None, after=512)
def budgeted(gateway: Running) -> object:
    return sent(gateway).get("generationConfig", {}).get("thinkingConfig", {}).get("thinkingBudget")


@case("native_failover", "on", before=500, after=200)
def natively(gateway: Running) -> object:
    """The first attempt fails."""
    text = f"[[sim: fault=internal times=1]] {fresh(gateway)}"
    body = json.dumps({"contents": [{"role": "user", "parts": [{"text": text}]}]}).encode()
    return gateway.request("POST", f"/gemini/v1beta/models/{MODEL}:generateContent", body).status


@case("safety_settings", STRICT, before=False, after=True)
def safe(gateway: Running) -> object:
    return STRICT[0] in sent(gateway).get("safetySettings", [])


@case("tools_code_execution_enabled", True, before=False, after=True)
def executing(gateway: Running) -> object:
    return {"codeExecution": {}} in sent(gateway).get("tools", [])


@case("url_context_enabled", True, before=False, after=True)
def reading(gateway: Running) -> object:
    return {"urlContext": {}} in sent(gateway).get("tools", [])


@case("show_thinking_process", False, before=True, after=False)
def thinking(gateway: Running) -> object:
    return bool(said(gateway, "[[sim: thoughts=40]]").get("reasoning_content"))


@case("thinking_style", "think", before=False, after=True)
def tagged(gateway: Running) -> object:
    return said(gateway, "[[sim: thoughts=40]]")["content"].startswith("<think>")


@case("show_search_link", True, before=False, after=True)
def linked(gateway: Running) -> object:
    return "](http" in said(gateway, model=f"{MODEL}-search")["content"]


@case("image_style", "markdown", before=(True, False), after=(False, True))
def painted(gateway: Running) -> object:
    """In a field of its own, in the text."""
    message = said(gateway, "Paint it red", model=PAINTER)
    return bool(message.get("images")), "](data:image/png" in (message["content"] or "")


@case("fake_stream_enabled", True, before="streamGenerateContent", after="generateContent")
def streamed(gateway: Running) -> object:
    (path,) = paths(calls(gateway, lambda: deltas(gateway, "Hello")))
    return path.rpartition(":")[2]


@case("fake_stream_empty_data_interval_seconds", 0.1, before=0, after=2, FAKE_STREAM_ENABLED="true")
def kept_open(gateway: Running) -> object:
    """Heartbeats, of which two are enough to see the interval."""
    return min(heartbeats(gateway, "[[sim: first_ms=450]]"), 2)


@case("stream_optimizer_enabled", True, before=2, after=6)
def smoothed(gateway: Running) -> object:
    return len(deltas(gateway, LONG))


@case("stream_chunk_size", 24, before=6, after=4, STREAM_OPTIMIZER_ENABLED="true")
def cut(gateway: Running) -> object:
    return len(deltas(gateway, LONG))


@case("stream_delay", 0.2, before=False, after=True, STREAM_OPTIMIZER_ENABLED="true")
def slowly(gateway: Running) -> object:
    """Is there a pause of a tenth of a second between the first two pieces?"""
    times: list[float] = []
    body = {
        "model": MODEL,
        "messages": [{"role": "user", "content": LONG.replace("]]", " pace_ms=300]]")}],
        "stream": True,
    }
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    with closing(connection):
        connection.request("POST", "/v1/chat/completions", json.dumps(body), BEARER)
        for line in connection.getresponse():
            times += [time.monotonic()] if text_in(line) else []
    return times[1] - times[0] > 0.1


@case("allowed_origins", ["https://app.example"], before="*", after="https://app.example")
def origin(gateway: Running) -> object:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    return gateway.request("OPTIONS", "/v1/chat/completions", headers=headers).headers["access-control-allow-origin"]


@case("route_header", True, before=False, after=True)
def told(gateway: Running) -> object:
    return "x-gateway-trace" in chat(gateway).headers
