"""Retired keys are looked after."""

import pytest

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import Health, KeyId
from gemini_balance.gateway.ports import TransportFailed
from gemini_balance.gateway.probing import DAY, HOUR, VERTEX_PROBE, KeyChecker
from gemini_balance.upstreams.vertex_express.upstream import VertexExpress
from tests.unit.gateway.stage import Line, Stage, refuses, says

pytestmark = pytest.mark.anyio

DEAD = refuses(400, "API key not valid.")
WELL = Line([b'{"models": []}'], content_type="application/json")
A = KeyId("a")


class Ward(Stage):
    """A stage with one key that died in a call, and its checker."""

    def __init__(self, *script: Line, hours: float = 1.0) -> None:
        super().__init__(DEAD, Line([says("Hello", "STOP")]), *script, keys="ab")
        self.checker = KeyChecker(self.gateway, hours, lambda: 0.5)

    async def begin(self) -> None:
        await self.play()
        assert self.pool.keys[A].health is Health.INVALID
        self.transport.asked.clear()
        await self.checker.check()

    async def after(self, seconds: float) -> int:
        """How many probes there were by then."""
        self.clock.time += seconds
        await self.checker.check()
        return len(self.transport.asked)


async def test_a_key_that_passes_a_probe_serves_again() -> None:
    ward = Ward(WELL)
    await ward.begin()
    assert (await ward.after(HOUR - 1), await ward.after(1)) == (0, 1)
    assert ward.pool.keys[A].health is Health.READY
    assert ward.at_rest


async def test_a_key_that_was_retired_in_an_earlier_run_is_asked_at_the_first_look() -> None:
    ward = Ward(WELL)
    await ward.play()
    ward.transport.asked.clear()
    ward.checker.begin()
    assert await ward.after(0) == 1
    assert ward.pool.keys[A].health is Health.READY


async def test_a_probe_lists_models_with_that_very_key() -> None:
    ward = Ward(WELL)
    await ward.begin()
    await ward.after(HOUR)
    (asked,) = ward.transport.asked
    assert asked.head.decode().split("\r\n")[0] == "GET /v1beta/models?pageSize=1 HTTP/1.1"
    assert b"x-goog-api-key: secret-a\r\n" in asked.head


@pytest.mark.parametrize(
    "failure",
    [DEAD, refuses(503, "Overloaded."), Line([TransportFailed(Cause.UNREACHABLE, "refused")], status=0)],
    ids=["dead", "overloaded", "unreachable"],
)
async def test_a_key_that_fails_is_probed_half_as_often_each_time(failure: Line) -> None:
    ward = Ward(*[failure] * 9)
    await ward.begin()
    counts = [await ward.after(HOUR) for _ in range(16)]
    assert counts == [1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4]
    assert ward.pool.keys[A].health is Health.INVALID


@pytest.mark.parametrize("hours", [0.001, 1.0, 168.0])
async def test_a_dead_key_is_called_at_most_twelve_times_a_day(hours: float) -> None:
    ward = Ward(*[DEAD] * 99, hours=hours)
    await ward.begin()
    most = last = 0
    for _ in range(5):
        for _ in range(24 * 60):
            calls = await ward.after(60)
        most, last = max(most, calls - last), calls
    assert most + 3 <= 12  # as many calls of callers may be out before the first tells that it is dead


async def test_a_key_that_dies_again_at_once_is_not_probed_more_often_for_it() -> None:
    ward = Ward(WELL, DEAD, Line([says("Hello", "STOP")]), WELL)
    await ward.begin()
    assert await ward.after(HOUR) == 1
    ward.pool.keys[A].retire(Cause.KEY_DEAD)
    assert (await ward.after(HOUR), await ward.after(HOUR)) == (1, 2)


async def test_a_key_that_was_well_for_a_day_begins_anew() -> None:
    ward = Ward(WELL, WELL)
    await ward.begin()
    await ward.after(HOUR)
    await ward.after(DAY + 3 * HOUR)
    ward.pool.keys[A].retire(Cause.KEY_DEAD)
    assert (await ward.after(1), await ward.after(HOUR)) == (1, 2)


async def test_never_is_never() -> None:
    ward = Ward(hours=0)
    await ward.begin()
    assert await ward.after(DAY) == 0


async def test_never_may_become_some_hours_and_never_again() -> None:
    ward = Ward(WELL, hours=0)
    await ward.begin()
    ward.checker.every(2)
    assert (await ward.after(0), await ward.after(2 * HOUR - 1)) == (0, 0)
    ward.checker.every(0)
    assert await ward.after(DAY) == 0
    ward.checker.every(2)
    assert (await ward.after(0), await ward.after(2 * HOUR)) == (0, 1)


async def test_who_waits_for_a_probe_waits_no_longer_than_the_new_interval() -> None:
    ward = Ward(WELL, hours=24)
    await ward.begin()
    ward.checker.every(1)
    assert (await ward.after(HOUR), await ward.after(HOUR)) == (0, 1)


async def test_the_same_interval_again_changes_nothing() -> None:
    ward = Ward(WELL)
    await ward.begin()
    assert await ward.after(HOUR - 1) == 0
    ward.checker.every(1)
    assert await ward.after(1) == 1


async def test_what_the_operator_disabled_stays_so() -> None:
    ward = Ward()
    await ward.begin()
    ward.pool.keys[A].health = Health.DISABLED
    assert await ward.after(DAY) == 0


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        (Line([b'{"totalTokens": 1}'], content_type="application/json"), Health.READY),
        (refuses(404, "no such model"), Health.READY),
        (DEAD, Health.INVALID),
        (refuses(403, "denied"), Health.INVALID),
    ],
    ids=["counted", "model gone", "dead", "denied"],
)
async def test_vertex_has_no_list_so_tokens_are_counted_with_its_keys(answer: Line, health: Health) -> None:
    ward = Ward(answer)
    vertex = VertexExpress("https://vertex.example/v1/publishers/google")
    ward.gateway.upstreams = {**ward.gateway.upstreams, "vertex_express": vertex}
    ward.checker = KeyChecker(ward.gateway, 1.0, lambda: 0.5, VERTEX_PROBE)
    await ward.begin()
    await ward.after(HOUR)
    (asked,) = ward.transport.asked
    head = asked.head.decode().split("\r\n")
    assert head[0] == "POST /v1/publishers/google/models/gemini-2.5-flash:countTokens HTTP/1.1"
    assert {"Host: vertex.example", "x-goog-api-key: secret-a"} <= set(head)
    assert ward.pool.keys[A].health is health
