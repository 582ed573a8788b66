"""One measurement of one target: five kinds, each a function that returns named figures."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bench import procfs
from bench.loadgen import Found, Load, LoadGenerator, Request, finish
from bench.processes import Server
from bench.scenarios import Kind, Scenario
from bench.upstream import Stats, get_stats, set_shape

Figures = dict[str, float]

SETTLE = 0.3  # seconds for a process to come to rest
WARM_UP = 0.5
WARM_CONNECTIONS = 8
SAMPLE_EVERY = 0.05
LEAVE_PATIENCE = 5.0


@dataclass
class Rig:
    """What every measurement needs, and what went wrong so far."""

    upstream: Server
    load: LoadGenerator
    seconds: float
    complaints: list[str] = field(default_factory=list)

    def stats(self) -> Stats:
        """The upstream's counts."""
        return get_stats(self.upstream.port)

    def check(self, where: str, found: Found) -> None:
        """Keep what was wrong with the replies, or with the requests that reached the upstream."""
        self.complaints += [f"{where}: {complaint}" for complaint in found.complaints()]
        if bad := self.stats().bad:
            self.complaints.append(f"{where}: {bad} requests reached the upstream without a key, contents or length")


def measure(rig: Rig, scenario: Scenario, server: Server) -> Figures:
    """Measure one scenario on one target, once."""
    if scenario.kind is Kind.START:
        return _measure_start(server)
    if scenario.fresh:
        server.start()
    set_shape(rig.upstream.port, scenario.shape)
    where = f"{scenario.name} on {server.name}"
    return MEASURES[scenario.kind](rig, where, scenario, server)


def _measure_start(server: Server) -> Figures:
    seconds = server.start()
    time.sleep(SETTLE)
    return {"start_s": seconds, "idle_mb": procfs.rss_kb(server.pid) / 1024}


def _measure_load(rig: Rig, where: str, scenario: Scenario, server: Server) -> Figures:
    request = scenario.requests[server.name]
    warm_up = min(WARM_UP, rig.seconds)
    rig.load.run(server, request, replace(scenario.load, seconds=warm_up, connections=WARM_CONNECTIONS))
    load = replace(scenario.load, seconds=rig.seconds * scenario.stretch / scenario.turns)
    usage = Usage.begin(rig, server)
    found = rig.load.run(server, request, load)
    figures = usage.end(found)
    rig.check(where, found)
    if not found.done:
        rig.complaints.append(f"{where}: no reply at all")
    return figures | _latencies(found) | {"rss_mb": procfs.rss_kb(server.pid) / 1024, "rps": found.rps}


@dataclass(frozen=True)
class Usage:
    """The CPU time of everybody at one moment."""

    rig: Rig
    server: Server
    moment: float
    own: float
    side: float
    upstream: float
    all: float

    @classmethod
    def begin(cls, rig: Rig, server: Server) -> "Usage":
        """Read the clocks."""
        own, upstream = procfs.cpu_seconds(server.pid), procfs.cpu_seconds(rig.upstream.pid)
        side = procfs.side_seconds(server.pid)
        return cls(rig, server, time.monotonic(), own, side, upstream, procfs.busy_seconds())

    def end(self, found: Found) -> Figures:
        """What was used since, per reply and per event; and the cores that strangers kept busy meanwhile."""
        now = Usage.begin(self.rig, self.server)
        own = now.own - self.own
        ours = own + now.upstream - self.upstream + found.cpu_s
        return {
            "cpu_us": own * 1e6 / max(found.done, 1),
            "side_us": (now.side - self.side) * 1e6 / max(found.done, 1),
            "cpu_us_event": own * 1e6 / max(found.events, 1),
            "foreign_cores": max(0.0, (now.all - self.all - ours) / (now.moment - self.moment)),
        }


def _latencies(found: Found) -> Figures:
    spreads = {"latency": found.latency_us, "first_byte": found.first_byte_us, "event_delay": found.event_delay_us}
    known = {name: spread for name, spread in spreads.items() if spread}
    return {f"{name}_p50_us": spread.p50 for name, spread in known.items()} | {
        f"{name}_p99_us": spread.p99 for name, spread in known.items()
    }


def _watch_memory(rig: Rig, server: Server, request: Request, load: Load) -> tuple[Found, float]:
    """Run the load; returns also by how many KB the target's memory grew at most."""
    time.sleep(SETTLE)
    before = peak = procfs.rss_kb(server.pid)
    process = rig.load.start(server, request, load)
    try:
        while process.poll() is None:
            peak = max(peak, procfs.rss_kb(server.pid))
            time.sleep(SAMPLE_EVERY)
    finally:
        _end(process)
    return finish(process, load), peak - before


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()


def _touch(rig: Rig, server: Server, request: Request, scenario: Scenario) -> None:
    """A few short streams first, so that what is loaded on first use isn't counted as the load's memory."""
    set_shape(rig.upstream.port, replace(scenario.shape, pace_us=0, events=5))
    rig.load.run(server, request, Load(connections=4, requests=20, seconds=5, events=5))
    set_shape(rig.upstream.port, scenario.shape)


def _measure_hold(rig: Rig, where: str, scenario: Scenario, server: Server) -> Figures:
    request, load = scenario.requests[server.name], scenario.load
    _touch(rig, server, request, scenario)
    found, growth = _watch_memory(rig, server, request, load)
    rig.check(where, found)
    held = rig.stats().max_active
    if held != load.connections:
        rig.complaints.append(f"{where}: only {held} of {load.connections} streams were open at the same time")
    return {"held": held, "kb_per_stream": growth / max(held, 1)} | _latencies(found)


def _measure_leave(rig: Rig, where: str, scenario: Scenario, server: Server) -> Figures:
    found = rig.load.run(server, scenario.requests[server.name], scenario.load)
    rig.check(where, found)
    if found.left != scenario.load.connections:
        rig.complaints.append(f"{where}: only {found.left} of {scenario.load.connections} clients got a first kilobyte")
    deadline = time.monotonic() + LEAVE_PATIENCE
    while (stats := rig.stats()).active and time.monotonic() < deadline:
        time.sleep(SAMPLE_EVERY)
    # Both programs read the same clock, so this is exact however late we looked.
    delay = max(0, stats.last_abort_us - found.last_left_us) / 1e3
    return {"ended": stats.aborts, "ended_ms": LEAVE_PATIENCE * 1e3 if stats.active else delay}


def _measure_slow(rig: Rig, where: str, scenario: Scenario, server: Server) -> Figures:
    request = scenario.requests[server.name]
    _touch(rig, server, request, scenario)
    found, growth = _watch_memory(rig, server, request, scenario.load)
    rig.check(where, found)
    if not found.unfinished or not found.bytes:
        rig.complaints.append(f"{where}: the slow reader got nothing, or everything at once")
    return {"growth_mb": growth / 1024, "pulled_mb": rig.stats().bytes / 1e6}


MEASURES: dict[Kind, Callable[[Rig, str, Scenario, Server], Figures]] = {
    Kind.LOAD: _measure_load,
    Kind.HOLD: _measure_hold,
    Kind.LEAVE: _measure_leave,
    Kind.SLOW: _measure_slow,
}
