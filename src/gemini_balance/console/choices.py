"""What can be chosen where a call is tried: tokens, and models by what they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.core.gemini.families import family_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gemini_balance.console.sources import Sources
    from gemini_balance.core.call import Principal

GENERATES, PREDICTS, EMBEDS = "generateContent", "predict", "embedContent"
FAVOURITES = {
    "chat": ("gemini-flash-latest", "gemini-flash-lite-latest"),
    "image": ("gemini-2.5-flash-image",),
    "speech": ("gemini-2.5-flash-preview-tts",),
    "embeddings": ("gemini-embedding-001",),
}
"""What is chosen first, by what is made: names that last, and cost little. The first one also where no list came."""


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """`label`: its name and its last characters."""

    id: str
    label: str
    caller: Principal


def tokens(sources: Sources) -> tuple[TokenChoice, ...]:
    """Those that may call now, the youngest first."""
    kept = sorted(sources.tokens.all(), key=lambda one: (-one.created, one.id))
    found = ((one, sources.tokens.by_id(one.id)) for one in kept)
    return tuple(
        TokenChoice(one.id, _label(one.name, one.shown), caller) for one, caller in found if caller is not None
    )


def token(choices: Sequence[TokenChoice], wanted: str) -> TokenChoice | None:
    """The one of this id, else the first."""
    return next((choice for choice in choices if choice.id == wanted), choices[0] if choices else None)


def models(sources: Sources, makes: str, caller: Principal | None) -> tuple[str, ...]:
    """Names that lists show and that this caller may use, the favourites first. `makes`: a key of FAVOURITES."""
    able = _able(sources, makes, caller)
    first = [name for name in FAVOURITES[makes] if name in able]
    return (*first, *sorted(set(able).difference(first), key=_rank))


def model(choices: Sequence[str], makes: str, wanted: str) -> str:
    """The one that is wanted, if it is one of them; else the first."""
    if wanted in choices:
        return wanted
    return choices[0] if choices else FAVOURITES[makes][0]


def _able(sources: Sources, makes: str, caller: Principal | None) -> list[str]:
    entries = sources.models.entries(frozenset(sources.options.current.filtered_models))
    allowed = caller.models if caller is not None else frozenset()
    able = (name for name, entry in entries.items() if made_by(name, entry.methods) == makes)
    return [name for name in able if not allowed or name in allowed]


def made_by(name: str, methods: frozenset[str]) -> str:
    """What a model makes, of FAVOURITES; empty for anything else."""
    outputs = family_of(name).outputs
    if "IMAGE" in outputs or PREDICTS in methods:
        return "image"
    if GENERATES not in methods:
        return "embeddings" if EMBEDS in methods else ""
    return "speech" if "AUDIO" in outputs else "chat"


def _rank(name: str) -> tuple[bool, bool, float, str]:
    """Flash before others, what lasts before previews, the newest first."""
    return ("flash" not in name, "preview" in name, -family_of(name).generation, name)


def _label(name: str, shown: str) -> str:
    return name if name.endswith(f"…{shown}") or not shown else f"{name} …{shown}"
