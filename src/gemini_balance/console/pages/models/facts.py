"""What is known of a model: what it makes, which names lead to it, what options say of it, who may use it. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import Operation
from gemini_balance.core.catalog.aliases import ALIASES
from gemini_balance.core.gemini.families import family_of
from gemini_balance.core.options import ROWS
from gemini_balance.gateway.stores import Off

if TYPE_CHECKING:
    from collections.abc import Iterable, Set

    from gemini_balance.core.catalog.aliases import Alias
    from gemini_balance.core.catalog.models import Listed
    from gemini_balance.core.options import Options
    from gemini_balance.gateway.stores import KeptToken

KINDS = ("text", "image", "speech", "live", "embedding", "video", "other")
WORDS = {
    "text": "models.text",
    "image": "models.image",
    "speech": "models.speech",
    "live": "models.live",
    "embedding": "models.embedding",
    "video": "models.video",
    "other": "models.other",
}
BY_METHOD = {
    "embedContent": "embedding",
    "predictLongRunning": "video",
    "predict": "image",
    "bidiGenerateContent": "live",
}
BY_OUTPUT = (("AUDIO", "speech"), ("IMAGE", "image"), ("TEXT", "text"))
LISTS = {
    "search_models": "models.searches",
    "image_models": "models.makes_images",
    "filtered_models": "models.hidden",
    "no_sampling_models": "models.no_sampling",
    "paid_models": "models.paid",
}
"""Options that list models → what that means for one of them."""


class Described(msgspec.Struct, rename="camel"):
    """What Google says of a model."""

    display_name: str = ""
    description: str = ""
    input_token_limit: int = 0
    output_token_limit: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """One option, as far as it is about this model: `said` is a message; `value` where there is more than yes or no."""

    name: str
    env: str
    said: str
    on: bool
    value: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A name that an option lists, and no key does; `alias`: what is known of it."""

    model: str
    env: str
    name: str
    alias: Alias | None


_described = msgspec.json.Decoder(Described)


def described(listed: Listed) -> Described:
    """Empty where Google says it in another way than today."""
    try:
        return _described.decode(listed.raw)
    except msgspec.DecodeError:
        return Described()


def kind_of(name: str, methods: Set[str]) -> str:
    """What it is for; one of KINDS."""
    if Operation.GENERATE in methods:
        outputs = family_of(name).outputs
        return next((kind for output, kind in BY_OUTPUT if output in outputs), "text")
    return next((kind for method, kind in BY_METHOD.items() if method in methods), "other")


def settings_of(name: str, options: Options) -> tuple[Setting, ...]:
    """Every option that may name this model."""
    lists = tuple(Setting(one, ROWS[one].env, said, name in getattr(options, one)) for one, said in LISTS.items())
    budget = dict(options.thinking_budget_map).get(name)
    limits = {one: quota for one, quota in options.quota_limits if one.rpartition("/")[2] == name}
    image = options.create_image_model == name
    return (
        *lists,
        _setting("thinking_budget_map", "models.budget", "" if budget is None else str(budget)),
        _setting("quota_limits", "models.limits", msgspec.json.encode(limits).decode() if limits else ""),
        Setting("create_image_model", ROWS["create_image_model"].env, "models.draws", image),
    )


def _setting(name: str, said: str, value: str) -> Setting:
    return Setting(name, ROWS[name].env, said, bool(value), value)


def stale(options: Options, listed: Set[str]) -> tuple[Stale, ...]:
    """Names in options that no key lists: nothing, while no list is known."""
    if not listed:
        return ()
    named = {one: getattr(options, one) for one in LISTS} | {
        "thinking_budget_map": [name for name, _ in options.thinking_budget_map],
        "create_image_model": [options.create_image_model] if options.create_image_model else [],
    }
    return tuple(
        Stale(model, ROWS[name].env, name, ALIASES.get(model))
        for name, models in named.items()
        for model in models
        if model.removeprefix("models/") not in listed
    )


class Users:
    """Which client tokens may use which model, in one walk over them."""

    def __init__(self, tokens: Iterable[KeptToken]) -> None:
        serving = [token for token in tokens if token.off is Off.NO]
        self.total = len(serving)
        self._any = sum(not token.models for token in serving)
        self._named = Counter(name for token in serving for name in token.models)
        self._serving = serving

    def count(self, names: Set[str]) -> int:
        """How many may, by one of these names at least."""
        if len(names & self._named.keys()) < 2:
            return self._any + sum(self._named[name] for name in names)
        return self._any + sum(not token.models.isdisjoint(names) for token in self._serving)

    def who(self, names: Set[str]) -> list[KeptToken]:
        return [token for token in self._serving if not token.models or not token.models.isdisjoint(names)]
