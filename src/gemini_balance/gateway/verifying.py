"""Asking Google of each key whether it is well, as a job that an operator can watch and end."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.errors import NotFound
from gemini_balance.core.outcome import BLAME, Blame, Cause
from gemini_balance.gateway.key_edits import served
from gemini_balance.gateway.key_findings import Verdicts
from gemini_balance.gateway.key_views import only
from gemini_balance.gateway.probing import PROBE, VERTEX_PROBE, asked

if TYPE_CHECKING:
    from collections.abc import Container

    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.key_views import KeyFilter
    from gemini_balance.gateway.keyring import Keyring
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import KeptKey

PROBES = {GEMINI_API: PROBE, VERTEX_EXPRESS: VERTEX_PROBE}
SIDE_BY_SIDE = 10  # probes at a time
REMEMBERED = 20  # jobs
WELL = "well"


@dataclass(slots=True)
class Job:
    """Times are seconds since 1970. `results`: ids of keys, by `well` or the `Cause` that stands in their way."""

    id: str
    total: int
    started: float
    done: int = 0
    ended: float | None = None
    cancelled: bool = False
    results: dict[str, list[KeyId]] = field(default_factory=lambda: defaultdict(list))
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Verifier:
    """One that is found dead is invalid from then on, with its reason; one that is well serves again."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring, self._clock = keyring, clock
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(self, where: KeyFilter, who: str) -> Job:
        """Begins at once, and goes on by itself."""
        keys = self._keyring.keys(where)
        job = Job(secrets.token_hex(6), len(keys), self._clock.unix())
        self._jobs[job.id] = job
        while len(self._jobs) > REMEMBERED:
            self._stop(self._jobs.popitem(last=False)[1])
        job.task = asyncio.create_task(self._run(job, keys, who))
        job.task.add_done_callback(lambda _: self._ended(job))  # one that is cancelled at once never begins
        return job

    async def replace(self, key_id: str, secret: str, who: str) -> Job:
        """The key has another secret from now on, and is asked at once whether it is well.

        Raises NotFound, SecretTaken, UnusableKey; then nothing was changed.
        """
        await self._keyring.replace(key_id, secret, who)
        return self.start(only(key_id), who)

    def jobs(self) -> list[Job]:
        """The last ones, the newest first."""
        return list(reversed(self._jobs.values()))

    def job(self, job_id: str) -> Job:
        """Raises NotFound."""
        if (found := self._jobs.get(job_id)) is not None:
            return found
        raise NotFound(f"There is no job {job_id}; the last {REMEMBERED} are remembered until the process ends.")

    def cancel(self, job_id: str) -> Job:
        """What was found so far counts. Raises NotFound."""
        job = self.job(job_id)
        self._stop(job)
        return job

    async def close(self) -> None:
        """All jobs end."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for job in self._jobs.values():
            self._stop(job)
        await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def _stop(job: Job) -> None:
        if job.ended is None and job.task is not None:
            job.cancelled = True
            job.task.cancel()

    async def _run(self, job: Job, keys: list[KeptKey], who: str) -> None:
        waiting = iter(keys)

        async def one_after_the_other() -> None:
            for key in waiting:
                await self._verify(job, key)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(SIDE_BY_SIDE, len(keys))):
                    group.create_task(one_after_the_other())
        finally:
            await asyncio.shield(self._keyring.find(verdicts_of(job, self._replaced(keys)), who, "check"))

    def _replaced(self, keys: list[KeptKey]) -> frozenset[KeyId]:
        """Those that have another secret since they were asked with this one."""
        now = {key.id: key.secret for key in self._keyring.keys(only(*(key.id for key in keys)))}
        return frozenset(key.id for key in keys if now.get(key.id, key.secret) != key.secret)

    async def _verify(self, job: Job, key: KeptKey) -> None:
        finding = await asked(self._keyring.gateways[key.upstream], PROBES[key.upstream], served(key))
        job.results[WELL if finding.well else finding.cause].append(key.id)
        job.done += 1

    def _ended(self, job: Job) -> None:
        job.ended = self._clock.unix()


def verdicts_of(job: Job, replaced: Container[KeyId] = ()) -> Verdicts:
    """What failed for another reason than the key says nothing of it."""
    found = {why: [key for key in keys if key not in replaced] for why, keys in job.results.items()}
    dead = {key: Cause(why) for why, keys in found.items() if why != WELL and _kills(Cause(why)) for key in keys}
    return Verdicts(found.get(WELL, []), dead)


def _kills(cause: Cause) -> bool:
    return BLAME[cause] in (Blame.KEY, Blame.PROJECT)
