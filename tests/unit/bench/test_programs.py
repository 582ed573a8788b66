"""The two C programs against each other: the checks stay silent when all is well, and speak when it is not."""

import http.client
import json
from dataclasses import replace
from typing import Any

import pytest

from bench.bodies import MODEL
from bench.loadgen import Found, Load, LoadGenerator, Request
from bench.processes import Broken, Server, free_port
from bench.scenarios import GEMINI, GEMINI_STREAM, KEY, NATIVE_PATH, NATIVE_STREAM_PATH
from bench.upstream import Shape, get_stats, set_shape

UNARY = Request(NATIVE_PATH, "native.json", GEMINI, KEY)
STREAM = Request(NATIVE_STREAM_PATH, "native.json", GEMINI_STREAM, KEY)
FEW = Load(connections=4, requests=40, seconds=20)


def post(port: int, path: str, body: object, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def ask(port: int, operation: str, body: object) -> Any:
    _, content = post(port, f"/v1beta/models/{MODEL}:{operation}", body, {"x-goog-api-key": "k"})
    return json.loads(content)


def checks(found: Found) -> tuple[int, int, int, int]:
    return found.errors, found.bad_status, found.no_match, found.no_event


@pytest.mark.parametrize(
    ("request_", "events", "shape"),
    [
        pytest.param(UNARY, None, Shape(), id="unary"),
        pytest.param(UNARY, None, Shape(latency_us=20_000), id="unary that takes its time"),
        pytest.param(UNARY, None, Shape(output_bytes=300_000), id="unary larger than one read"),
        pytest.param(STREAM, 50, Shape(), id="stream in one burst"),
        pytest.param(STREAM, 5, Shape(events=5, pace_us=2_000), id="paced stream"),
        pytest.param(STREAM, 5, Shape(events=5, pace_us=2_000, latency_us=5_000), id="paced stream that starts late"),
        pytest.param(STREAM, 3_000, Shape(events=3_000, text_bytes=400), id="stream larger than any buffer"),
        pytest.param(STREAM, 1, Shape(events=1), id="stream of one event"),
    ],
)
def test_all_checks_hold_when_asked_directly(
    upstream: Server, load: LoadGenerator, request_: Request, events: int | None, shape: Shape
) -> None:
    set_shape(upstream.port, shape)
    found = load.run(upstream, request_, replace(FEW, events=events))
    stats = get_stats(upstream.port)
    assert (found.done, checks(found), found.complaints()) == (40, (0, 0, 0, 0), [])
    assert found.events == (events or 0) * 40
    assert (stats.requests, stats.bad, stats.aborts, stats.active) == (40, 0, 0, 0)
    assert found.connections <= 4


def test_an_open_loop_keeps_its_rate(upstream: Server, load: LoadGenerator) -> None:
    found = load.run(upstream, UNARY, Load(connections=8, rate=100, seconds=0.5))
    assert found.done == 50
    assert found.seconds > 0.45


def test_a_late_first_byte_is_seen(upstream: Server, load: LoadGenerator) -> None:
    set_shape(upstream.port, Shape(latency_us=30_000))
    found = load.run(upstream, UNARY, replace(FEW, requests=4))
    assert found.latency_us is not None
    assert found.latency_us.p50 >= 30_000


def test_events_carry_the_moment_they_were_made(upstream: Server, load: LoadGenerator) -> None:
    set_shape(upstream.port, Shape(events=10, pace_us=5_000))
    found = load.run(upstream, STREAM, Load(connections=1, requests=1, seconds=20, events=10))
    assert found.event_delay_us is not None
    assert found.event_delay_us.p50 < 5_000  # less than the pace: not the time since the stream began


@pytest.mark.parametrize(
    ("request_", "load_", "complaint"),
    [
        pytest.param(replace(UNARY, markers=("absent",)), FEW, "without the expected content", id="content"),
        pytest.param(
            replace(UNARY, markers=(*GEMINI, "absent")), FEW, "without the expected content", id="one of many"
        ),
        pytest.param(STREAM, replace(FEW, events=49), "with a wrong number of events", id="too many events"),
        pytest.param(STREAM, replace(FEW, events=51), "with a wrong number of events", id="too few events"),
        pytest.param(UNARY, replace(FEW, events=1), "with a wrong number of events", id="no events"),
        pytest.param(replace(UNARY, path="/nowhere"), FEW, "not 200", id="status"),
    ],
)
def test_every_wrong_reply_is_counted(
    upstream: Server, load: LoadGenerator, request_: Request, load_: Load, complaint: str
) -> None:
    assert load.run(upstream, request_, load_).complaints() == [f"40 replies {complaint}"]


def test_a_request_without_a_key_is_bad(upstream: Server, load: LoadGenerator) -> None:
    load.run(upstream, replace(UNARY, headers=()), FEW)
    assert get_stats(upstream.port).bad == 40


def test_a_request_in_other_words_is_bad(upstream: Server, load: LoadGenerator) -> None:
    load.run(upstream, replace(UNARY, body="chat.json"), FEW)
    assert get_stats(upstream.port).bad == 40


def test_a_client_that_leaves_is_seen_by_the_upstream(upstream: Server, load: LoadGenerator) -> None:
    set_shape(upstream.port, Shape(events=1_000, pace_us=10_000))
    found = load.run(upstream, STREAM, Load(connections=5, requests=5, seconds=20, leave_after=1_000))
    stats = get_stats(upstream.port)
    assert (found.left, found.done, stats.aborts, stats.active) == (5, 0, 5, 0)
    assert stats.last_abort_us >= found.last_left_us - 100_000


def test_a_slow_reader_holds_the_upstream_back(upstream: Server, load: LoadGenerator) -> None:
    set_shape(upstream.port, Shape(events=100_000, text_bytes=400))
    slow = Load(
        connections=1, requests=1, seconds=0.5, grace=0, receive_buffer=8_192, read_size=4_096, read_pause=5_000
    )
    found = load.run(upstream, STREAM, slow)
    assert (found.unfinished, found.done) == (1, 0)
    assert 0 < found.bytes < 1_000_000
    assert get_stats(upstream.port).bytes < 20_000_000


def test_a_target_that_is_not_there_refuses_every_request(upstream: Server, load: LoadGenerator) -> None:
    nobody = Server("nobody", [], free_port(), upstream.core, upstream.folder, "/")
    assert load.run(nobody, UNARY, FEW).complaints() == ["40 replies broken or refused"]


def test_a_load_generator_that_gives_up_is_no_measurement(upstream: Server, load: LoadGenerator) -> None:
    with pytest.raises(Broken, match="gave up"):
        load.run(upstream, replace(UNARY, body="absent.json"), FEW)


def test_a_reply_has_the_shape_of_gemini(upstream: Server) -> None:
    reply = ask(upstream.port, "generateContent", {"contents": []})
    usage = reply["usageMetadata"]
    assert reply["candidates"][0]["finishReason"] == "STOP"
    counted = usage["promptTokenCount"] + usage["candidatesTokenCount"] + usage["thoughtsTokenCount"]
    assert usage["totalTokenCount"] == counted


def test_a_stream_is_what_google_sends(upstream: Server) -> None:
    set_shape(upstream.port, Shape(events=3))
    path = f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse"
    response, content = post(upstream.port, path, {"contents": []}, {"x-goog-api-key": "k"})
    *events, rest = content.split(b"\r\n\r\n")
    reasons = [json.loads(event.removeprefix(b"data: "))["candidates"][0].get("finishReason") for event in events]
    assert response.headers["content-type"] == "text/event-stream"
    assert (reasons, rest) == ([None, None, "STOP"], b"")


def test_embeddings_come_one_or_many(upstream: Server) -> None:
    text = {"content": {"parts": [{"text": "tide"}]}}
    one = ask(upstream.port, "embedContent", text)
    many = ask(upstream.port, "batchEmbedContents", {"requests": [text, text, text]})
    assert len(one["embedding"]["values"]) == 768
    assert [len(embedding["values"]) for embedding in many["embeddings"]] == [768, 768, 768]


@pytest.mark.parametrize("path", ["/v1beta/models", f"/v1beta/models/{MODEL}"])
def test_models_can_be_listed_and_read(upstream: Server, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=10)
    connection.request("GET", path, headers={"x-goog-api-key": "k"})
    reply = json.loads(connection.getresponse().read())
    connection.close()
    names = [model["name"] for model in reply.get("models", [reply])]
    assert f"models/{MODEL}" in names


def test_a_body_of_unknown_length_is_refused(upstream: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=10)
    connection.request("POST", NATIVE_PATH, iter([b"{}"]), {"x-goog-api-key": "k"}, encode_chunked=True)
    assert connection.getresponse().status == 411
    connection.close()
