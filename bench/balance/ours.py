"""The real core behind the same desk: what `gateway/execute.py` does with it, in simulated time."""

from math import inf
from random import Random

import msgspec

from bench.balance.arrivals import Call
from bench.balance.chances import draw
from bench.balance.desk import Case, Desk
from bench.balance.ledger import Ending
from bench.balance.promises import Served, Witness
from bench.balance.replica import Replica, Work, specs_of
from bench.balance.simulate import Stage
from bench.balance.windows import Kind
from bench.balance.world import Answer, Trip, Verdict
from gemini_balance.core.attempts import Attempt, RetryPolicy, TryAgain, decide, doubtful_keys
from gemini_balance.core.outcome import NO_USAGE, Cause, Limit, Outcome, Usage, Window
from gemini_balance.core.pool import Demand, Lease, Never, NotYet

CAUSES = {
    Verdict.WHOLE: (Cause.ANSWERED, 200),
    Verdict.EMPTY: (Cause.EMPTY, 200),
    Verdict.CUT_EARLY: (Cause.CUT, 200),
    Verdict.CUT_LATE: (Cause.CUT, 200),
    Verdict.BROKEN: (Cause.UPSTREAM_BROKEN, 500),
    Verdict.OVERLOADED: (Cause.MODEL_OVERLOADED, 503),
    Verdict.MINUTE: (Cause.QUOTA_MINUTE, 429),
    Verdict.DAY: (Cause.QUOTA_DAY, 429),
    Verdict.UNKNOWN: (Cause.QUOTA_UNKNOWN, 429),
    Verdict.DEAD: (Cause.KEY_DEAD, 400),
    Verdict.SUSPENDED: (Cause.PROJECT_BLOCKED, 403),
}
TELL_USAGE = frozenset({Verdict.WHOLE, Verdict.EMPTY, Verdict.CUT_LATE})
WINDOWS = {Kind.RPM: Window.RPM, Kind.TPM: Window.TPM, Kind.RPD: Window.RPD}
TOO_LATE = Outcome(Cause.DEADLINE, 504)
POLICY = RetryPolicy()
FULL_QUEUE = 0.1  # seconds after which the witness of a refusal asks again


