"""A check of keys: how far it is, and what it found, grouped by reason."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.console.page import Goes, Page
from gemini_balance.console.pages.keys.asked import PATH
from gemini_balance.core.errors import NotFound
from gemini_balance.core.outcome import BLAME, Blame, Cause
from gemini_balance.gateway.key_views import only
from gemini_balance.gateway.verifying import WELL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.gateway.key_views import KeyView
    from gemini_balance.gateway.verifying import Job

EVERY = 0.5  # seconds
SHOWN = 50  # keys of a group
_CAUSES = {
    Cause.KEY_DEAD: ("check.key_dead", "remedy.key_dead"),
    Cause.KEY_REFUSED: ("check.key_refused", "remedy.key_refused"),
    Cause.PROJECT_BLOCKED: ("check.project_blocked", "remedy.project_blocked"),
    Cause.PROJECT_UNPAID: ("check.project_unpaid", "remedy.project_unpaid"),
    Cause.EGRESS_REFUSED: ("check.egress_refused", "check.egress_refused_next"),
    Cause.UNREACHABLE: ("check.unreachable", "check.unreachable_next"),
    Cause.UPSTREAM_SLOW: ("check.unreachable", "check.unreachable_next"),
}
_BLAMES = {Blame.QUOTA: ("check.quota", "check.later"), Blame.CAPACITY: ("check.capacity", "check.later")}


@dataclass(frozen=True, slots=True)
class Group:
    """Keys of one finding: `message` says it, `next` what it means for them."""

    tone: str
    glyph: str
    message: str
    next: str
    count: int
    keys: tuple[KeyView, ...]
    ids: str  # of all, with spaces between them


@dataclass(frozen=True, slots=True)
class Check:
    """`job`: None before the first one."""

    job: Job | None
    left: float | None  # seconds, at this pace; None: not known
    groups: tuple[Group, ...]


async def show(sources: Sources, visit: Visit) -> Check:
    """The one that the address names, else the last one. Raises NotFound."""
    name, last = visit.asked("of"), sources.verifier.jobs()[:1]
    if not name and not last:
        return Check(None, None, ())
    job = sources.verifier.job(name) if name else last[0]
    groups = sorted((_group(sources, why, ids) for why, ids in job.results.items()), key=lambda one: -one.count)
    return Check(job, _left(job, sources.clock.unix()), tuple(groups))


async def cancel(sources: Sources, visit: Visit, _: Form) -> Goes:
    job = visit.asked("of")
    with suppress(NotFound):
        sources.verifier.cancel(job)
    return Goes(f"{PATH}/check?of={job}")


def _left(job: Job, now: float) -> float | None:
    if job.ended is not None or not job.done or now <= job.started:
        return None
    return (job.total - job.done) * (now - job.started) / job.done


def _group(sources: Sources, why: str, ids: Sequence[str]) -> Group:
    views = {view.id: view for view in sources.keyring.views(only(*ids[:SHOWN]))}
    keys = tuple(views[one] for one in ids[:SHOWN] if one in views)
    if why == WELL:
        return Group("ok", "s-ready", "check.well", "check.well_next", len(ids), keys, " ".join(ids))
    kills = BLAME[Cause(why)] in (Blame.KEY, Blame.PROJECT)
    tone, glyph = ("bad", "s-invalid") if kills else ("wait", "s-bang")
    return Group(tone, glyph, *finding(Cause(why)), len(ids), keys, " ".join(ids))


def finding(cause: Cause) -> tuple[str, str]:
    """Messages: what was found, and what is to be done about it."""
    return _CAUSES.get(cause) or _BLAMES.get(BLAME[cause], ("check.other", "check.later"))


PAGE = Page("check", "/keys/check", "check.title", show, {"cancel": cancel}, live=EVERY)
