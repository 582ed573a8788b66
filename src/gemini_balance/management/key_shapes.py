"""What is asked and told of Gemini keys."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys import Doubt, Format, Standing
from gemini_balance.gateway.key_views import KeyState
from gemini_balance.gateway.stores import Origin, Tier
from gemini_balance.management.endpoint import Asks, Line, Model, Moment, Prose
from gemini_balance.management.paging import Aged

LARGEST_IMPORT = 20_000_000  # bytes
MOST_WORDS = 1000
Words = Annotated[frozenset[Line], Meta(max_length=MOST_WORDS)]
Upstream = Annotated[str, Meta(pattern=f"^({GEMINI_API}|{VERTEX_EXPRESS})$")]
Weight = Annotated[int, Meta(ge=1, le=1000)]


class WhichKeys(Asks, frozen=True, kw_only=True):
    """Which keys: all of what is given must fit."""

    ids: Annotated[frozenset[Line] | None, Meta(description="With one of these ids.")] = None
    state: Annotated[KeyState | None, Meta(description="In this state.")] = None
    reason: Annotated[Line, Meta(description="In its state for this reason.")] = ""
    project: Annotated[Line | None, Meta(description="Of this project or group; empty: of no known one.")] = None
    tag: Annotated[Line | None, Meta(description="With this tag; empty: without any.")] = None
    tier: Annotated[Tier | None, Meta(description="Of this tier.")] = None
    upstream: Annotated[Line, Meta(description="For this upstream.")] = ""
    origin: Annotated[Origin | None, Meta(description="That came from there.")] = None
    model: Annotated[Line, Meta(description="That may serve this model.")] = ""
    text: Annotated[Line, Meta(description="Whose id, label, project, tags or notes hold this.")] = ""


class KeysAsked(Aged, frozen=True, kw_only=True):
    """Which keys, and which part of them."""

    ids: Annotated[tuple[Line, ...], Meta(description="With one of these ids; may be given several times.")] = ()
    state: Annotated[KeyState | None, Meta(description="In this state.")] = None
    reason: Annotated[Line, Meta(description="In its state for this reason.")] = ""
    project: Annotated[Line | None, Meta(description="Of this project or group; empty: of no known one.")] = None
    tag: Annotated[Line | None, Meta(description="With this tag; empty: without any.")] = None
    tier: Annotated[Tier | None, Meta(description="Of this tier.")] = None
    upstream: Annotated[Line, Meta(description="For this upstream.")] = ""
    origin: Annotated[Origin | None, Meta(description="That came from there.")] = None
    model: Annotated[Line, Meta(description="That may serve this model.")] = ""
    text: Annotated[Line, Meta(description="Whose id, label, project, tags or notes hold this.")] = ""


class NewKey(Asks, frozen=True, kw_only=True):
    """A key to be added."""

    key: Annotated[str, Meta(max_length=1000, description="The key itself.")]
    label: Annotated[Line, Meta(description="A name for people.")] = ""
    project: Annotated[Line, Meta(description="Keys of one project share its quota; empty: not known.")] = ""
    tags: Annotated[Words, Meta(description="By which client tokens choose.")] = frozenset()
    notes: Annotated[Prose, Meta(description="For people.")] = ""
    weight: Annotated[Weight, Meta(description="How often its turn comes.")] = 1
    models: Annotated[Words, Meta(description="Models that it may serve; empty: all.")] = frozenset()
    proxy: Annotated[Line, Meta(description="That it is used through; empty: by PROXIES.")] = ""
    tier: Annotated[Tier, Meta(description="A paid one serves only what is for paid keys.")] = Tier.FREE
    upstream: Annotated[Upstream, Meta(description="What it is for.")] = GEMINI_API
    suspicious: Annotated[bool, Meta(description="Also if it looks like no key.")] = False


class Replacement(Asks, frozen=True, kw_only=True):
    """What shall stand in the place of a key's secret."""

    secret: Annotated[str, Meta(max_length=1000, description="The new key itself, which no other key here has.")]


class Chosen(Asks, frozen=True, kw_only=True):
    """Keys that something is done with. An empty filter takes all of them."""

    filter: Annotated[WhichKeys, Meta(description="Which.")]


class Edit(Asks, frozen=True, kw_only=True):
    """What shall be different. What is left out stays."""

    label: Annotated[Line | UnsetType, Meta(description="A name for people.")] = UNSET
    project: Annotated[Line | UnsetType, Meta(description="Keys of one project share its quota; empty: not known.")] = (
        UNSET
    )
    tags: Annotated[Words | UnsetType, Meta(description="All of its tags.")] = UNSET
    add_tags: Annotated[Words, Meta(description="Tags to be added.")] = frozenset()
    remove_tags: Annotated[Words, Meta(description="Tags to be taken away.")] = frozenset()
    notes: Annotated[Prose | UnsetType, Meta(description="For people.")] = UNSET
    weight: Annotated[Weight | UnsetType, Meta(description="How often its turn comes.")] = UNSET
    models: Annotated[Words | UnsetType, Meta(description="Models that it may serve; empty: all.")] = UNSET
    proxy: Annotated[Line | UnsetType, Meta(description="That it is used through; empty: by PROXIES.")] = UNSET
    tier: Annotated[Tier | UnsetType, Meta(description="A paid one serves only what is for paid keys.")] = UNSET


