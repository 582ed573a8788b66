"""One pool at one load over sockets: gateway, fake Google and callers, all in hurried time."""

import asyncio
import json
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bench.balance.arrivals import CLIENTS, Call
from bench.balance.clock import START
from bench.balance.figures import Figures
from bench.balance.ledger import Ending, Ledger
from bench.balance.simulate import AFTERMATH, Case
from bench.endtoend.answers import ending_of
from bench.endtoend.client import Client
from bench.endtoend.gateway import gateway_server
from bench.endtoend.google import STATISTICS, google_server, keys_of, secret_of
from bench.endtoend.prompts import PATH, answer_of, body_of, due, headers_of, token_of
from bench.processes import Broken, Server
from gemini_balance.core.keys import key_id

FASTEST = 10.0
FASTEST_UNLABELLED = 5.0  # which keys share a project shows in tenths of a second, and a computer's pauses don't shrink
MOST_CALLS = 150.0  # a real second: what gateway, fake Google and callers do on two cores with ease
GENERATED = ("generateContent", "streamGenerateContent")


@dataclass(frozen=True)
class Seen:
    """What came of a run."""

    figures: Figures
    late: float  # simulated seconds by which one caller in a hundred, or more, was late itself


@dataclass
class Crowd:
    """All callers of a run."""

    case: Case
    speed: float
    client: Client
    ledger: Ledger
    ids: dict[str, Call] = field(default_factory=dict)  # by the id that the gateway gave the call
    late: list[float] = field(default_factory=list)  # each caller's delay

    async def come(self) -> None:
        """Everybody at their time; returns when everybody has gone."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as calls:
            for call in self.case.calls:
                at = began + due(call, self.speed)
                await asyncio.sleep(at - loop.time())
                self.late.append((loop.time() - at) * self.speed)
                calls.create_task(self._ask(call))
        await self.client.close()

    async def _ask(self, call: Call) -> None:
        body = body_of(call, self.case.seed, self.case.scenario.faults, self.speed)
        try:
            async with asyncio.timeout(AFTERMATH / self.speed):
                answer = await self.client.post(PATH, headers_of(call), body)
        except OSError:  # nobody answered, or not in time
            return self.ledger.ended(call, Ending.SILENT)
        self.ids[answer.headers.get("x-request-id", "")] = call
        self.ledger.ended(call, ending_of(answer, expected=answer_of(call), streamed=call.streamed))
        return None


def speed_of(case: Case) -> float:
    """As fast as may be, and as a machine of two cores can keep up with."""
    fastest = FASTEST if case.scenario.labelled else FASTEST_UNLABELLED
    return min(fastest, MOST_CALLS * case.phases.stop / len(case.calls))


def run(case: Case, speed: float, folder: Path) -> Seen:
    """All calls of a case, sent to a gateway that is started for them."""
    assert not case.scenario.troubles, "the fake Google is not told of those"
    assert not case.scenario.outages, "nor of those"
    ledger = Ledger(case.calls, case.phases)
    keys = keys_of(case.fleet, labelled=case.scenario.labelled)
    google = google_server(case, speed, folder)
    gateway = gateway_server(speed, folder, google.port, keys, [token_of(name) for name, _ in CLIENTS])
    crowd = Crowd(case, speed, Client(gateway.port), ledger)
    try:
        google.start()
        gateway.start()
        asyncio.run(crowd.come())
        upstream_calls = _upstream_calls(google)
    finally:
        gateway.stop()
        google.stop()
    _count(crowd, gateway.log, upstream_calls)
    return Seen(ledger.figures(), sorted(crowd.late)[-len(crowd.late) // 100])


def _count(crowd: Crowd, log: Path, upstream_calls: int) -> None:
    """The gateway's log tells whose each upstream call was; the fake Google's own count, that none is missing there.

    One more or less was given up before it reached the fake Google. It counts all the same.
    """
    keys = {key_id(secret_of(key)): key for key in crowd.case.fleet.keys}
    counted = 0
    for record in records_in(log.read_text().splitlines()):
        if call := crowd.ids.get(record["id"]):
            for attempt in record.get("attempts", ()):
                crowd.ledger.sent(call, keys[attempt["key"]], START)
                counted += 1
    if counted < upstream_calls:
        raise Broken(f"the fake Google saw {upstream_calls} calls, the gateway's log tells only of {counted}")


def records_in(lines: Iterable[str]) -> list[Any]:
    """Of all calls in the gateway's log; other lines are passed over."""
    return [msgspec.json.decode(line) for line in lines if line.startswith('{"log":"call"')]


def _upstream_calls(google: Server) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{google.port}{STATISTICS}") as reply:
        done = json.load(reply)["by_operation"]
    return sum(done.get(operation, 0) for operation in GENERATED)
