"""Decide what the model says: thoughts, text, function calls, media, as pieces with their token counts.

The answer follows from the request alone, so that whoever asks can tell which prompt, model and turn was answered.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec
from msgspec import Struct

from gemini_balance.simulator import directives, samples
from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.grounding import grounding, url_context
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.media import Medium, media_parts
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import (
    FunctionDeclaration,
    FunctionResponse,
    GenerateContentRequest,
    GenerationConfig,
)
from gemini_balance.simulator.signatures import sign
from gemini_balance.simulator.tokens import count_text, first_tokens
from gemini_balance.simulator.tool_rules import declarations

THOUGHT_TOKENS = {"MINIMAL": 0, "LOW": 24, "MEDIUM": 48, "HIGH": 96, "XHIGH": 192}
DYNAMIC_BUDGET = 48
SIGNED = 3.0
FINISH_MESSAGES = 3.5
TOOL_TOKENS = 96
# Any other finishReason comes instead of a picture or speech.
SHOWN = ("STOP", "MAX_TOKENS")
FILLER = ("and", "so", "the", "answer", "goes", "on", "with", "words", "that", "only", "fill", "space")


class Piece(Struct, frozen=True):
    """Something said: a part, and what it cost. A text that is `cuttable`, and `sound`, are cut into events."""

    part: Object
    tokens: int = 0
    thought_tokens: int = 0
    cuttable: bool = False
    sound: bytes = b""


class Answer(Struct, frozen=True):
    """What one candidate says, and the facts around it."""

    pieces: tuple[Piece, ...]
    finish: str = "STOP"
    finish_message: str = ""
    continuation_token: str = ""
    signature: str = ""
    grounding: Object | None = None
    url_context: Object | None = None
    tool_tokens: int = 0
    calls: bool = False
    pad: int = 0
    events: int = 1


class Prompt(Struct, frozen=True):
    """What the request asks: the last user text without directives, the directives, and where the turn stands."""

    text: str
    wishes: Directives
    turn: int
    answered_steps: int
    results: str = ""


def read_prompt(request: GenerateContentRequest, standing: str = "") -> Prompt:
    """Find the last user text and how many rounds of function responses came after it."""
    steps, turn, text, results = 0, 0, "", ""
    for content in request.contents:
        if content.role == "model":
            continue
        said = " ".join(part.text for part in content.parts if part.text)
        answers = [part.function_response for part in content.parts if part.function_response is not None]
        if answers:
            steps, results = steps + 1, "; ".join(_shown(one) for one in answers)
        else:
            steps, turn, text, results = 0, turn + 1, said, ""
    wishes, plain = directives.read(text, standing)
    return Prompt(text=plain, wishes=wishes, turn=turn, answered_steps=steps, results=results)


def _shown(result: FunctionResponse) -> str:
    return f"{result.name} returned {msgspec.json.encode(result.response or {}).decode()}"


def answer(
    request: GenerateContentRequest, model: Model, prompt: Prompt, defaults: tuple[int, int], n: int = 0
) -> Answer:
    """What candidate number `n` says. `defaults` are the filler words and the stream events of a plain text."""
    config = request.generation_config or GenerationConfig()
    thoughts = _thoughts(config, model, prompt.wishes)
    names = called_names(request, prompt)
    if names:
        return _limited(_call_answer(request, model, prompt, thoughts, names), config)
    if prompt.wishes.pad:
        return Answer(pieces=thoughts, pad=prompt.wishes.pad)
    media = media_parts(config, model, prompt.wishes.text or prompt.text)
    if media:
        return _limited(_media_answer(media, prompt.wishes, thoughts, defaults[1]), config)
    return _limited(_text_answer(request, model, prompt, thoughts, defaults, n), config)


def _thoughts(config: GenerationConfig, model: Model, wishes: Directives) -> tuple[Piece, ...]:
    tokens = _thought_tokens(config, model, wishes)
    if not tokens:
        return ()
    asked = config.thinking_config is not None and config.thinking_config.include_thoughts
    if not asked:
        return (Piece({}, thought_tokens=tokens),)
    words = wishes.thoughts or 8
    text = " ".join(("**Thinking it over**\n\nThe user wants", *_filler(words), "\n\n"))
    return (Piece({"text": text, "thought": True}, thought_tokens=tokens),)


def _thought_tokens(config: GenerationConfig, model: Model, wishes: Directives) -> int:
    if not model.thinking:
        return 0
    if wishes.thoughts is not None:
        return wishes.thoughts
    thinking = config.thinking_config
    if thinking is not None and thinking.thinking_budget is not None:
        return DYNAMIC_BUDGET if thinking.thinking_budget < 0 else min(thinking.thinking_budget, DYNAMIC_BUDGET)
    level = thinking.thinking_level if thinking else ""
    return THOUGHT_TOKENS.get(level, THOUGHT_TOKENS[model.default_level])


def called_names(request: GenerateContentRequest, prompt: Prompt) -> list[str]:
    """The functions to call now: those asked for by directive, forced by mode, or named in the text."""
    functions = [function.name for function in declarations(request)]
    config = request.tool_config.function_calling_config if request.tool_config else None
    mode = config.mode if config else "AUTO"
    if config and config.allowed_function_names:
        functions = [name for name in functions if name in config.allowed_function_names]
    if mode == "NONE" or not functions:
        return []
    wished = _wished_names(prompt)
    if wished or prompt.wishes.call:
        return [name for name in wished if name in functions]
    mentioned = [name for name in functions if re.search(rf"\b{re.escape(name)}\b", prompt.text)]
    if mode == "ANY":
        return mentioned[:1] or functions[:1]
    return [] if prompt.answered_steps else mentioned


def _media_answer(media: list[Medium], wishes: Directives, thoughts: tuple[Piece, ...], events: int) -> Answer:
    finish = wishes.finish or "STOP"
    message = f"The picture or speech was not given ({finish})." if finish not in SHOWN else ""
    pieces = [Piece(one.part, tokens=one.tokens, sound=one.sound) for one in media] if finish in SHOWN else []
    return Answer(pieces=(*thoughts, *pieces), finish=finish, finish_message=message, events=wishes.events or events)


def _wished_names(prompt: Prompt) -> list[str]:
    steps = prompt.wishes.call.split(";")
    if prompt.answered_steps >= len(steps):
        return []
    return [name for name in steps[prompt.answered_steps].split(",") if name]


def _call_answer(
    request: GenerateContentRequest, model: Model, prompt: Prompt, thoughts: tuple[Piece, ...], names: list[str]
) -> Answer:
    by_name: dict[str, FunctionDeclaration] = {function.name: function for function in declarations(request)}
    seed = f"{prompt.text}{prompt.answered_steps}"
    pieces = [
        _call_piece(by_name[name], model, prompt.wishes.args, signed=not index, seed=f"{seed}{index}")
        for index, name in enumerate(names)
    ]
    message = "Model generated function call(s)." if model.generation >= FINISH_MESSAGES else ""
    return Answer(
        pieces=(*thoughts, *pieces), calls=True, finish=prompt.wishes.finish or "STOP", finish_message=message
    )


def _call_piece(function: FunctionDeclaration, model: Model, wished: str, *, signed: bool, seed: str) -> Piece:
    arguments = samples.arguments(function)
    arguments.update(msgspec.json.decode(wished or "{}"))
    call: Object = {"name": function.name, "args": arguments}
    if model.call_ids:
        call["id"] = hashlib.blake2s(seed.encode(), digest_size=4).hexdigest()
    part: Object = {"functionCall": call}
    if signed and model.generation >= SIGNED:
        part["thoughtSignature"] = sign(function.name)
    return Piece(part, tokens=count_text(msgspec.json.encode(call).decode()))


def _text_answer(
    request: GenerateContentRequest,
    model: Model,
    prompt: Prompt,
    thoughts: tuple[Piece, ...],
    defaults: tuple[int, int],
    n: int,
) -> Answer:
    text = _text(request, model, prompt, defaults[0], n)
    code = tuple(_code_pieces(model)) if any(tool.code_execution is not None for tool in request.tools) else ()
    says = (Piece({"text": text}, tokens=count_text(text), cuttable=True),) if text else ()
    searched = any(tool.google_search is not None for tool in request.tools)
    return Answer(
        pieces=(*thoughts, *code, *says),
        finish=prompt.wishes.finish or "STOP",
        signature=sign("text") if model.generation >= SIGNED and model.thinking else "",
        grounding=grounding(prompt.text, text) if searched else None,
        url_context=url_context(prompt.text) if any(tool.url_context is not None for tool in request.tools) else None,
        tool_tokens=TOOL_TOKENS * len([tool for tool in request.tools if tool.code_execution or tool.url_context]),
        events=prompt.wishes.events or defaults[1],
    )


def _text(request: GenerateContentRequest, model: Model, prompt: Prompt, words: int, n: int) -> str:
    wishes, config = prompt.wishes, request.generation_config or GenerationConfig()
    if wishes.text is not None:
        return wishes.text
    if config.response_mime_type == "application/json":
        return msgspec.json.encode(samples.response_value(config)).decode()
    if config.response_mime_type == "text/x.enum":
        return str(samples.response_value(config))
    who = f"[{model.alias_of or model.name} turn {prompt.turn}{f' candidate {n}' if n else ''}]"
    said = (who, *filter(None, (prompt.results, prompt.text)))
    return " ".join((*said, *_filler(wishes.words if wishes.words is not None else words)))


@lru_cache(maxsize=64)
def _filler(words: int) -> tuple[str, ...]:
    return tuple(FILLER[index % len(FILLER)] for index in range(words))


def _code_pieces(model: Model) -> Iterator[Piece]:
    ids: Object = {"id": "c0de0001"} if model.call_ids or model.generation >= SIGNED else {}
    code: Object = {"language": "PYTHON", "code": "print(6 * 7)\n", **ids}
    part: Object = {"executableCode": code}
    if model.generation >= SIGNED:
        part["thoughtSignature"] = sign("code")
    yield Piece(part, tokens=count_text("print(6 * 7)\n"))
    yield Piece({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "42\n", **ids}})


def _limited(whole: Answer, config: GenerationConfig) -> Answer:
    """Stop where a stop sequence or the output limit says so; the limit counts thoughts and text together."""
    stopped = _stopped(whole, config.stop_sequences)
    return stopped if config.max_output_tokens is None else _capped(stopped, config.max_output_tokens)


def _stopped(whole: Answer, stops: list[str]) -> Answer:
    if not stops:
        return whole
    pieces = tuple(_stop_piece(piece, stops) if piece.cuttable else piece for piece in whole.pieces)
    return msgspec.structs.replace(whole, pieces=pieces)


def _stop_piece(piece: Piece, stops: list[str]) -> Piece:
    text = str(piece.part["text"])
    ends = [end for stop in stops if (end := text.find(stop)) >= 0]
    return _text_piece(text[: min(ends)]) if ends else piece


def _text_piece(text: str) -> Piece:
    return Piece({"text": text}, tokens=count_text(text), cuttable=True)


def _capped(whole: Answer, limit: int) -> Answer:
    kept: list[Piece] = []
    left = limit
    for piece in whole.pieces:
        cost = piece.tokens + piece.thought_tokens
        if cost > left:
            kept.extend(_last_piece(piece, left))
            return msgspec.structs.replace(
                whole, pieces=tuple(kept), finish="MAX_TOKENS", finish_message="", signature="", grounding=None
            )
        kept.append(piece)
        left -= cost
    return whole


def _last_piece(piece: Piece, left: int) -> Iterator[Piece]:
    """What is said of a piece that the limit cuts: thoughts cost what was left, a call is dropped whole."""
    if piece.thought_tokens:
        yield msgspec.structs.replace(piece, thought_tokens=left)
    elif piece.cuttable and left:
        yield _text_piece(first_tokens(str(piece.part["text"]), left))
