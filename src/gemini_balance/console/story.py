"""A call's routing story as a picture: attempts as lanes on one clock. Pure; lengths are hundredths of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from gemini_balance.console.faults import counted, fault_named, pip
from gemini_balance.gateway.call_outcomes import WELL, CallOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.faults import Fault
    from gemini_balance.gateway.calls import KeptCall
    from gemini_balance.gateway.record import AttemptRecord

CLOCKS = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0)
"""Lengths, times a power of ten, whose quarters are easily read."""
SHORTEST = 0.01  # seconds of a clock
LEAST = 0.4  # of a bar, so that it is seen
NOTICED = 0.02  # seconds: shorter pauses and waits are not drawn
BESIDE = 1.2  # between a bar and what is written beside it
RIGHT, LEFT = 70.0, 30.0  # where a text beside a bar would leave the picture


@dataclass(frozen=True, slots=True)
class Bar:
    """`kind`: of `.bar` in console.css; empty: solid."""

    x: float
    width: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Where it is written beside its bar: `anchor` as SVG has it; `inside` the bar."""

    x: float
    anchor: str = "start"
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    seconds: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One attempt. `said`, `counts`: messages; `fault`: None where it answered. `began`: seconds after the call."""

    number: int
    key: str
    tone: str
    said: str
    bars: tuple[Bar, ...]
    label: Label
    status: int
    began: float
    seconds: float
    first_byte: float | None  # since the attempt began
    paused: float  # before the next one
    until: float  # since 1970, of the rest that it brought; 0: none
    counts: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Story:
    """`gate`: where the caller saw the first byte. `waited`: bars of the lane of waiting for a key, if it did first."""

    seconds: float
    ticks: tuple[Tick, ...]
    gate: float | None
    waited: tuple[Bar, ...]
    lanes: tuple[Lane, ...]
    caller: tuple[Bar, ...]
    ending: str  # a message: what the caller saw


def story(call: KeptCall) -> Story:
    span = clock(call.seconds)
    gate = None if call.first_byte is None else _place(call.first_byte, span)
    end = _place(call.seconds, span)
    return Story(
        seconds=call.seconds,
        ticks=_ticks(span),
        gate=gate,
        waited=_waited(call, span),
        lanes=tuple(_lanes(call, span)),
        caller=_split(0.0, end, gate),
        ending=_ending(call),
    )


def clock(seconds: float) -> float:
    """The shortest clock that holds it."""
    seconds = max(seconds, SHORTEST)
    power = 10.0 ** floor(log10(seconds))
    fitting = (length * power for length in CLOCKS)
    return next((round(length, 6) for length in fitting if length >= seconds), 10 * power)


def _place(at: float, span: float) -> float:
    return round(min(max(100 * at / span, 0.0), 100.0), 2)


def _ticks(span: float) -> tuple[Tick, ...]:
    anchors = ("start", "middle", "middle", "middle", "end")
    return tuple(Tick(25.0 * n, round(span * n / 4, 6), anchor) for n, anchor in enumerate(anchors))


def _waited(call: KeptCall, span: float) -> tuple[Bar, ...]:
    if call.waited < NOTICED:
        return ()
    first = call.attempts[0].began if call.attempts else call.waited
    return (_bar(0.0, _place(min(first, call.waited), span), "soft"),) if first >= NOTICED else ()


def _lanes(call: KeptCall, span: float) -> Sequence[Lane]:
    after = [*(one.began for one in call.attempts[1:]), None]
    return [_lane(call, n, one, after[n], span) for n, one in enumerate(call.attempts)]


def _lane(call: KeptCall, n: int, one: AttemptRecord, following: float | None, span: float) -> Lane:
    tone, said = pip(one.cause)
    good = one.cause in WELL
    end = one.began + one.seconds
    seen = call.first_byte is not None and call.first_byte >= one.began and n == len(call.attempts) - 1
    gate = _place(call.first_byte or 0.0, span) if seen else None
    begin, stop = _place(one.began, span), _place(end, span)
    bars = _split(begin, stop, gate) if good or seen else (_bar(begin, stop),)
    paused = 0.0 if following is None else max(round(following - end, 3), 0.0)
    if following is not None and paused >= NOTICED:
        bars += (_bar(stop, _place(following, span), "pause"),)
    return Lane(
        number=n + 1,
        key=one.key,
        tone="act" if good else tone,
        said=said,
        bars=bars,
        label=_label(begin, max(bar.x + bar.width for bar in bars)),
        status=one.status,
        began=one.began,
        seconds=one.seconds,
        first_byte=(call.first_byte or 0.0) - one.began if seen else None,
        paused=paused,
        until=one.until,
        counts="" if good else counted(one.cause),
        fault=None if good else fault_named(one.cause),
    )


def _split(begin: float, end: float, gate: float | None) -> tuple[Bar, ...]:
    """Pale before the first byte, solid from then on."""
    if gate is None or gate >= end:
        return (_bar(begin, end, "soft"),)
    return _bar(begin, gate, "soft"), _bar(gate, end)


def _bar(begin: float, end: float, kind: str = "") -> Bar:
    width = max(round(end - begin, 2), LEAST)
    return Bar(min(begin, 100.0 - width), width, kind)


def _label(begin: float, end: float) -> Label:
    if end <= RIGHT:
        return Label(round(end + BESIDE, 2))
    if begin >= LEFT:
        return Label(round(begin - BESIDE, 2), "end")
    return Label(round(begin + BESIDE, 2), inside=True)


def _ending(call: KeptCall) -> str:
    """What the caller saw of it all."""
    match call.outcome:
        case CallOutcome.RESCUED:
            return "story.unseen"
        case CallOutcome.WHOLE:
            return "story.seen"
        case CallOutcome.LEFT:
            return "story.left"
        case CallOutcome.CUT:
            return "story.cut"
        case CallOutcome.BLOCKED:
            return "story.blocked"
        case _:
            return "story.told"


def parts_of(call: KeptCall) -> tuple[tuple[str, float], ...]:
    """Where the time went: messages with seconds. They add up to the whole, but for parts that ran side by side."""
    answering = call.attempts and (call.attempts[-1].cause in WELL or call.first_byte is not None)
    last = call.attempts[-1] if answering else None
    lost = sum(one.seconds for one in call.attempts if one is not last)
    first = max((call.first_byte or 0.0) - last.began, 0.0) if last and call.first_byte is not None else None
    spent = last.seconds if last else 0.0
    parts = [
        ("spent.waited", call.waited),
        ("spent.lost", lost),
        ("spent.paused", _paused(call)),
        ("spent.first", spent if first is None else min(first, spent)),
        ("spent.stream", 0.0 if first is None else max(spent - first, 0.0)),
    ]
    own = max(call.seconds - sum(seconds for _, seconds in parts), 0.0)
    return tuple((name, seconds) for name, seconds in (("spent.own", own), *parts) if seconds >= 0.0005)


def _paused(call: KeptCall) -> float:
    """Between attempts, but for what was spent waiting for a key."""
    ends = [one.began + one.seconds for one in call.attempts[:-1]]
    gaps = sum(max(one.began - end, 0.0) for one, end in zip(call.attempts[1:], ends, strict=True))
    waited_first = min(call.waited, call.attempts[0].began) if call.attempts else call.waited
    return max(gaps - (call.waited - waited_first), 0.0)


def shares_of(counts: Sequence[int]) -> tuple[tuple[float, float], ...]:
    """Where each begins and how wide it is, in hundredths of all."""
    total = max(sum(counts), 1)
    begins = [sum(counts[:n]) for n in range(len(counts))]
    return tuple(
        (round(100 * begin / total, 2), ceil(10_000 * one / total) / 100)
        for begin, one in zip(begins, counts, strict=True)
    )