class Ours(Desk):
    """One replica or several; calls are dealt to them by chance."""

    def __init__(self, stage: Stage, replicas: int = 1) -> None:
        super().__init__(stage.clock, stage.world, stage.ledger)
        case, specs = stage.case, specs_of(stage.case.fleet, labelled=stage.case.scenario.labelled)
        self._dice = Random(f"retries {case.seed}").random
        self._keys = {key.id: key for key in case.fleet.keys}
        self._work: dict[int, Work] = {}
        self.replicas = [Replica(self.clock, specs, f"{n} {case.seed}", self._go) for n in range(replicas)]
        self._witness = Witness(stage, self.stand_in) if replicas == 1 and case.scenario.limits_known else None
        self._watched: Work | None = None

    def seek(self, case: Case) -> None:
        self._try(self._take_in(case))

    def react(self, case: Case, trip: Trip, answer: Answer) -> None:
        work = self._work[case.call.id]
        outcome = outcome_of(trip, answer)
        self._settle(work, outcome, committed=answer.verdict is Verdict.CUT_LATE)
        if outcome.good:
            self._answered(work, answer)
        else:
            self._decide(work)
        work.replica.grant()

    def began(self, trip: Trip) -> None:
        work = self._work.get(trip.call.id)
        if work is not None and work.lease is not None and work.case.trip is trip:
            work.replica.pool.began(self.clock.now, work.lease)
            work.replica.grant()

    def forget(self, case: Case) -> None:
        work = self._work.pop(case.call.id)
        work.replica.withdraw(work)
        if work.lease is not None:
            self._settle(work, TOO_LATE, committed=False)
        work.replica.grant()

    def stand_in(self, call: Call) -> None:
        """Let somebody with endless patience wait in the place of a refused call; when it is served, raise `Served`."""
        case = self._cases[call.id] = Case(call._replace(deadline=inf), patience=inf)
        self._watched = self._take_in(case)
        self._try(self._watched)

    def _take_in(self, case: Case) -> Work:
        call = case.call
        home = self.replicas[int(draw(call.id) * len(self.replicas))]
        demand = Demand(call.model, tokens=call.estimate, client=call.client, size=call.size)
        work = self._work[call.id] = Work(case, home, demand)
        return work

    def _try(self, work: Work) -> None:
        if not self.is_open(work.case):
            return
        pool, now = work.replica.pool, self.clock.now
        got = pool.acquire(now, work.demand)
        if isinstance(got, Lease):
            self._go(work, got)
        else:
            self._wait(work, got)

    def _go(self, work: Work, lease: Lease) -> None:
        if work is self._watched:
            raise Served(self.clock.now)
        case = work.case
        if case.waits:
            case.waits = False
            case.patience -= self.clock.now - case.since
        work.lease = lease
        self.send(case, self._keys[lease.key.id])

    def _wait(self, work: Work, got: NotYet | Never) -> None:
        case, now = work.case, self.clock.now
        if isinstance(got, Never):
            return self._end(work, Ending.TOLD)
        until = min(now + case.patience, case.call.deadline)
        if got.at > until or not work.replica.enqueue(work, until):
            return self._refuse(work, got)
        case.since, case.waits = now, True
        if case.patience < inf:
            self.clock.at(now + case.patience, self._lose_patience, work)
        return work.replica.grant()

    def _lose_patience(self, work: Work) -> None:
        """What it is told is what the pool says now."""
        case, now = work.case, self.clock.now
        if not case.waits or now < case.since + case.patience:
            return
        work.replica.withdraw(work)
        got = work.replica.pool.acquire(now, work.demand)
        if isinstance(got, Lease):
            self._go(work, got)
        elif isinstance(got, NotYet):
            self._refuse(work, got)
        else:
            self._end(work, Ending.TOLD)

    def _refuse(self, work: Work, got: NotYet) -> None:
        if work is self._watched:  # the queue is full
            return self.clock.at(self.clock.now + FULL_QUEUE, self._try, work)
        if self._witness is not None:
            self._witness.hears(work.case.call, got.told)
        return self._end(work, Ending.REFUSED)

    def _settle(self, work: Work, outcome: Outcome, *, committed: bool) -> None:
        lease, work.lease = work.lease, None
        assert lease is not None
        work.replica.pool.settle(self.clock.now, lease, outcome)
        work.history.append(Attempt(lease.key.id, outcome, committed))

    def _answered(self, work: Work, answer: Answer) -> None:
        if failed := doubtful_keys(work.history):
            work.replica.pool.helped(self.clock.now, failed)
        del self._work[work.case.call.id]
        self.hand_over(work.case, answer)

    def _decide(self, work: Work) -> None:
        decision = decide(POLICY, work.history, self._dice)
        if isinstance(decision, TryAgain):
            work.demand = msgspec.structs.replace(work.demand, exclude=decision.exclude, again=True)
            self.clock.at(self.clock.now + decision.delay, self._try, work)
        else:
            self._end(work, Ending.TOLD)

    def _end(self, work: Work, ending: Ending) -> None:
        if work is self._watched:
            raise Served(inf)
        del self._work[work.case.call.id]
        self.end(work.case, ending)


def outcome_of(trip: Trip, answer: Answer) -> Outcome:
    """The same words that `core/gemini` finds for Google's answer."""
    cause, status = CAUSES[answer.verdict]
    return Outcome(
        cause,
        status,
        retry_after=answer.retry_after,
        quota_model=trip.call.model if answer.limits else None,
        limits=tuple(Limit(WINDOWS[kind], units) for kind, units in answer.limits),
        consumer=answer.consumer,
        usage=Usage(prompt=trip.call.tokens) if answer.verdict in TELL_USAGE else NO_USAGE,
    )
