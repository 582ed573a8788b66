"""Playground: real calls from the browser as one of the client tokens, which playground.js sends and shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console import choices
from gemini_balance.console.faults import titles
from gemini_balance.console.page import Page
from gemini_balance.console.quotas import quotas
from gemini_balance.console.retry import Draft, draft_of
from gemini_balance.console.samples import samples
from gemini_balance.core.errors import NotFound
from gemini_balance.core.gemini.families import ROWS
from gemini_balance.core.gemini.thinking import by_effort
from gemini_balance.core.gemini.voices import NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from gemini_balance.console.choices import TokenChoice
    from gemini_balance.console.page import Visit
    from gemini_balance.console.sources import Sources
    from gemini_balance.console.words import Words


@dataclass(frozen=True, slots=True)
class Mode:
    """What is made, in messages. `hint` stands where it is asked for; `examples`: what could be asked."""

    title: str
    hint: str
    start: str  # stands where nothing was said yet
    examples: tuple[str, ...] = ()


FORECASTS = 5.0  # seconds for which forecasts are good
EXAMPLES = ("playground.example_1", "playground.example_2", "playground.example_3")
MODES = {
    "chat": Mode("playground.chat", "playground.chat_hint", "playground.try", EXAMPLES),
    "image": Mode("playground.image", "playground.image_hint", "playground.try_image"),
    "speech": Mode("playground.speech", "playground.speech_hint", "playground.try_speech"),
    "embeddings": Mode("playground.embeddings", "playground.embeddings_hint", "playground.try_embeddings"),
}
FORMATS = {"openai": "OpenAI", "native": "Gemini"}
"""What the calls of these can be made in; all others are OpenAI's."""
IN_BOTH = ("chat", "embeddings")
EFFORTS = {
    "": "playground.thinking_auto",
    "none": "playground.thinking_off",
    "low": "playground.thinking_low",
    "medium": "playground.thinking_medium",
    "high": "playground.thinking_high",
}
LONGEST = 4_000  # characters of a message in the address
OPENAI_TOOLS = """[{"type": "function", "function": {
  "name": "get_weather",
  "description": "The weather at a place",
  "parameters": {"type": "object",
    "properties": {"place": {"type": "string"}},
    "required": ["place"]}}}]"""
NATIVE_TOOLS = """[{"functionDeclarations": [{
  "name": "get_weather",
  "description": "The weather at a place",
  "parameters": {"type": "object",
    "properties": {"place": {"type": "string"}},
    "required": ["place"]}}]}]"""
TOOLS = {"openai": OPENAI_TOOLS, "native": NATIVE_TOOLS}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """`left` and `limit`: of the calls of today, of all keys together; None where that is not known."""

    name: str
    left: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Playground:
    """`mode`: a key of MODES. `draft`: what stands in the form; `again`: the id of the call that it is of."""

    mode: str
    draft: Draft
    again: str
    modes: Mapping[str, Mode]
    tokens: tuple[TokenChoice, ...]
    token: TokenChoice | None
    models: tuple[ModelChoice, ...]
    address: str
    faults: str  # JSON: what to say before the sentence of an error, by its code
    efforts: str  # JSON: by a pattern of models' names, what an effort is in Gemini's format
    samples: tuple[tuple[str, str, str], ...]

    @property
    def formats(self) -> list[tuple[str, str]]:
        return list(FORMATS.items()) if self.mode in IN_BOTH else []

    @property
    def tools(self) -> str:
        return self.draft.tools or TOOLS[self.draft.form]

    @property
    def voices(self) -> tuple[str, ...]:
        return NAMES if self.draft.voice in NAMES else (*NAMES, self.draft.voice)

    @property
    def token_choices(self) -> list[tuple[str, str]]:
        return [(one.id, one.label) for one in self.tokens]

    @staticmethod
    def effort_choices(words: Words) -> list[tuple[str, Markup]]:
        return [(effort, words(said)) for effort, said in EFFORTS.items()]


async def show(sources: Sources, visit: Visit) -> Playground:
    again = visit.asked("call")
    draft = await _again(sources, again) if again else _asked(visit)
    mode, tokens = draft.mode, choices.tokens(sources)
    token = choices.token(tokens, draft.token)
    names = choices.models(sources, mode, token.caller if token else None) or choices.FAVOURITES[mode][:1]
    left = {
        quota.model: (quota.left, quota.limit)
        for quota in quotas(await sources.forecasts.recent(FORECASTS), visit.now)
        if not quota.paid
    }
    models = tuple(ModelChoice(name, *left.get(name, (None, None))) for name in names)
    drawn = (tokens, token, models, sources.address(visit.request), _faults(visit), EFFORTS_JSON)
    draft = draft if draft.model else replace(draft, model=names[0])
    return Playground(mode, draft, again, MODES, *drawn, samples(draft.form, mode))


def _asked(visit: Visit) -> Draft:
    """What the address says; a message stands in it where the format was changed."""
    mode = visit.asked("mode") if visit.asked("mode") in MODES else "chat"
    form = visit.asked("format") if visit.asked("format") in FORMATS and mode in IN_BOTH else "openai"
    return Draft(mode, form, visit.asked("token"), visit.asked("model"), visit.asked("message")[:LONGEST])


async def _again(sources: Sources, request: str) -> Draft:
    """Raises NotFound, also for a call that can't be made here."""
    draft = draft_of(await sources.search.one(request))
    if draft is None:
        raise NotFound("The playground makes no such calls.")
    return draft


def _efforts() -> str:
    told = {
        pattern: {
            effort: {"includeThoughts": effort != "none", **msgspec.to_builtins(config)}
            for effort in EFFORTS
            if effort and (config := by_effort(effort, family)) is not None
        }
        for pattern, family in ROWS
    }
    return msgspec.json.encode(list(told.items())).decode()


def _faults(visit: Visit) -> str:
    return msgspec.json.encode(titles(visit.words)).decode()


EFFORTS_JSON = _efforts()
PAGE = Page("playground", "/playground", "playground.title", show)
