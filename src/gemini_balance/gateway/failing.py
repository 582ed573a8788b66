"""What fails, by what it came to: counts of the journal, put together."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from gemini_balance.gateway.call_outcomes import WELL
from gemini_balance.gateway.calls import ID_MILLISECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.gateway.calls import FailureCount, Failures

MOST_NAMES = 3  # models and keys that are named of each class


class Concerned(NamedTuple):
    """Those that most of it happened to, with how often, and how many there are."""

    named: tuple[tuple[str, int], ...]
    total: int


class FailureClass(NamedTuple):
    """`name`: a `Cause`, or an error's code where no attempt failed. `latest`: the last call's request id."""

    name: str
    calls: int
    share: float  # of all that failed, from 0 to 1
    latest: str
    models: Concerned
    keys: Concerned

    @property
    def last(self) -> float:
        """When the last call began, in seconds since 1970: its request id tells."""
        return int(self.latest[:ID_MILLISECONDS], 16) / 1000


class Failing(NamedTuple):
    """The most frequent class first. All calls since `back_to` were counted."""

    classes: tuple[FailureClass, ...]
    calls: int
    back_to: float


def class_of(ending: str, cause: str) -> str:
    """What the last attempt came to says more than what the caller was told."""
    return ending if cause in WELL else cause


def failing(found: Failures) -> Failing:
    by_class: dict[str, list[FailureCount]] = {}
    for one in found.counts:
        by_class.setdefault(class_of(one.ending, one.cause), []).append(one)
    total = sum(one.calls for one in found.counts)
    classes = [_class(name, alike, total) for name, alike in by_class.items()]
    return Failing(tuple(sorted(classes, key=lambda one: (-one.calls, one.name))), total, found.back_to)


def _class(name: str, alike: list[FailureCount], total: int) -> FailureClass:
    calls = sum(one.calls for one in alike)
    models = _concerned((one.model, one.calls) for one in alike)
    keys = _concerned((one.key, one.calls) for one in alike)
    return FailureClass(name, calls, calls / total, max(one.latest for one in alike), models, keys)


def _concerned(counts: Iterable[tuple[str, int]]) -> Concerned:
    seen: Counter[str] = Counter()
    for name, count in counts:
        if name:
            seen[name] += count
    named = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_NAMES]
    return Concerned(tuple(named), len(seen))
