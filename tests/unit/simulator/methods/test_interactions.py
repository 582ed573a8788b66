"""Interactions: answers in steps and events, conversations that are remembered, work in the background."""

import json
import os
from pathlib import Path

import pytest

from gemini_balance.simulator.json_types import Json, Object
from tests.unit.simulator.client import KEY, MODEL, Client, Reply, at
from tests.unit.simulator.methods.uploading import STRANGER, get

PATH = "/v1beta/interactions"
WEATHER: Json = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
ROOT = Path(__file__).parents[4]
CORPUS = Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
RECORDED = CORPUS / "gemini" / "interactions.create"


@pytest.fixture(autouse=True)
def standing_clock(google: Client) -> None:
    google.control(clock_start=1_794_484_800.0, clock_speed=0.0)


def post(google: Client, told: Json, key: str = KEY, **fields: Json) -> Reply:
    body: Object = {"model": MODEL, "input": told, **fields}
    return google.call("POST", PATH, body, x_goog_api_key=key)


def events(reply: Reply) -> list[tuple[str, Json]]:
    """The events of a stream, each with its name."""
    blocks = reply.body.decode().removesuffix("\n\n").split("\n\n")
    pairs = [block.removeprefix("event: ").split("\ndata: ", 1) for block in blocks]
    assert pairs[-1] == ["done", "[DONE]"]
    return [(name, json.loads(data)) for name, data in pairs[:-1]]


def test_an_answer_comes_in_steps(google: Client) -> None:
    shown = post(google, "Hi [[sim: text=Hello thoughts=5]]").json()
    thought = at(shown, "steps", 0, "signature")
    assert shown == {
        "id": shown["id"],
        "status": "completed",
        "usage": {
            "total_tokens": 16,
            "total_input_tokens": 9,
            "input_tokens_by_modality": [{"modality": "text", "tokens": 9}],
            "total_cached_tokens": 0,
            "total_output_tokens": 2,
            "total_tool_use_tokens": 0,
            "total_thought_tokens": 5,
        },
        "created": "2026-11-12T12:00:00Z",
        "updated": "2026-11-12T12:00:00Z",
        "service_tier": "standard",
        "steps": [
            {"signature": thought, "type": "thought"},
            {"content": [{"text": "Hello", "type": "text"}], "type": "model_output"},
        ],
        "object": "interaction",
        "model": MODEL,
    }
    assert str(shown["id"]).startswith("v1_")


def test_a_stream_tells_the_same_in_named_events(google: Client) -> None:
    reply = post(google, "Hi [[sim: text=Hello thoughts=5 events=2]]", stream=True)
    told = events(reply)
    assert reply.headers["content-type"] == "text/event-stream"
    assert [name for name, _ in told] == [
        "interaction.created",
        "interaction.status_update",
        "step.start",
        "step.delta",
        "step.stop",
        "step.start",
        "step.delta",
        "step.delta",
        "step.stop",
        "interaction.completed",
    ]
    assert all(at(data, "event_type") == name for name, data in told)
    assert [at(data, "delta", "text") for name, data in told[5:] if name == "step.delta"] == ["He", "llo"]
    interaction_id = at(told[0][1], "interaction", "id")
    assert at(told[-1][1], "interaction", "id") == interaction_id
    assert at(told[-1][1], "interaction", "usage", "total_output_tokens") == 2
    assert get(google, f"{PATH}/{interaction_id}").status == 200


@pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded traffic at {RECORDED}; CORPUS names its folder")
def test_recorded_requests_are_taken_and_answered_alike(google: Client) -> None:
    seen = 0
    for path in sorted(RECORDED.glob("openinference*.json")):
        exchange = json.loads(path.read_bytes())
        body = exchange["request"]["body"]
        reply = google.call("POST", PATH, body, x_goog_api_key=KEY)
        assert reply.status == 200, (path.stem, reply.body)
        if not exchange["stream"]:
            assert set(reply.json()) == set(exchange["response"]["body"]), path.stem
            seen += 1
        else:
            recorded = [chunk["event"] for chunk in exchange["response"]["chunks"]][:-1]
            assert {name for name, _ in events(reply)} == set(recorded), path.stem
            seen += 1
    assert seen > 5


def test_a_conversation_goes_on_where_it_was_left(google: Client) -> None:
    first = post(google, "Hi").json()["id"]
    second = post(google, "And now?", previous_interaction_id=first).json()
    assert "turn 2] And now?" in str(second["steps"])
    third = post(google, "Again", previous_interaction_id=second["id"]).json()
    assert "turn 3] Again" in str(third["steps"])


