"""Alerts: looked for every few seconds, logged, noted, remembered, and posted to a webhook where one is set."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gemini_balance.core.alert_kinds import Kind
from gemini_balance.core.alerts import SENTENCES, Alert, Terms, Watch, told_as
from gemini_balance.core.errors import BadRequest
from gemini_balance.gateway.stores import Change, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gemini_balance.core.options import Options
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.readings import Gauges
    from gemini_balance.gateway.stores import ChangeLog

LOOK_SECONDS = 10.0
REMEMBERED = 200
MOST_WAITING = 100  # alerts on their way
MOST_AN_HOUR = 60
HOUR = 3600.0
RETRIES = (1.0, 5.0, 30.0, 120.0)  # seconds before each
TOO_MANY = "not sent: too many in an hour"
DELIVERED, FAILED = "delivered", "not delivered: "
BROKEN = f"{FAILED}the gateway failed; its log says more"
NO_WEBHOOK = "No webhook is set. Set ALERT_WEBHOOK_URL first."
log = logging.getLogger(__name__)


class Target(NamedTuple):
    """Where alerts go. `allowed`: hosts that may be private; `secret`: signs them, empty for none."""

    url: str
    secret: str
    allowed: tuple[str, ...]


class NotDelivered(Exception):
    """A webhook did not take an alert. The message ends a sentence about it, and has nothing of its address."""


class AlertSender(Protocol):
    async def send(self, target: Target, body: bytes) -> None:
        """Raises NotDelivered."""


class AlertFailed(BadRequest):
    """A test of the webhook did not succeed."""

    code = "alert_not_delivered"


@dataclass(slots=True)
class Told:
    """An alert, and what became of it: empty while it is on its way, or where there is no webhook."""

    alert: Alert
    delivery: str = ""


class Alerts:
    """One per process. `options` gives the snapshot in force."""

    def __init__(
        self,
        gauges: Gauges,
        sender: AlertSender,
        clock: Clock,
        options: Callable[[], Options],
        changes: ChangeLog | None = None,
        retries: tuple[float, ...] = RETRIES,
    ) -> None:
        self._gauges, self._sender, self._clock, self._options = gauges, sender, clock, options
        self._changes, self._retries = changes, retries
        self._watch = Watch()
        self._recent: deque[Told] = deque(maxlen=REMEMBERED)
        self._sent: deque[float] = deque(maxlen=MOST_AN_HOUR)
        self._queue: asyncio.Queue[Told] = asyncio.Queue(MOST_WAITING)

    def recent(self) -> list[Told]:
        """The newest first."""
        return list(reversed(self._recent))

    def holding(self) -> Iterator[tuple[str, bool]]:
        """Of each kind of condition whether it was told and holds."""
        return self._watch.holding()

    async def test(self) -> None:
        """Post one by the rules of all. Raises AlertFailed that says why it can't be delivered."""
        target, options = self._target(), self._options()
        if not target.url:
            raise AlertFailed(NO_WEBHOOK, param="alert_webhook_url")
        alert = Alert(at=self._clock.unix(), kind=Kind.TEST, subject="", message=SENTENCES[Kind.TEST])
        try:
            await self._sender.send(target, told_as(alert, options.alert_format))
        except NotDelivered as failed:
            raise AlertFailed(f"The webhook did not take it: {failed}.", param="alert_webhook_url") from failed

    async def run(self) -> None:
        """Look and deliver until cancelled: a webhook that hangs must not end the looking."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep_looking())
            both.create_task(self._keep_delivering())

    async def look(self) -> None:
        """Once."""
        readings = await self._gauges.with_database()
        for alert in self._watch.look(readings, _terms(self._options())):
            await self._note(alert)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("Alerts can't be looked for")

    async def _keep_delivering(self) -> None:
        while True:
            told = await self._queue.get()
            try:
                told.delivery = await self._deliver(told.alert)
            except Exception:
                log.exception("An alert can't be delivered")
                told.delivery = BROKEN

    async def _note(self, alert: Alert) -> None:
        log.log(logging.WARNING if alert.holds else logging.INFO, "Alert %s: %s", alert.kind, alert.message)
        self._recent.append(told := Told(alert))
        if self._target().url:
            self._enqueue(told)
        await self._write_down(alert)

    def _enqueue(self, told: Told) -> None:
        now = self._clock.now()
        if self._queue.full() or (len(self._sent) == MOST_AN_HOUR and now - self._sent[0] < HOUR):
            told.delivery = TOO_MANY
        else:
            self._sent.append(now)
            self._queue.put_nowait(told)

    async def _write_down(self, alert: Alert) -> None:
        """What happened is worth keeping, not worth failing."""
        if self._changes is None or alert.kind is Kind.DATABASE_AWAY:
            return
        change = Change(
            at=alert.at,
            who="gateway",
            subject=Subject.ALERT,
            target=alert.kind,
            action="raise" if alert.holds else "end",
            after=told_as(alert, "json").decode(),
        )
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._changes.add(change)
        except Exception:
            log.exception("An alert can't be written down")

    async def _deliver(self, alert: Alert) -> str:
        """What became of it. A retry goes where the webhook is by then."""
        failed = ""
        for delay in (0.0, *self._retries):
            await asyncio.sleep(delay)
            target, options = self._target(), self._options()
            try:
                await self._sender.send(target, told_as(alert, options.alert_format))
            except NotDelivered as error:
                failed = str(error)
            else:
                return DELIVERED
        log.warning("An alert could not be delivered to the webhook: %s", failed)
        return f"{FAILED}{failed}"

    def _target(self) -> Target:
        options = self._options()
        return Target(options.alert_webhook_url, options.alert_secret, options.allowed_webhook_hosts)


def _terms(options: Options) -> Terms:
    return Terms(options.alert_low_percent, options.alert_repeat_hours * HOUR, frozenset(options.alert_kinds))
