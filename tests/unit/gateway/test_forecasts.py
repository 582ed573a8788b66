"""When a model's quota is used up, at the pace of the last hour."""

import pytest

from gemini_balance.core.pool.windows import Limits
from gemini_balance.gateway.forecasts import Forecast, Forecasts
from tests.unit.core.pool.scene import MIDNIGHT, NOW, ask, pool_of
from tests.unit.gateway.stage import Hands

pytestmark = pytest.mark.anyio
MINUTE = 60.0


class Watched:
    """A pool of one key, looked at once a minute while it is asked."""

    def __init__(self) -> None:
        self.pool = pool_of("a", told=Limits(rpd=1000))
        self.clock = Hands(NOW)
        self.forecasts = Forecasts({"gemini_api": self.pool}, self.clock)

    async def minutes(self, count: int, calls: int) -> None:
        for _ in range(count):
            await self.forecasts.look()
            for _ in range(calls):
                ask(self.pool, self.clock.now())
            self.clock.time += MINUTE

    async def forecast(self) -> Forecast:
        (state,) = await self.forecasts.state()
        (found,) = state.models
        return found


async def test_the_pace_of_the_last_hour_tells_the_end() -> None:
    watched = Watched()
    await watched.minutes(120, 2)
    told = await watched.forecast()
    assert told.report.day_requests.left == 1000 - 240
    assert told.per_hour == pytest.approx(120, rel=0.02)
    assert told.exhausted_at == pytest.approx(watched.clock.now() + 760 / 120 * 3600, rel=0.02)


async def test_a_pace_that_lasts_until_the_reset_has_no_end() -> None:
    watched = Watched()
    ask(watched.pool)
    await watched.minutes(60, 0)
    ask(watched.pool, watched.clock.now())
    told = await watched.forecast()
    assert told.per_hour == pytest.approx(1)
    assert (told.exhausted_at, told.report.resets_at) == (None, MIDNIGHT)


async def test_nothing_is_foretold_before_a_minute_was_seen() -> None:
    watched = Watched()
    ask(watched.pool)
    await watched.forecasts.look()
    told = await watched.forecast()
    assert (told.per_hour, told.exhausted_at) == (None, None)


async def test_another_day_begins_anew() -> None:
    watched = Watched()
    await watched.minutes(10, 5)
    watched.clock.time = MIDNIGHT + 1
    told = await watched.forecast()
    assert (told.report.day_requests.used, told.per_hour) == (0, None)
    await watched.minutes(2, 3)
    told = await watched.forecast()
    assert told.per_hour == pytest.approx(180)


async def test_an_upstream_without_keys_is_not_shown() -> None:
    forecasts = Forecasts({"gemini_api": pool_of("a"), "vertex_express": pool_of()}, Hands(NOW))
    assert [state.upstream for state in await forecasts.state()] == ["gemini_api"]
