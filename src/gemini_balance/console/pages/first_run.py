"""First run: from pasted keys to a call that succeeds, on one page."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from gemini_balance.console import choices, paths
from gemini_balance.console.clients import CLIENTS, NO_TOKEN, Filling
from gemini_balance.console.page import Goes, Page, Stays
from gemini_balance.console.pages.connect import guide_of
from gemini_balance.console.states import reason, remedy
from gemini_balance.console.trial import tried
from gemini_balance.core.errors import BadRequest, NotFound
from gemini_balance.core.keys import Standing, read
from gemini_balance.core.outcome import BLAME, Blame, Cause
from gemini_balance.gateway.key_views import only
from gemini_balance.gateway.token_rows import Terms
from gemini_balance.gateway.verifying import WELL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gemini_balance.console.choices import TokenChoice
    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.pages.connect import Guide
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.trial import Tried
    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.verifying import Job

EVERY = 0.5  # seconds
MOST_CELLS = 240  # keys that are drawn one by one
TAILS, SHOWN = 5, 4  # keys that a problem names, and characters of each
REACH = {Cause.EGRESS_REFUSED: "first_run.egress", Cause.UNREACHABLE: "first_run.unreachable"}
LATER = "first_run.later"
FOUND = ("new", "double", "kept", "odd")
_COUNT = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Keys that have the same one. `text` and `remedy` are messages; empty where there is nothing to say."""

    title: str
    count: int
    tails: tuple[str, ...]
    text: str
    remedy: str
    tone: str


@dataclass(frozen=True, slots=True)
class Checking:
    """How far the check is. `cells`: a tone for each key; none where there are too many."""

    id: str
    total: int
    done: int
    well: int
    bad: int
    unsure: int
    ended: bool
    stopped: bool
    left: float  # seconds, as it looks now; 0 where that can't be said
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class FirstRun:
    """`found`: what was in the pasted text, by FOUND. `secret`: of the token that was just made."""

    keys: int
    found: dict[str, int]
    checking: Checking | None
    tokens: tuple[TokenChoice, ...]
    token: TokenChoice | None
    guides: tuple[Guide, ...]
    address: str
    model: str
    pasted: str = ""
    wrong: str = ""  # with the pasted text: a message
    name: str = ""
    wrong_name: str = ""
    secret: str = ""
    tried: Tried | None = None


async def show(sources: Sources, visit: Visit) -> FirstRun:
    return view_of(sources, visit, visit.asked)


def view_of(sources: Sources, visit: Visit, asked: Callable[[str], str]) -> FirstRun:
    tokens = choices.tokens(sources)
    token = choices.token(tokens, asked("token"))
    models = choices.models(sources, "chat", token.caller if token else None)
    model = choices.model(models, "chat", "")
    address = sources.address(visit.request)
    return FirstRun(
        keys=sum(len(pool.keys) for pool in sources.pools.values()),
        found={name: int(asked(name)) for name in FOUND if _COUNT.fullmatch(asked(name))},
        checking=_checking(sources, asked("job")),
        tokens=tokens,
        token=token,
        guides=_guides(Filling(address, NO_TOKEN, model)),
        address=address,
        model=model,
        name=visit.words("first_run.token_first"),
    )


async def add(sources: Sources, visit: Visit, form: Form) -> Goes | Stays:
    """What is new is kept, and all of it is checked at Google."""
    text = form.one("keys")
    reading = await asyncio.to_thread(read, text)  # there may be thousands, and calls wait meanwhile
    seen = await sources.keyring.bring_in(reading, visit.operator.name)
    named = [item.key for item in seen.items if item.key is not None and item.standing in _TAKEN]
    if not named:
        view = view_of(sources, visit, visit.asked)
        return Stays(replace(view, pasted=text, wrong="first_run.no_key" if text.strip() else "first_run.nothing"))
    counts = (Standing.NEW, Standing.DUPLICATE, Standing.KEPT, Standing.SUSPICIOUS)
    found = {name: len(seen.of(standing)) for name, standing in zip(FOUND, counts, strict=True)}
    job = sources.verifier.start(only(*named), visit.operator.name)
    return Goes(f"{paths.FIRST_RUN}?{urlencode({'job': job.id} | {k: n for k, n in found.items() if n})}")


