"""From what is read off the gateway to a post, and what is remembered of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from msgspec.json import decode

from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import GEMINI_API
from gemini_balance.core.options import Options
from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import Demand, KeyId, KeyPool, KeySpec, Lease
from gemini_balance.gateway.alerts import MOST_AN_HOUR, AlertFailed, Alerts, NotDelivered, Target
from gemini_balance.gateway.execute import Gateway
from gemini_balance.gateway.journal import Journal
from gemini_balance.gateway.readings import Gauges
from gemini_balance.gateway.stores import Subject
from gemini_balance.storage.memory.changes import MemoryChanges
from tests.unit.gateway.stage import Hands, Scripted

pytestmark = pytest.mark.anyio
URL = "https://hook.example/secret"


@dataclass
class Hook:
    """Implements `AlertSender`: takes what comes, after so many failures."""

    failures: int = 0
    asked: int = 0
    breaks: int = 0
    taken: list[tuple[Target, object]] = field(default_factory=list)

    async def send(self, target: Target, body: bytes) -> None:
        self.asked += 1
        if self.asked <= self.breaks:
            raise RuntimeError("nobody foresaw this")
        if self.asked <= self.failures:
            raise NotDelivered("its server answered with status 500")
        self.taken.append((target, decode(body)))


@dataclass
class Scene:
    """One gateway whose keys are to die."""

    hook: Hook
    options: Options
    clock: Hands = field(default_factory=Hands)
    changes: MemoryChanges = field(default_factory=MemoryChanges)
    away: bool = False

    def __post_init__(self) -> None:
        self.pool = KeyPool([KeySpec(KeyId(name), f"secret-{name}") for name in "abcdefghij"])
        gateway = Gateway(self.pool, {}, Scripted(iter([])), self.clock, RetryPolicy(), lambda: 0.5)
        gauges = Gauges({GEMINI_API: gateway}, Journal([]), self.clock, lambda: 0, self._database)
        self.alerts = Alerts(gauges, self.hook, self.clock, lambda: self.options, self.changes, (0.0, 0.0))

    async def _database(self) -> None:
        if self.away:
            raise OSError("away")

    async def look(self, seconds: float = 10.0) -> None:
        self.clock.time += seconds
        await self.alerts.look()

    def kill(self, count: int) -> None:
        for _ in range(count):
            lease = self.pool.acquire(self.clock.now(), Demand("gemini-pro"))
            assert isinstance(lease, Lease)
            self.pool.settle(self.clock.now(), lease, Outcome(Cause.KEY_DEAD, 400))

    async def deliver(self) -> None:
        running = asyncio.create_task(self.alerts.run())
        async with asyncio.timeout(5):
            while any(not told.delivery for told in self.alerts.recent()):  # noqa: ASYNC110  (nothing tells when)
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def scene(failures: int = 0, **options: object) -> Scene:
    return Scene(Hook(failures), Options(alert_webhook_url=URL, **options))  # type: ignore[arg-type]  # rows of each test


async def test_a_key_that_dies_is_posted_noted_and_remembered() -> None:
    here = scene(alert_secret="s", allowed_webhook_hosts=("hook.example",))
    await here.look()
    here.kill(1)
    await here.look()
    await here.deliver()
    (told,) = here.alerts.recent()
    assert (told.alert.kind, told.delivery) == ("key_dead", "delivered")
    assert [(target, taken["kind"]) for target, taken in here.hook.taken] == [  # type: ignore[index]
        (Target(URL, "s", ("hook.example",)), "key_dead")
    ]
    (change,) = await here.changes.page(None, 10)
    assert (change.who, change.subject, change.target, change.action) == ("gateway", Subject.ALERT, "key_dead", "raise")


async def test_a_post_that_fails_is_tried_again() -> None:
    here = scene(failures=2)
    await here.look()
    here.kill(1)
    await here.look()
    await here.deliver()
    assert (here.hook.asked, [told.delivery for told in here.alerts.recent()]) == (3, ["delivered"])


async def test_a_post_that_always_fails_is_given_up_and_told_why() -> None:
    here = scene(failures=99)
    await here.look()
    here.kill(1)
    await here.look()
    await here.deliver()
    failed = "not delivered: its server answered with status 500"
    assert (here.hook.asked, [told.delivery for told in here.alerts.recent()]) == (3, [failed])


async def test_a_sender_that_breaks_down_takes_only_its_own_alert_along() -> None:
    here = scene()
    here.hook.breaks = 1
    await here.look()
    here.kill(1)
    await here.look()
    await here.deliver()
    here.kill(1)
    await here.look(7200.0)
    await here.deliver()
    assert [told.delivery for told in here.alerts.recent()][-1:] == [
        "not delivered: the gateway failed; its log says more"
    ]
    assert len(here.hook.taken) == len(here.alerts.recent()) - 1


async def test_without_a_webhook_alerts_are_remembered_only() -> None:
    here = Scene(Hook(), Options())
    await here.look()
    here.kill(1)
    await here.look()
    assert ([told.delivery for told in here.alerts.recent()], here.hook.asked) == ([""], 0)


async def test_a_database_that_is_away_is_told_and_not_written_to() -> None:
    here = scene()
    here.away = True
    for _ in range(6):
        await here.look()
    assert [told.alert.kind for told in here.alerts.recent()] == ["database_away"]
    assert await here.changes.page(None, 10) == []


async def test_no_storm_is_posted() -> None:
    here = scene()
    for _ in range(MOST_AN_HOUR):
        here.away = True
        for _ in range(4):
            await here.look()
        here.away = False
        await here.look(60)
    seconds = MOST_AN_HOUR * 100
    fates = [told.delivery for told in here.alerts.recent()]
    assert (seconds / 3600 < 2, fates.count("")) == (True, len(fates) - fates.count("not sent: too many in an hour"))
    assert fates.count("not sent: too many in an hour") > 0


async def test_a_test_is_posted_in_the_form_that_is_set() -> None:
    here = scene(alert_format="slack")
    await here.alerts.test()
    assert here.hook.taken[0][1] == {"text": "Gemini Balance: A test of this webhook, asked for by the operator."}


async def test_a_test_that_fails_says_why() -> None:
    with pytest.raises(AlertFailed, match=r"The webhook did not take it: its server answered with status 500\."):
        await scene(failures=1).alerts.test()
    with pytest.raises(AlertFailed, match="Set ALERT_WEBHOOK_URL first"):
        await Scene(Hook(), Options()).alerts.test()


async def test_which_kinds_hold_can_be_read_off() -> None:
    here = scene()
    here.kill(10)
    await here.look()
    assert dict(here.alerts.holding())["pool_dead"]
