"""What goes wrong upstream, and what the caller sees of it."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.e2e.processes import TOKEN, Answer, GatewayProcess, requests, wait_for_active

NATIVE = {"x-goog-api-key": TOKEN, "Content-Type": "application/json"}


def keys_asked(served: GatewayProcess) -> list[str]:
    return [dict(request["headers"])["x-goog-api-key"] for request in requests(served.google)]


def chunks_of(answer: Answer) -> list[Any]:
    events = [line[6:] for line in answer.body.decode().split("\n\n") if line.startswith("data: ")]
    return [json.loads(event) for event in events if event != "[DONE]"]


def native(
    served: GatewayProcess, text: str, method: str = "streamGenerateContent?alt=sse", prefix: str = ""
) -> Answer:
    body = json.dumps({"contents": [{"parts": [{"text": text}]}]}).encode()
    return served.request("POST", f"{prefix}/v1beta/models/gemini-2.5-flash:{method}", body, NATIVE)


ANYWHERE = ["overload", "internal", "empty", "malformed_call", "cut", "reset", "html_502"]


@pytest.mark.parametrize(
    ("fault", "stream"),
    [(fault, stream) for fault in ANYWHERE for stream in (False, True)]
    + [("thoughts_only", False), ("no_finish", False)],  # in a stream their content is seen before they are known
)
def test_a_failure_before_the_first_content_is_replaced_unseen(
    served: GatewayProcess, fault: str, stream: bool
) -> None:
    answer = served.chat(f"Tell me [[sim: fault={fault} times=1]]", stream=stream)
    assert answer.status == 200
    assert b"Tell me" in answer.body
    assert b"error" not in answer.body
    assert len(set(keys_asked(served))) == 2


@pytest.mark.parametrize("fault", ["error_in_stream after=0", "role_then_error"])
def test_an_error_in_the_first_frames_goes_to_another_key_and_the_caller_sees_nothing(
    served: GatewayProcess, fault: str
) -> None:
    answer = served.chat(f"Tell me [[sim: fault={fault} times=1]]", stream=True)
    chunks = chunks_of(answer)
    assert answer.headers["gemini-balance-attempts"] == "2"
    assert "Tell me" in "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert answer.body.endswith(b"data: [DONE]\n\n")
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert len(set(keys_asked(served))) == 2


@pytest.mark.parametrize(
    "fault", ["cut_after after=2", "error_in_stream after=2", "reset after=2", "no_finish after=2"]
)
def test_a_stream_that_breaks_after_content_ends_with_an_error_event(served: GatewayProcess, fault: str) -> None:
    seen: list[str] = []
    asked = f"Tell me [[sim: events=6 pace_ms=50 fault={fault}]]"
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN) as client:
        stream = client.chat.completions.create(
            model="gemini-2.5-flash", messages=[{"role": "user", "content": asked}], stream=True
        )
        with pytest.raises(openai.APIError):
            seen.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    assert "".join(seen)
    assert len(keys_asked(served)) == 1


@pytest.mark.parametrize("fault", ["cut_after after=2", "error_in_stream after=2", "no_finish"])
def test_a_broken_native_stream_ends_with_googles_error_event(served: GatewayProcess, fault: str) -> None:
    answer = native(served, f"Tell me [[sim: events=6 pace_ms=50 fault={fault}]]")
    last = answer.body.decode().split("\r\n\r\n")[-2]
    assert answer.status == 200
    assert json.loads(last.removeprefix("data: "))["error"]["code"] in (502, 503)


def test_silence_is_bridged_by_heartbeats_that_the_library_skips(served: GatewayProcess) -> None:
    answer = served.chat("Tell me [[sim: first_ms=1000]]", stream=True)
    assert answer.body.startswith(b": keep-alive\n\n")
    assert answer.body.endswith(b"data: [DONE]\n\n")
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key=TOKEN) as client:
        stream = client.chat.completions.create(
            model="gemini-2.5-flash",
            messages=[{"role": "user", "content": "Tell me [[sim: first_ms=1500]]"}],
            stream=True,
        )
        assert "Tell me" in "".join(chunk.choices[0].delta.content or "" for chunk in stream)


def test_a_failure_after_a_heartbeat_is_an_error_event(served: GatewayProcess) -> None:
    answer = served.chat("Tell me [[sim: fault=empty first_ms=600]]", stream=True)
    assert answer.status == 200
    assert answer.body.startswith(b": keep-alive\n\n")
    assert "error" in chunks_of(answer)[-1]
    assert b"[DONE]" not in answer.body


def test_a_native_heartbeat_is_a_blank_line(served: GatewayProcess) -> None:
    answer = native(served, "Tell me [[sim: first_ms=1500]]")
    assert answer.body.startswith(b"\r\n\r\n")
    assert b"Tell me" in answer.body


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent?alt=sse", "streamGenerateContent"])
def test_the_strict_native_route_makes_one_attempt_and_shows_googles_answer(
    served: GatewayProcess, method: str
) -> None:
    answer = native(served, "Tell me [[sim: fault=overload]]", method, "/gemini")
    error = answer.json[0] if isinstance(answer.json, list) else answer.json
    assert (answer.status, error["error"]["status"]) == (503, "UNAVAILABLE")
    assert answer.headers["content-type"].startswith("application/json")
    assert len(keys_asked(served)) == 1


def test_the_other_native_route_replaces_a_failed_attempt(served: GatewayProcess) -> None:
    answer = native(served, "Tell me [[sim: fault=overload times=1]]")
    assert answer.status == 200
    assert len(keys_asked(served)) == 2


def test_an_array_stream_that_breaks_stays_valid_json(served: GatewayProcess) -> None:
    answer = native(served, "Tell me [[sim: events=6 pace_ms=50 fault=cut_after after=2]]", "streamGenerateContent")
    assert answer.json[0]["candidates"]
    assert answer.json[-1]["error"]["status"] == "INTERNAL"


@pytest.mark.parametrize("fault", ["invalid_argument", "text_only"])
def test_the_callers_own_mistake_is_told_once_and_blames_no_key(served: GatewayProcess, fault: str) -> None:
    for _ in range(6):
        answer = served.chat(f"Tell me [[sim: fault={fault}]]")
        assert answer.status == 400
    assert len(keys_asked(served)) == 6
    assert served.chat("Tell me").status == 200


def test_an_overloaded_model_is_said_to_be_overloaded(served: GatewayProcess) -> None:
    answer = served.chat("Tell me [[sim: fault=overload]]")
    assert (answer.status, answer.json["error"]["code"]) == (503, "upstream_overloaded")
    assert answer.headers["x-should-retry"] == "false"


def test_silence_before_the_first_byte_is_a_timeout_told_as_such(served: GatewayProcess) -> None:
    answer = served.chat("Tell me [[sim: fault=slow seconds=30]]")
    assert (answer.status, answer.json["error"]["code"]) == (504, "upstream_timeout")
    assert len(keys_asked(served)) == 2


def test_silence_between_events_ends_the_stream_with_an_error_event(served: GatewayProcess) -> None:
    answer = served.chat("Tell me [[sim: events=6 pace_ms=50 fault=stall after=4 seconds=30]]", stream=True)
    assert b"Tell me" in answer.body
    assert "error" in chunks_of(answer)[-1]


def test_the_callers_own_deadline_is_kept(served: GatewayProcess) -> None:
    body = json.dumps({"contents": [{"parts": [{"text": "Tell me [[sim: fault=slow seconds=30]]"}]}]}).encode()
    path = "/v1beta/models/gemini-2.5-flash:generateContent"
    answer = served.request("POST", path, body, NATIVE | {"X-Server-Timeout": "1"})
    assert (answer.status, answer.json["error"]["status"]) == (504, "DEADLINE_EXCEEDED")
    assert wait_for_active(served, 0, 1) == 0
