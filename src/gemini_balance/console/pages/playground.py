"""Playground: real calls from the browser as one of the client tokens, which playground.js sends and shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.console import choices
from gemini_balance.console.faults import titles
from gemini_balance.console.page import Page
from gemini_balance.console.quotas import quotas
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
}
EFFORTS = {
    "": "playground.thinking_auto",
    "none": "playground.thinking_off",
    "low": "playground.thinking_low",
    "medium": "playground.thinking_medium",
    "high": "playground.thinking_high",
}
CURL = """curl "{url}" \\
  -H "Authorization: Bearer YOUR_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{quoted}'"""
PYTHON = '''import json
import urllib.request

body = json.loads(r"""{body}""")
headers = {"Authorization": "Bearer YOUR_TOKEN", "Content-Type": "application/json"}
request = urllib.request.Request("{url}", json.dumps(body).encode(), headers)
with urllib.request.urlopen(request) as reply:
    for line in reply:
        print(line.decode(errors="replace"), end="")'''
JS = """const reply = await fetch("{url}", {
  method: "POST",
  headers: { "Authorization": "Bearer YOUR_TOKEN", "Content-Type": "application/json" },
  body: JSON.stringify({body}),
});
for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) console.log(piece);"""
SAMPLES = (("curl", "curl", CURL), ("python", "Python", PYTHON), ("js", "JS", JS))
"""Name, title, text: in it playground.js puts the address, the body, and the body in single quotes of a shell."""
TOOLS = """[{"type": "function", "function": {
  "name": "get_weather",
  "description": "The weather at a place",
  "parameters": {"type": "object",
    "properties": {"place": {"type": "string"}},
    "required": ["place"]}}}]"""


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """`left` and `limit`: of the calls of today, of all keys together; None where that is not known."""

    name: str
    left: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Playground:
    """`mode`: a key of MODES."""

    mode: str
    modes: Mapping[str, Mode]
    tokens: tuple[TokenChoice, ...]
    token: TokenChoice | None
    models: tuple[ModelChoice, ...]
    address: str
    faults: str  # JSON: what to say before the sentence of an error, by its code
    samples: tuple[tuple[str, str, str], ...] = SAMPLES
    voices: tuple[str, ...] = NAMES
    tools: str = TOOLS

    @property
    def token_choices(self) -> list[tuple[str, str]]:
        return [(one.id, one.label) for one in self.tokens]

    @staticmethod
    def effort_choices(words: Words) -> list[tuple[str, Markup]]:
        return [(effort, words(said)) for effort, said in EFFORTS.items()]


async def show(sources: Sources, visit: Visit) -> Playground:
    mode = visit.asked("mode") if visit.asked("mode") in MODES else "chat"
    tokens = choices.tokens(sources)
    token = choices.token(tokens, visit.asked("token"))
    names = choices.models(sources, mode, token.caller if token else None) or choices.FAVOURITES[mode][:1]
    left = {
        quota.model: (quota.left, quota.limit)
        for quota in quotas(await sources.forecasts.recent(FORECASTS), visit.now)
        if not quota.paid
    }
    models = tuple(ModelChoice(name, *left.get(name, (None, None))) for name in names)
    return Playground(mode, MODES, tokens, token, models, sources.address(visit.request), _faults(visit))


def _faults(visit: Visit) -> str:
    return msgspec.json.encode(titles(visit.words)).decode()


PAGE = Page("playground", "/playground", "playground.title", show)
