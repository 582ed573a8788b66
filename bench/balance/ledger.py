"""What came of every call: the only judge of a scheduler."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bench.balance.arrivals import Call
from bench.balance.clock import START
from bench.balance.figures import Figures
from bench.balance.fleet import Key
from bench.balance.scenario import Phases
from bench.balance.world import Answer, Verdict

DAY = 86_400.0
LEARNT = 2.0  # seconds after a key's first refusal in which calls that were on their way are excused


class Ending(IntEnum):
    """What the caller of a call was left with."""

    OPEN = 0  # nothing yet
    GOOD = 1
    TOLD = 2  # an error, and was told so
    REFUSED = 3  # 429 with a time
    SILENT = 4  # something that looks whole and isn't


PARTS: dict[int, str] = {Ending.GOOD: "good", Ending.TOLD: "told", Ending.REFUSED: "refused"}


@dataclass(slots=True)
class Useless:
    """Calls with one key that can't serve anybody."""

    excused: int = 0
    repeated: int = 0  # though its refusal was known
    learnt: float = float("inf")


@dataclass(slots=True)
class Promises:
    """Refusals whose named time was compared with the truth."""

    checked: int = 0
    true: int = 0


@dataclass(slots=True)
class Ledger:
    """Filled in while a run lasts."""

    calls: Sequence[Call]
    phases: Phases
    promises: Promises = field(default_factory=Promises)
    _endings: bytearray = field(init=False)
    _trips: "array[int]" = field(init=False)
    _useless: dict[str, Useless] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._endings = bytearray(len(self.calls))
        self._trips = array("H", bytes(2 * len(self.calls)))

    def sent(self, call: Call, key: Key, now: float) -> None:
        """A call goes upstream."""
        self._trips[call.id] += 1
        if key.useless:
            count = self._useless.setdefault(key.id, Useless())
            count.repeated += now > count.learnt + LEARNT
            count.excused += now <= count.learnt + LEARNT

    def answered(self, key: Key, now: float) -> None:
        """The upstream has spoken."""
        if key.useless:
            count = self._useless[key.id]
            count.learnt = min(count.learnt, now)

    def ended(self, call: Call, ending: Ending) -> None:
        """A caller has got all it will get."""
        assert self._endings[call.id] == Ending.OPEN
        self._endings[call.id] = ending

    def handed_over(self, call: Call, answer: Answer) -> None:
        """A caller was given this as a whole answer."""
        self.ended(call, Ending.GOOD if answer.verdict is Verdict.WHOLE else Ending.SILENT)

    def figures(self) -> Figures:
        """Sums over the calls by the time at which they arrived, whenever they ended."""
        sums = dict.fromkeys(("offered", "trips", "cold_good", "cold_trips", *PARTS.values()), 0.0)
        for call, ending, trips in zip(self.calls, self._endings, self._trips, strict=True):
            at = call.at - START
            assert ending != Ending.OPEN, f"call {call.id} was forgotten"
            self._add(sums, self.phases.weight(at), ending, trips)
            if at < self.phases.cold:
                sums["cold_good"] += ending == Ending.GOOD
                sums["cold_trips"] += trips
        return Figures(
            **sums,
            silent=self._endings.count(Ending.SILENT),
            dead_calls_a_day=max((self._a_day(count) for count in self._useless.values()), default=0.0),
            checked=self.promises.checked,
            true=self.promises.true,
        )

    @staticmethod
    def _add(sums: dict[str, float], weight: float, ending: int, trips: int) -> None:
        if weight:
            sums["offered"] += weight
            sums["trips"] += weight * trips
            if part := PARTS.get(ending):
                sums[part] += weight

    def _a_day(self, count: Useless) -> float:
        """Calls before it could be known happen once, those after it all day long."""
        return count.excused + count.repeated * DAY / self.phases.stop
