"""The options in force: what operators changed goes before the environment, which goes before the defaults.

A change is checked whole, then stored, then applied. Nothing of it happens where one of its values can't be taken.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from gemini_balance.core.options import ROWS, OptionError, Options, from_json, row_of, to_json
from gemini_balance.gateway.stores import Change, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gemini_balance.core.options import Json
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import ChangeLog, OptionStore

    Apply = Callable[[Options], None]

VERSION = 1  # of the document of an export
HIDDEN = '"…"'  # JSON
NOT_A_DOCUMENT = 'An import is a JSON object: {"version": 1, "options": {"max_retries": 5}}.'
log = logging.getLogger(__name__)


class Source(StrEnum):
    """Where an option's value comes from."""

    OVERRIDE = "override"  # an operator changed it
    ENVIRONMENT = "environment"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Standing:
    """One option as it stands. `otherwise`: what it would be without the override."""

    name: str
    value: Json
    source: Source
    otherwise: Json


@dataclass(frozen=True, slots=True)
class Planned:
    """What an import would change of one option."""

    name: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Import:
    """What comes of a document; names of `unknown` are no options here, and passed over."""

    planned: tuple[Planned, ...]
    unknown: tuple[str, ...]


class _Document(msgspec.Struct):
    version: int
    options: dict[str, Any]  # JSON, which each option's row takes apart


class OptionBook:
    """One per process. `current` is replaced whole, and whoever watches is told."""

    def __init__(self, environment: Options, store: OptionStore, changes: ChangeLog, clock: Clock) -> None:
        self.current = self._environment = environment
        self._store, self._changes, self._clock = store, changes, clock
        self._overrides: dict[str, object] = {}
        self._passed_over: dict[str, str] = {}
        self._watching: list[Apply] = []
        self._lock = asyncio.Lock()

    def watch(self, apply: Apply) -> None:
        """`apply` gets the snapshot now, and each one that follows."""
        self._watching.append(apply)
        apply(self.current)

    def source(self, name: str) -> Source:
        """Raises OptionError for what is no option."""
        row = row_of(name)
        if row.name in self._overrides:
            return Source.OVERRIDE
        given = row.name in self._environment.given or getattr(self._environment, row.name) != row.default
        return Source.ENVIRONMENT if given else Source.DEFAULT

    def standing(self, name: str) -> Standing:
        """Raises OptionError for what is no option."""
        name = row_of(name).name
        return Standing(name, _json(self.current, name), self.source(name), _json(self._environment, name))

    def all(self) -> list[Standing]:
        """In the order of the table."""
        return [self.standing(name) for name in ROWS]

    async def reload(self) -> None:
        """What the store holds now. What can't be taken of it is passed over, and said once."""
        async with self._lock:
            self._become(self._readable(await self._store.all()))

    async def set(self, values: Mapping[str, Json], who: str) -> list[Change]:
        """All of these, or none. Returns what changed. Raises OptionError that names the first that can't be."""
        return await asyncio.shield(self._change(checked(values), who, "set"))

    async def reset(self, names: Iterable[str], who: str) -> list[Change]:
        """These are what the environment or the default says. Returns what changed. Raises OptionError."""
        return await asyncio.shield(self._change(dict.fromkeys(row_of(name).name for name in names), who, "reset"))

    async def save(self, values: Mapping[str, Json], back: Iterable[str], who: str) -> list[Change]:
        """Sets these and resets those, all of it or nothing. Returns what changed. Raises OptionError."""
        resets = dict.fromkeys(row_of(name).name for name in back)
        return await asyncio.shield(self._change({**checked(values), **resets}, who, "set"))

    async def history(self, name: str = "", before: int | None = None, most: int = 50) -> list[Change]:
        """Changes of one option, or of all, whose numbers are below `before`; the newest first. Raises OptionError."""
        return await self._changes.page(before, most, Subject.OPTION, row_of(name).name if name else "")

    def export(self) -> dict[str, Json]:
        """What operators changed, for `bring_in` here or elsewhere."""
        changed: dict[str, Json] = {name: _json(self.current, name) for name in ROWS if name in self._overrides}
        return {"version": VERSION, "options": changed}

    def preview(self, document: Json, *, strict: bool = False) -> Import:
        """What `bring_in` would do. `strict` refuses names that are no options here. Raises OptionError."""
        return self._planned(*opened(document, strict=strict))

    async def bring_in(self, document: Json, who: str, *, strict: bool = False) -> Import:
        """All that an export holds, or nothing. Other options stay as they are. Raises OptionError."""
        values, unknown = opened(document, strict=strict)
        planned = self._planned(values, unknown)
        await asyncio.shield(self._change(values, who, "import"))
        return planned

    def _planned(self, values: Mapping[str, object], unknown: tuple[str, ...]) -> Import:
        pairs = ((name, _json(self.current, name), to_json(name, value)) for name, value in values.items())
        return Import(tuple(Planned(*pair) for pair in pairs if pair[1] != pair[2]), unknown)

    async def _change(self, values: Mapping[str, object], who: str, action: str) -> list[Change]:
        """None takes an override back. Whoever asked may leave meanwhile: what is stored is applied, too."""
        async with self._lock:
            self._become(self._readable(await self._store.all()))
            values = {name: value for name, value in values.items() if value != self._overrides.get(name)}
            if not values:
                return []
            overrides = {name: value for name, value in (self._overrides | values).items() if value is not None}
            after = self._with(overrides)
            changes = [
                self._noted(name, after, who, "reset" if value is None else action) for name, value in values.items()
            ]
            await self._store.put({name: _text(name, value) for name, value in values.items()}, changes)
            self._become(overrides)
            return changes

    def _noted(self, name: str, after: Options, who: str, action: str) -> Change:
        """What may hold a secret is not shown: that it changed is."""
        both = (_text(name, getattr(options, name)) for options in (self.current, after))
        was, becomes = (HIDDEN, HIDDEN) if ROWS[name].secret else both
        return Change(
            at=self._clock.unix(),
            who=who,
            subject=Subject.OPTION,
            target=name,
            action=action,
            before=was,
            after=becomes,
        )

    def _with(self, overrides: Mapping[str, object]) -> Options:
        changed: dict[str, Any] = dict(overrides)  # each of the type that its row says
        return replace(self._environment, **changed)

    def _become(self, overrides: dict[str, object]) -> None:
        self._overrides = overrides
        if (new := self._with(overrides)) == self.current:
            return
        self.current = new
        for apply in self._watching:
            try:
                apply(new)
            except Exception:
                log.exception("A part of the gateway did not take the new options")

    def _readable(self, stored: Mapping[str, str]) -> dict[str, object]:
        """A newer version may have stored what this one doesn't know."""
        found: dict[str, object] = {}
        for name, text in stored.items():
            try:
                found[name] = from_json(ROWS[name].name, msgspec.json.decode(text))
            except (KeyError, ValueError) as error:
                if self._passed_over.get(name) != text:
                    log.warning("What the database holds of the option %s can't be taken: %s", name, error)
                self._passed_over[name] = text
        return found