_TAKEN = (Standing.NEW, Standing.KEPT)


async def stop(sources: Sources, _: Visit, form: Form) -> Goes:
    job = sources.verifier.cancel(form.one("job"))
    return Goes(f"{paths.FIRST_RUN}?job={job.id}")


async def make(sources: Sources, visit: Visit, form: Form) -> Stays:
    """The page that answers is the only one that ever shows the token."""
    try:
        made = await sources.tokens.make(Terms(name=form.one("name")), visit.operator.name)
    except BadRequest:
        view = view_of(sources, visit, form.one)
        return Stays(replace(view, name=form.one("name"), wrong_name=visit.words("first_run.name_wrong")))
    view = view_of(sources, visit, lambda name: made.token.id if name == "token" else form.one(name))
    guides = _guides(Filling(view.address, made.secret, view.model))
    return Stays(replace(view, secret=made.secret, guides=guides), 200)


async def test(sources: Sources, visit: Visit, form: Form) -> Stays:
    view = view_of(sources, visit, form.one)
    if view.token is None:
        return Stays(view)
    return Stays(replace(view, tried=await tried(sources, visit.request.scope, "openai", view.token, view.model)), 200)


def _guides(fill: Filling) -> tuple[Guide, ...]:
    return tuple(guide_of(client.slug, fill) for client in CLIENTS)


def _checking(sources: Sources, job_id: str) -> Checking | None:
    try:
        job = sources.verifier.job(job_id)
    except NotFound:
        return None
    well, bad = len(job.results.get(WELL, ())), sum(len(keys) for cause, keys in _failed(job) if _is_bad(cause))
    ended = job.ended is not None
    return Checking(
        id=job.id,
        total=job.total,
        done=job.done,
        well=well,
        bad=bad,
        unsure=job.done - well - bad,
        ended=ended,
        stopped=job.cancelled,
        left=0.0 if ended or not job.done else (sources.clock.unix() - job.started) / job.done * (job.total - job.done),
        cells=_cells(well, job.done - well - bad, bad, job.total) if job.total <= MOST_CELLS else (),
        problems=tuple(_problem(sources, cause, keys) for cause, keys in _failed(job)),
    )


def _failed(job: Job) -> Iterator[tuple[Cause, list[KeyId]]]:
    return ((Cause(why), keys) for why, keys in job.results.items() if why != WELL)


def _is_bad(cause: Cause) -> bool:
    return BLAME[cause] in (Blame.KEY, Blame.PROJECT)


def _cells(well: int, unsure: int, bad: int, total: int) -> tuple[str, ...]:
    tones = ("ok",) * well + ("wait",) * unsure + ("bad",) * bad
    return tones + ("none",) * (total - len(tones))


def _problem(sources: Sources, cause: Cause, keys: list[KeyId]) -> Problem:
    tails = tuple(_tail(sources, key) for key in keys[:TAILS])
    if _is_bad(cause):
        return Problem("first_run.unusable", len(keys), tails, reason(cause), remedy(cause), "bad")
    return Problem("first_run.unsure", len(keys), tails, REACH.get(cause, LATER), "", "wait")


def _tail(sources: Sources, key: KeyId) -> str:
    found = next((pool.keys[key] for pool in sources.pools.values() if key in pool.keys), None)
    return found.spec.secret[-SHOWN:] if found is not None else ""


ACTIONS = {"keys": add, "stop": stop, "token": make, "test": test}
PAGE = Page("first_run", "/first-run", "first_run.title", show, ACTIONS, live=EVERY)
