"""One call: what became of it and whose fault it was, how it was routed, where time and tokens went."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from gemini_balance.console import paths
from gemini_balance.console.curl import curl
from gemini_balance.console.faults import BECAME, fault_named, fault_of
from gemini_balance.console.names import key_names, token_names
from gemini_balance.console.page import Page
from gemini_balance.console.retry import draft_of
from gemini_balance.console.story import parts_of, shares_of, story
from gemini_balance.core.outcome import Cause
from gemini_balance.gateway.call_outcomes import WELL, CallOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gemini_balance.console.faults import Became, Fault
    from gemini_balance.console.names import KeyName
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.story import Story
    from gemini_balance.gateway.calls import KeptCall
    from gemini_balance.gateway.record import SkippedRecord

T = TypeVar("T")
CHOSEN = {
    "conversation": "chosen.conversation",
    "kept": "chosen.kept",
    "most room": "chosen.room",
    "pinned": "chosen.pinned",
    "trial": "chosen.trial",
}
SKIPPED = {"disabled": "skipped.disabled", "minute_full": "skipped.minute_full", "tried": "skipped.tried"}
"""Why a key was passed over, where that is no cause of a failure."""
TITLES = {
    CallOutcome.BLOCKED: "became.blocked",
    CallOutcome.CUT: "became.cut",
    CallOutcome.REFUSED: "became.refused",
    CallOutcome.FAILED: "became.failed",
    CallOutcome.LEFT: "became.left",
}
GLYPHS = {"ok": "s-ready", "wait": "s-bang", "bad": "s-invalid", "off": "s-off"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with its values."""

    key: str
    values: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Considered:
    """Keys that one thing was said of. `why`: a message; `until`: seconds since 1970, 0 where no time ends it."""

    chosen: bool
    tone: str
    why: str
    until: float
    keys: tuple[KeyName, ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One kind: a message, how many, its class in the legend, and its part of the bar."""

    name: str
    count: int
    css: str
    begin: float
    width: float


@dataclass(frozen=True, slots=True)
class CallView:
    """`look_alikes`: the address of calls that came to the same. `asked`: how many keys were."""

    call: KeptCall
    became: Became
    tone: str
    glyph: str
    title: Sentence
    fault: Fault | None
    story: Story
    keys: Mapping[str, KeyName]
    considered: tuple[Considered, ...]
    token: str
    tokens_address: str
    token_kinds: tuple[Tokens, ...]
    times: tuple[tuple[str, float], ...]
    curl: str
    again: str  # where it is made again; empty where it can't be
    failed_before: int
    body_cut: bool
    look_alikes: str


async def show(sources: Sources, visit: Visit) -> CallView:
    call = await sources.search.one(visit.request.path_params["request"])
    became, fault = BECAME[call.outcome], fault_of(call)
    tone = became.tone or "ok"
    keys = key_names(sources, [*(one.key for one in call.attempts), *(one.key for one in call.skipped)])
    return CallView(
        call=call,
        became=became,
        tone=tone,
        glyph=GLYPHS[tone],
        title=title(call),
        fault=fault,
        story=story(call),
        keys=keys,
        considered=(*_chosen(call, keys), *passed_over(call.skipped, keys)),
        token=token_names(sources).get(call.token, ""),
        tokens_address=f"{paths.HOME}/tokens",
        token_kinds=tokens_of(call),
        times=parts_of(call),
        curl=curl(call, sources.address(visit.request)),
        again=f"{paths.PLAYGROUND}?{urlencode({'call': call.id})}" if draft_of(call) else "",
        body_cut=bool(
            call.error and len(call.error.body or "") >= int(sources.options.current.error_log_body_kb * 1000)
        ),
        failed_before=sum(one.cause not in WELL for one in call.attempts[:-1]),
        look_alikes=f"{paths.CALLS}?{urlencode({'class': _class(call)})}" if fault else "",
    )


def title(call: KeptCall) -> Sentence:
    """What became of it, in one sentence; that of a fault is put in by the template."""
    if call.outcome in TITLES:
        return Sentence(TITLES[call.outcome])
    count = len(call.attempts)
    if not count:
        return Sentence("became.alone")
    return Sentence("became.whole", {"count": count})


def _class(call: KeptCall) -> str:
    return call.cause if call.cause not in WELL else call.ending


def _chosen(call: KeptCall, keys: Mapping[str, KeyName]) -> Iterable[Considered]:
    for why, ids in _alike((one.why, one.key) for one in call.attempts).items():
        yield Considered(True, "act", CHOSEN.get(why, "chosen.other"), 0.0, tuple(keys[one] for one in ids))


def passed_over(skipped: Iterable[SkippedRecord], keys: Mapping[str, KeyName]) -> Iterable[Considered]:
    """Those that the same stood in the way of until the same minute, together."""
    for (why, until), ids in _alike(((one.why, one.until // 60 * 60), one.key) for one in skipped).items():
        tone = "off" if why == "disabled" else "bad" if not until and why in set(Cause) else "wait"
        message = SKIPPED.get(why) or fault_named(why).title
        yield Considered(False, tone, message, until, tuple(keys[one] for one in ids))


def _alike(pairs: Iterable[tuple[T, str]]) -> dict[T, list[str]]:
    found: defaultdict[T, list[str]] = defaultdict(list)
    for what, key in pairs:
        found[what].append(key)
    return found


def tokens_of(call: KeptCall) -> tuple[Tokens, ...]:
    """Each kind that there is any of."""
    used = call.usage
    kinds = [
        ("used.cached", used.cached, ""),
        ("used.new", max(used.prompt - used.cached, 0), "half"),
        ("used.tools", used.tool_use, "wait"),
        ("used.answer", used.output, "ok"),
        ("used.thought", used.thoughts, "off"),
    ]
    kinds = [kind for kind in kinds if kind[1]]
    shares = shares_of([count for _, count, _ in kinds])
    return tuple(Tokens(*kind, *share) for kind, share in zip(kinds, shares, strict=True))


PAGE = Page("call", "/calls/{request}", "calls.call", show)
