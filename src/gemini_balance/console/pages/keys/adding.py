"""Add keys: whatever was pasted or chosen is looked at first, and kept only then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gemini_balance.console.page import Page, Part, Stays
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.keys import Doubt, Format, Standing, written
from gemini_balance.gateway.key_edits import KeyEdit
from gemini_balance.gateway.key_views import only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.console.forms import Form
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.core.keys import Item, Preview, Reading

SHOWN = 100  # of what was read
UPSTREAMS: Mapping[str, str] = {GEMINI_API: "keys_add.gemini_api", VERTEX_EXPRESS: "keys_add.vertex_express"}
DOUBTS: Mapping[Doubt, str] = {
    Doubt.TOO_SHORT: "keys_add.too_short",
    Doubt.SPACES: "keys_add.spaces",
    Doubt.UNPRINTABLE: "keys_add.unprintable",
    Doubt.MASKED: "keys_add.masked",
    Doubt.PLACEHOLDER: "keys_add.placeholder",
    Doubt.UNUSABLE: "keys_add.unusable",
    Doubt.UNKNOWN_SHAPE: "keys_add.unknown_shape",
}
STANDINGS: Mapping[Standing, tuple[str, str, str]] = {
    Standing.NEW: ("ok", "keys_add.new", "keys_add.is_new"),
    Standing.KEPT: ("off", "keys_add.kept", "keys_add.is_kept"),
    Standing.DUPLICATE: ("off", "keys_add.duplicate", "keys_add.is_duplicate"),
    Standing.SUSPICIOUS: ("wait", "keys_add.suspicious", "keys_add.is_suspicious"),
}
"""Each one's tone, the message that counts it, and its word."""
_FIRST = (Standing.SUSPICIOUS, Standing.NEW, Standing.DUPLICATE, Standing.KEPT)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read, before or after it was kept. `taken`: how many would be, or were, added."""

    counts: tuple[tuple[str, str, int], ...]  # tone, message, how many
    items: tuple[Item, ...]
    more: int
    taken: int
    doubtful: int  # that would be added if it were wanted
    tokens: int
    doubts: Mapping[Doubt, str] = field(default_factory=lambda: DOUBTS)
    standings: Mapping[Standing, tuple[str, str, str]] = field(default_factory=lambda: STANDINGS)


@dataclass(frozen=True, slots=True)
class Adding:
    """`text` and the rest: what stands in the form; `wrong`: why nothing could be read. `added`: ids, once done."""

    text: str = ""
    upstream: str = GEMINI_API
    tags: str = ""
    suspicious: bool = False
    wrong: str = ""
    seen: Seen | None = None
    added: tuple[str, ...] | None = None
    upstreams: Mapping[str, str] = field(default_factory=lambda: UPSTREAMS)


async def show(_: Sources, __: Visit) -> Adding:
    return Adding()


async def preview(sources: Sources, visit: Visit, form: Form) -> Stays | Part:
    """htmx gets the list alone. Without scripts the page comes again with what a file held in its box: no browser
    sends the same file twice by itself."""
    htmx = "hx-request" in visit.request.headers
    try:
        reading = await _read(sources, form)
    except BadRequest:
        return _told(_typed(form, wrong="keys_add.no_keys_there"), htmx=htmx, status=422)
    if not reading.entries and not reading.unread:
        wrong = "keys_add.nothing_there" if form.one("text").strip() or form.file("file") else ""
        return _told(_typed(form, wrong=wrong), htmx=htmx, status=422 if wrong else 200)
    seen = _seen(await sources.key_files.preview(reading), suspicious="suspicious" in form)
    text = written(reading.entries, Format.JSON, plain=True) if form.file("file") and not htmx else form.one("text")
    return _told(_typed(form, text=text, seen=seen), htmx=htmx)


async def add(sources: Sources, visit: Visit, form: Form) -> Stays:
    who, suspicious = visit.operator.name, "suspicious" in form
    try:
        edit = KeyEdit(add_tags=frozenset(form.one("tags").replace(",", " ").split()))
        reading = await _read(sources, form)
        done = await sources.keyring.bring_in(reading, who, suspicious=suspicious)
        ids = tuple(dict.fromkeys(entry.id for entry in done.taken(suspicious=suspicious)))
        if edit.add_tags and ids:
            await sources.keyring.change(only(*ids), edit, who)
    except BadRequest as error:
        wrong = "keys_add.no_keys_there" if error.param == "file" else "keys.tag_wrong"
        return Stays(_typed(form, wrong=wrong))
    if not done.items:
        return Stays(_typed(form, wrong="keys_add.nothing_there"))
    return Stays(Adding(seen=_seen(done, suspicious=suspicious), added=ids), 200)


async def _read(sources: Sources, form: Form) -> Reading:
    content = form.file("file") or form.one("text").encode()
    asked = form.one("upstream")
    return await sources.key_files.read(content, asked if asked in UPSTREAMS else GEMINI_API)


def _typed(form: Form, *, text: str | None = None, wrong: str = "", seen: Seen | None = None) -> Adding:
    return Adding(
        form.one("text") if text is None else text,
        form.one("upstream") or GEMINI_API,
        form.one("tags"),
        "suspicious" in form,
        wrong,
        seen,
    )


def _told(view: Adding, *, htmx: bool, status: int = 200) -> Stays | Part:
    return Part("keys_add.preview.html", view, 200) if htmx else Stays(view, status)


def _seen(told: Preview, *, suspicious: bool) -> Seen:
    items = sorted(told.items, key=lambda item: _FIRST.index(item.standing))
    taken, most = len(told.taken(suspicious=suspicious)), len(told.taken(suspicious=True))
    return Seen(
        tuple(
            (tone, message, count) for kind, (tone, message, _) in STANDINGS.items() if (count := len(told.of(kind)))
        ),
        tuple(items[:SHOWN]),
        max(0, len(items) - SHOWN),
        taken,
        most - len(told.taken()),
        told.tokens,
    )


PAGE = Page("keys_add", "/keys/add", "keys_add.title", show, {"preview": preview, "add": add})