class EditOfMany(Asks, frozen=True, kw_only=True):
    """A change of several keys: of all of them, or of none."""

    filter: Annotated[WhichKeys, Meta(description="Which.")]
    edit: Annotated[Edit, Meta(description="What shall be different.")]


class Import(Asks, frozen=True, kw_only=True):
    """Keys to be taken in."""

    text: Annotated[
        str, Meta(max_length=LARGEST_IMPORT, description="Any text that holds keys: JSON, CSV, lines of `.env`, prose.")
    ]
    upstream: Annotated[Upstream, Meta(description="What keys are for of which the text does not say so.")] = GEMINI_API
    preview: Annotated[bool, Meta(description="Only say what would be done.")] = False
    suspicious: Annotated[bool, Meta(description="Take also what looks like no key, if it can be sent at all.")] = False


class Export(Asks, frozen=True, kw_only=True):
    """Keys to be written out."""

    filter: Annotated[WhichKeys, Meta(description="Which.")]
    format: Annotated[Format, Meta(description="How.")] = Format.JSON
    plain: Annotated[bool, Meta(description="With the secrets, which is noted among the changes; else masked.")] = False


class KeyShown(Model, frozen=True, kw_only=True):
    """A Gemini key, without its secret."""

    id: Annotated[str, Meta(description="Names it here, in the journal and in the log.")]
    shown: Annotated[str, Meta(description="Its last four characters.")]
    upstream: Annotated[str, Meta(description="What it is for.")]
    label: Annotated[str, Meta(description="A name for people.")]
    project: Annotated[str, Meta(description="Told by the operator or by Google; empty: not known.")]
    inferred: Annotated[str, Meta(description="A group of keys that seems to be one project.")]
    tags: Annotated[list[str], Meta(description="By which client tokens choose.")]
    notes: Annotated[str, Meta(description="For people.")]
    weight: Annotated[int, Meta(description="How often its turn comes.")]
    models: Annotated[list[str], Meta(description="Models that it may serve; empty: all.")]
    proxy: Annotated[str, Meta(description="That it is used through, without its password.")]
    tier: Annotated[Tier, Meta(description="A paid one serves only what is for paid keys.")]
    origin: Annotated[Origin, Meta(description="Where it came from.")]
    state: Annotated[KeyState, Meta(description="How it fares.")]
    reason: Annotated[str, Meta(description="Why it is in this state.")]
    since: Annotated[Moment | None, Meta(description="Since when; null: not known, or ready.")]
    until: Annotated[Moment | None, Meta(description="When its rest ends, while it is cooling.")]
    failures: Annotated[int, Meta(description="In a row, that nothing else explains.")]
    in_flight: Annotated[int, Meta(description="Attempts under way.")]
    created: Annotated[Moment, Meta(description="When it was first known here.")]


class ImportedItem(Model, frozen=True, kw_only=True):
    """One of what was read."""

    shown: Annotated[str, Meta(description="Its last four characters.")]
    standing: Annotated[Standing, Meta(description="What it is to the keys that are kept.")]
    doubt: Annotated[Doubt | None, Meta(description="What speaks against it.")]
    why: Annotated[str, Meta(description="The same in a sentence.")]


class ImportShown(Model, frozen=True, kw_only=True):
    """What was read."""

    items: Annotated[tuple[ImportedItem, ...], Meta(description="In the order of the text.")]
    added: Annotated[int, Meta(description="How many were added, or would be.")]
    client_tokens: Annotated[int, Meta(description="Client tokens that stood beside the keys: left alone.")]


class ExportShown(Model, frozen=True, kw_only=True):
    """Keys, written out."""

    text: Annotated[str, Meta(description="For a file.")]


class Changed(Model, frozen=True, kw_only=True):
    """Whom it changed."""

    ids: Annotated[list[str], Meta(description="Of the keys.")]


class GroupKeys(Model, frozen=True, kw_only=True):
    """Keys that seem to share a project."""

    name: Annotated[str, Meta(description="To confirm or reject it by.")]
    keys: Annotated[list[str], Meta(description="Ids of its keys.")]


class GroupsShown(Model, frozen=True, kw_only=True):
    """Groups that nobody has confirmed or rejected yet."""

    items: Annotated[tuple[GroupKeys, ...], Meta(description="Each with its keys.")]