def test_a_call_is_answered_by_its_id(google: Client) -> None:
    called = post(google, "call get_weather", tools=[WEATHER]).json()
    call = at(called, "steps", 1)
    assert (called["status"], at(call, "type"), at(call, "name")) == ("requires_action", "function_call", "get_weather")
    result: Json = [{"type": "function_result", "call_id": at(call, "id"), "result": {"sky": "blue"}}]
    told = post(google, result, previous_interaction_id=called["id"], tools=[WEATHER]).json()
    assert (told["status"], "get_weather returned" in str(told["steps"])) == ("completed", True)


def test_a_call_is_streamed_with_its_arguments_as_text(google: Client) -> None:
    wish = '[[sim: call=get_weather args="{\\"city\\": \\"Oslo\\"}"]]'
    told = events(post(google, wish, tools=[WEATHER], stream=True))
    deltas = [at(data, "delta") for name, data in told if name == "step.delta"]
    assert deltas[-1] == {"arguments": '{"city":"Oslo"}', "type": "arguments_delta"}
    assert at(told[-1][1], "interaction", "status") == "requires_action"


def test_a_whole_conversation_can_be_brought_along(google: Client) -> None:
    steps: Json = [
        {"type": "user_input", "content": [{"type": "text", "text": "call get_weather"}]},
        {"type": "thought", "signature": "abc"},
        {"type": "function_call", "id": "c1", "name": "get_weather", "arguments": {}},
        {"type": "function_result", "call_id": "c1", "result": "sunny"},
    ]
    told = post(google, steps, tools=[WEATHER], store=False)
    assert (told.status, "id" in told.json(), "sunny" in str(told.json()["steps"])) == (200, False, True)


def test_pictures_are_counted(google: Client) -> None:
    picture: Json = {"type": "image", "data": "aGk=", "mime_type": "image/png"}
    usage = post(google, [{"type": "text", "text": "See?"}, picture]).json()["usage"]
    assert at(usage, "input_tokens_by_modality", 1) == {"modality": "image", "tokens": 258}


def test_only_the_project_can_ask_for_it_again(google: Client) -> None:
    made = post(google, "Hi").json()
    path = f"{PATH}/{made['id']}"
    assert get(google, path).json() == made
    assert get(google, f"{path}?include_input=true").json() == made | {"input": "Hi"}
    refused = [
        get(google, path, STRANGER),
        post(google, "Hi", STRANGER, previous_interaction_id=made["id"]),
        google.call("DELETE", path, x_goog_api_key=STRANGER),
    ]
    error: Json = {"message": f"Interaction '{made['id']}' not found.", "code": "not_found"}
    assert [(reply.status, reply.json()) for reply in refused] == [(404, {"error": error})] * 3
    assert google.call("DELETE", path, x_goog_api_key=KEY).json() == {}
    assert get(google, path).status == 404


def test_work_in_the_background_is_done_in_time(google: Client) -> None:
    begun = post(google, "Hi", background=True).json()
    path = f"{PATH}/{begun['id']}"
    assert (begun["status"], "steps" in begun, get(google, path).json()) == ("in_progress", False, begun)
    google.control(advance=5)
    assert get(google, path).json()["status"] == "completed"


def test_work_in_the_background_can_be_cancelled(google: Client) -> None:
    begun, done = post(google, "Hi", background=True).json(), post(google, "Hi").json()
    path = f"{PATH}/{begun['id']}"
    assert google.call("POST", f"{path}/cancel", x_goog_api_key=KEY).json()["status"] == "cancelled"
    google.control(advance=5)
    assert get(google, path).json()["status"] == "cancelled"
    assert google.call("POST", f"{PATH}/{done['id']}/cancel", x_goog_api_key=KEY).status == 400


def test_an_agent_answers_without_a_model(google: Client) -> None:
    body: Json = {"agent": "deep-research-pro-preview-12-2025", "input": "TPUs", "background": True}
    begun = google.call("POST", PATH, body, x_goog_api_key=KEY).json()
    assert (begun["agent"], "model" in begun) == ("deep-research-pro-preview-12-2025", False)


