"""The latest calls that failed, by who has to do something about it, with what that is."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from gemini_balance.console import paths
from gemini_balance.core.outcome import BLAME, Blame, Cause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.gateway.calls import KeptCall

MOST = 5
WORDS = {
    Blame.KEY: ("blame.key", "blame.key_do"),
    Blame.PROJECT: ("blame.project", "blame.project_do"),
    Blame.QUOTA: ("blame.quota", "blame.quota_do"),
    Blame.MODEL: ("blame.model", "blame.model_do"),
    Blame.CAPACITY: ("blame.capacity", "blame.capacity_do"),
    Blame.UPSTREAM: ("blame.upstream", "blame.upstream_do"),
    Blame.EGRESS: ("blame.egress", "blame.egress_do"),
    Blame.RESOURCE: ("blame.resource", "blame.resource_do"),
    Blame.OURS: ("blame.ours", "blame.ours_do"),
    Blame.CALLER: ("blame.caller", "blame.caller_do"),
}
"""What happened, and what to do: messages."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """Calls that failed for the same reason: `model` is most often theirs, `address` the latest one's."""

    what: str
    remedy: str
    count: int
    model: str
    last: float
    address: str


def rows_of(failed: Iterable[KeptCall]) -> tuple[ErrorRow, ...]:
    """Those with most calls first. `failed`: the latest first."""
    by_blame: dict[Blame, list[KeptCall]] = defaultdict(list)
    for call in failed:
        by_blame[blame_of(call)].append(call)
    rows = [_row(blame, calls) for blame, calls in by_blame.items()]
    return tuple(sorted(rows, key=lambda row: (-row.count, -row.last))[:MOST])


def blame_of(call: KeptCall) -> Blame:
    """Of what never reached Google the status tells; an answer that began well and failed was Google's."""
    blame = BLAME[Cause(call.cause)] if call.cause in set(Cause) else Blame.NOBODY
    if blame in WORDS:
        return blame
    if call.status == 429:
        return Blame.QUOTA
    return Blame.CALLER if 400 <= call.status < 500 else Blame.UPSTREAM


def _row(blame: Blame, calls: list[KeptCall]) -> ErrorRow:
    what, remedy = WORDS[blame]
    model = Counter(call.model_used or call.model_asked for call in calls).most_common(1)[0][0]
    latest = calls[0]
    return ErrorRow(what, remedy, len(calls), model, latest.at, f"{paths.CALLS}/{quote(latest.id, safe='')}")
