"""What is measured, as a table: which request each target gets, how the upstream answers, how the load looks."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from bench.bodies import MODEL
from bench.gateway import GATEWAY, JOURNALLED, TOKEN
from bench.loadgen import Load, Request
from bench.nginx import STREAM_PATH, UNARY_PATH
from bench.upstream import Shape

CHAT_PATH = "/v1/chat/completions"
NATIVE_PATH = f"/v1beta/models/{MODEL}:generateContent"
NATIVE_STREAM_PATH = f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse"

# Stands in the text of the upstream's answer (native/common.h), so it must come through every translation.
ANSWER = "bench-reply-ok"
OPENAI = (ANSWER, '"choices"', '"usage"')
GEMINI = (ANSWER, '"candidates"', '"usageMetadata"')
OPENAI_STREAM = ('"choices"', "data: [DONE]")
GEMINI_STREAM = ('"candidates"', '"finishReason"')


PLAIN = Shape()
CLOSED_LOOP = Load()
CPU_TURNS = 6


class Kind(Enum):
    """How a scenario is measured; `measure.py` has one function for each."""

    START = auto()  # from nothing to ready
    LOAD = auto()  # CPU, throughput and latency under load
    HOLD = auto()  # memory while many streams are open
    LEAVE = auto()  # clients go away in mid-stream
    SLOW = auto()  # a client reads more slowly than the upstream sends


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One row of the table."""

    name: str
    what: str
    kind: Kind
    requests: dict[str, Request] = field(default_factory=dict)  # by target
    shape: Shape = PLAIN
    load: Load = CLOSED_LOOP
    stretch: float = 1  # how many times the usual seconds the load lasts
    turns: int = 1  # a repetition is cut into so many, each as much shorter
    fresh: bool = False  # wants a process that has served nobody before


BEARER = (f"Authorization: Bearer {TOKEN}",)
KEY = (f"x-goog-api-key: {TOKEN}",)

NGINX = Request(UNARY_PATH, "native.json", GEMINI)
NGINX_STREAM = Request(STREAM_PATH, "native.json", GEMINI_STREAM)
CHAT = {"nginx": NGINX, "gateway": Request(CHAT_PATH, "chat.json", OPENAI, BEARER)}
MULTI = {
    "nginx": Request(UNARY_PATH, "native_multi.json", GEMINI),
    "gateway": Request(CHAT_PATH, "multi.json", OPENAI, BEARER),
}
NATIVE = {"nginx": NGINX, "gateway": Request(NATIVE_PATH, "native.json", GEMINI, KEY)}
STREAM = {"nginx": NGINX_STREAM, "gateway": Request(CHAT_PATH, "chat_stream.json", OPENAI_STREAM, BEARER)}
NATIVE_STREAM = {"nginx": NGINX_STREAM, "gateway": Request(NATIVE_STREAM_PATH, "native.json", GEMINI_STREAM, KEY)}
LATENCY = {"direct": Request(NATIVE_PATH, "native.json", GEMINI, KEY), **CHAT}
JOURNAL = {GATEWAY: CHAT[GATEWAY], JOURNALLED: CHAT[GATEWAY]}
ONLY_GATEWAY = {"gateway": Request(CHAT_PATH, "chat_stream.json", headers=BEARER)}

SCENARIOS = (
    Scenario(
        name="start",
        what="from the start of the process to its first 200; memory before the first request",
        kind=Kind.START,
        requests=CHAT,
    ),
    Scenario(
        name="chat",
        what="chat completions, 1 KB in, 1.4 KB out; 32 connections, each asks again when answered",
        kind=Kind.LOAD,
        turns=CPU_TURNS,
        requests=CHAT,
    ),
    Scenario(
        name="journal",
        what="the same with and without the journal, which the other rows go without",
        kind=Kind.LOAD,
        turns=2,  # each longer than several flushes
        stretch=4,
        requests=JOURNAL,
    ),
    Scenario(
        name="multi",
        what="the same with a conversation of 20 KB",
        kind=Kind.LOAD,
        turns=CPU_TURNS,
        requests=MULTI,
    ),
    Scenario(
        name="native",
        what="native generateContent, 1 KB in; 32 connections",
        kind=Kind.LOAD,
        turns=CPU_TURNS,
        requests=NATIVE,
    ),
    Scenario(
        name="burst",
        what="streamed chat completions, 50 events that arrive at once; 32 connections",
        kind=Kind.LOAD,
        turns=CPU_TURNS,
        requests=STREAM,
        load=Load(events=50),
    ),
    Scenario(
        name="native_burst",
        what="native streamGenerateContent, 50 events at once; 32 connections",
        kind=Kind.LOAD,
        turns=CPU_TURNS,
        requests=NATIVE_STREAM,
        load=Load(events=50),
    ),
    Scenario(
        name="paced",
        what="64 streamed chat completions at a time, 50 events each, 10 ms apart",
        kind=Kind.LOAD,
        requests=STREAM,
        shape=Shape(pace_us=10_000),
        load=Load(connections=64, events=50),
    ),
    Scenario(
        name="lat",
        what="chat completions at 50 a second, whatever happens; the time beyond that of asking the upstream directly",
        kind=Kind.LOAD,
        requests=LATENCY,
        load=Load(connections=64, rate=50),
        stretch=2,
    ),
    Scenario(
        name="hold",
        what="1,000 streamed chat completions open at the same time, 60 events each, 200 ms apart; a fresh process",
        kind=Kind.HOLD,
        requests=STREAM,
        shape=Shape(pace_us=200_000, events=60),
        load=Load(connections=1_000, requests=1_000, rate=200, seconds=30, grace=30, events=60),
        fresh=True,
    ),
    Scenario(
        name="abort",
        what="20 clients close a streamed chat completion after its first kilobyte",
        kind=Kind.LEAVE,
        requests=ONLY_GATEWAY,
        shape=Shape(pace_us=50_000, events=400),
        load=Load(connections=20, requests=20, seconds=5, grace=5, leave_after=1_000),
    ),
    Scenario(
        name="backpressure",
        what="the upstream pushes 80 MB; the client reads 0.8 MB a second for 6 seconds; a fresh process",
        kind=Kind.SLOW,
        requests=ONLY_GATEWAY,
        shape=Shape(events=100_000, text_bytes=400),
        load=Load(
            connections=1, requests=1, seconds=6, grace=0, receive_buffer=8_192, read_size=4_096, read_pause=5_000
        ),
        fresh=True,
    ),
)


def at_quick_size(scenario: Scenario) -> Scenario:
    """Small enough for a smoke test: it shows that the scenario runs, not what anything costs."""
    load, scenario = scenario.load, replace(scenario, turns=1)
    if scenario.kind is Kind.HOLD:
        small = replace(load, connections=50, requests=50, rate=200, events=20)
        return replace(scenario, load=small, shape=Shape(pace_us=50_000, events=20))
    if scenario.kind is Kind.SLOW:
        return replace(scenario, load=replace(load, seconds=1))
    return scenario