def test_a_stored_one_is_told_again_from_where_it_broke_off(google: Client) -> None:
    made = post(google, "Hi").json()
    path = f"{PATH}/{made['id']}?stream=true"
    everything = events(get(google, path))
    rest = events(get(google, f"{path}&last_event_id={at(everything[3][1], 'event_id')}"))
    assert rest == everything[4:]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"input": "Hi"}, 400, "Exactly one of 'model' and 'agent' must be given."),
        ({"model": MODEL}, 400, "'input' is required."),
        ({"model": MODEL, "input": "Hi", "colour": 1}, 400, "Unknown parameter 'colour'."),
        ({"model": "gemini-9", "input": "Hi"}, 404, "Model 'gemini-9' not found."),
        ({"model": MODEL, "input": [{"type": "smell"}]}, 400, "Unknown content type 'smell'."),
        ({"model": MODEL, "input": "Hi", "background": True, "store": False}, 400, "'background' needs 'store'."),
        (
            {"model": MODEL, "input": [{"type": "function_result", "call_id": "x"}]},
            400,
            "No function call has the id 'x'.",
        ),
        (
            {"model": MODEL, "input": "Hi", "cached_content": "cachedContents/x"},
            403,
            "CachedContent not found (or permission denied)",
        ),
        ("[]", 400, "Invalid JSON payload received. Expected `object`, got `array`"),
    ],
)
def test_errors_have_words_for_codes(google: Client, body: Json, status: int, said: str) -> None:
    refused = google.call("POST", PATH, body, x_goog_api_key=KEY)
    word = {400: "invalid_request", 403: "permission_denied", 404: "not_found"}[status]
    assert (refused.status, refused.json()) == (status, {"error": {"message": said, "code": word}})


def test_quotas_and_faults_speak_as_everywhere(google: Client) -> None:
    google.control(projects={"amber": {"quotas": {MODEL: {"rpm": 1}}}})
    statuses = [post(google, "Hi").status, post(google, "Hi").status]
    overloaded = post(google, "[[sim: fault=overload]]", STRANGER)
    assert [*statuses, overloaded.status] == [200, 429, 503]
    assert at(overloaded.json(), "error", "status") == "UNAVAILABLE"


def test_a_stream_can_break(google: Client) -> None:
    told = post(google, "Hi [[sim: fault=error_in_stream after=3]]", stream=True)
    assert [name for name, _ in events(told)] == [
        "interaction.created",
        "interaction.status_update",
        "step.start",
        "error",
    ]


def test_code_is_run_in_steps(google: Client) -> None:
    tools: Json = [{"type": "code_execution"}]
    told = events(post(google, "Six times seven [[sim: text=42]]", tools=tools, stream=True))
    kinds = [at(data, "step", "type") for name, data in told if name == "step.start"]
    deltas = [at(data, "delta") for name, data in told if name == "step.delta"]
    assert kinds == ["thought", "code_execution_call", "code_execution_result", "model_output"]
    assert deltas[1:3] == [
        {"type": "code_execution_call", "arguments": {"language": "python", "code": "print(6 * 7)\n"}},
        {"type": "code_execution_result", "result": "42\n"},
    ]


def test_a_picture_is_said_after_its_text(google: Client) -> None:
    told = events(post(google, "A red dot", model="gemini-2.5-flash-image", stream=True))
    deltas = [at(data, "delta") for name, data in told if name == "step.delta"]
    assert (at(deltas[0], "type"), at(deltas[-1], "type"), at(deltas[-1], "mime_type")) == (
        "text",
        "image",
        "image/png",
    )


def test_thoughts_are_summed_up_when_asked(google: Client) -> None:
    config: Json = {"thinking_summaries": "auto", "max_output_tokens": 5000, "thinking_level": "high"}
    shown = post(google, "Hi", generation_config=config, system_instruction="Be brief.").json()
    assert at(shown, "steps", 0, "summary", 0, "type") == "text"
    told = events(post(google, "Hi", generation_config=config, stream=True))
    assert at(told[3][1], "delta", "type") == "thought_summary"


def test_media_may_be_named_by_address(google: Client) -> None:
    video: Json = {"type": "video", "uri": "files/nowhere", "mime_type": "video/mp4"}
    refused = post(google, [{"type": "user_input", "content": [video]}])
    assert (refused.status, at(refused.json(), "error", "code")) == (403, "permission_denied")


@pytest.mark.parametrize(
    "fields",
    [
        {"generation_config": []},
        {"generation_config": {"seed": "x"}},
        {"tools": {}},
        {"tools": ["search"]},
        {"input": 7},
    ],
)
def test_settings_of_another_shape_are_refused(google: Client, fields: Object) -> None:
    refused = google.call("POST", PATH, {"model": MODEL, "input": "Hi", **fields}, x_goog_api_key=KEY)
    assert (refused.status, at(refused.json(), "error", "code")) == (400, "invalid_request")
