"""What the console says, in the reader's language: one message is one key, with named values."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from markupsafe import Markup, escape

from gemini_balance.console import format as written
from gemini_balance.core.options import OPTION_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from gemini_balance.console.format import Manner

FOLDER = Path(__file__).parent / "locale"
MANNERS: dict[str, Manner] = {"en": written.ENGLISH, "zh": written.CHINESE}
"""The languages, the first of which is for whoever wants none of them."""
NAMES = {"en": "English", "zh": "中文"}
TAGS = {"en": "en", "zh": "zh-CN"}
Message: TypeAlias = str | dict[str, str]
"""Where the number matters: a text for `one`, and one for all `other` values of `count`."""


@cache
def catalog(language: str) -> Mapping[str, Message]:
    return msgspec.json.decode((FOLDER / f"{language}.json").read_bytes(), type=dict[str, Message])


def language_of(chosen: str, accepted: str) -> str:
    """Of what was chosen once, else of the header Accept-Language."""
    if chosen in MANNERS:
        return chosen
    for tag in _by_preference(accepted):
        if (language := tag.partition("-")[0]) in MANNERS:
            return language
    return next(iter(MANNERS))


def _by_preference(accepted: str) -> list[str]:
    weighed = []
    for entry in accepted.split(","):
        tag, _, weight = entry.strip().lower().partition(";q=")
        if (worth := _weight(weight)) > 0:
            weighed.append((-worth, tag))
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


class Words:
    """One reader's language, and how it writes numbers and times. Called, it gives a message, safe to stand in HTML."""

    def __init__(self, language: str, zone: tzinfo, now: float) -> None:
        self.language = language
        self.tag = TAGS[language]
        self.zone = zone
        self.now = now
        self._manner = MANNERS[language]
        self._messages = catalog(language)

    def __call__(self, key: str, /, **values: object) -> Markup:
        """Values are escaped, save those that are HTML already; numbers are written as the language does. KeyError."""
        message = self._messages[key]
        if isinstance(message, dict):
            message = message["one" if values["count"] == 1 else "other"]
        return escape(message).format(**{name: self._written(value) for name, value in values.items()})

    @property
    def english(self) -> bool:
        """Is it what use cases speak, too?"""
        return self.language == "en"

    def option(self, name: str) -> str:
        """What an option is called; one that is not known, as it is."""
        titles = OPTION_TITLES.get(name)
        return name if titles is None else titles[0 if self.english else 1]

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """The other languages: name for the cookie, for HTML, and what each calls itself."""
        return [(name, TAGS[name], NAMES[name]) for name in MANNERS if name != self.language]

    def listed(self, pieces: Iterable[Markup]) -> Markup:
        """With what the language has between them."""
        return escape(self._manner.between).join(pieces)

    def number(self, value: float) -> str:
        return written.number(value)

    def compact(self, value: float) -> str:
        return written.compact(value, self._manner)

    def percent(self, share: float) -> str:
        return written.percent(share, self._manner)

    def size(self, count: float) -> str:
        return written.size(count)

    def duration(self, seconds: float) -> str:
        return written.duration(seconds, self._manner)

    def clock(self, at: float, *, seconds: bool = False) -> Markup:
        return self._time(at, written.clock(at, self.zone, seconds=seconds))

    def moment(self, at: float) -> Markup:
        return self._time(at, self.plain_moment(at))

    def plain_moment(self, at: float) -> str:
        """Where no element may stand: in an attribute."""
        return written.moment(at, self.now, self.zone, self._manner)

    def date(self, at: float) -> Markup:
        return self._time(at, written.date(at, self.now, self.zone, self._manner))

    def full(self, at: float) -> Markup:
        return self._time(at, written.full(at, self.zone, self._manner))

    def until(self, at: float) -> Markup:
        """A moment to come, with the wait beside it."""
        return self("time.until", time=self.moment(at), wait=self.duration(max(at - self.now, 1.0)))

    def _time(self, at: float, text: str) -> Markup:
        exact = written.full(at, self.zone, self._manner)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(written.iso(at), exact, text)

    def _written(self, value: object) -> object:
        return written.number(value) if isinstance(value, int | float) else value