def checked(values: Mapping[str, Json]) -> dict[str, object]:
    """Values by the options' own names. Raises OptionError, also where two names mean the same option."""
    taken: dict[str, object] = {}
    for given, json in values.items():
        name = row_of(given).name
        if name in taken:
            raise OptionError(f"{ROWS[name].env} is given twice.", param=name)
        taken[name] = from_json(name, json)
    return taken


def opened(document: Json, *, strict: bool) -> tuple[dict[str, object], tuple[str, ...]]:
    """Values by the options' own names, and names that are no options. Raises OptionError."""
    try:
        read = msgspec.convert(document, _Document)
    except msgspec.ValidationError as error:
        raise OptionError(f"{NOT_A_DOCUMENT} This one is not: {error}.") from error
    if read.version != VERSION:
        raise OptionError(f"This import has the version {read.version}; here only {VERSION} can be read.")
    unknown = tuple(name for name in read.options if not strict and not is_option(name))
    return checked({name: value for name, value in read.options.items() if name not in unknown}), unknown


def is_option(name: str) -> bool:
    try:
        row_of(name)
    except OptionError:
        return False
    return True


def _json(options: Options, name: str) -> Json:
    return to_json(name, getattr(options, name))


def _text(name: str, value: object) -> str | None:
    return None if value is None else msgspec.json.encode(to_json(name, value)).decode()
