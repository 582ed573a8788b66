"""Turn answers into what goes over the wire: one response, or stream events with cumulative usage."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TypeAlias

import msgspec
from msgspec import Struct

from gemini_balance.simulator.answer import Answer, Piece
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.media import sound_part
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.tokens import BYTES_PER_TOKEN, count_text

Responses: TypeAlias = Iterable[Object]

PAD_EVENT_BYTES = 16 * 1024
TWICE_STOPPED = 3.0


class Frame(Struct, frozen=True):
    """What all responses of one request share."""

    model: Model
    response_id: str
    prompt_tokens: dict[str, int]
    service_tier: str = "standard"
    cached_tokens: dict[str, int] = {}


class _Spent(Struct):
    candidates: int = 0
    thoughts: int = 0
    tools: int = 0


def unary(frame: Frame, answers: list[Answer]) -> Object:
    """The whole answer as one response."""
    spent = _Spent(tools=sum(one.tool_tokens for one in answers))
    for one in answers:
        _spend(spent, one.pieces)
        spent.candidates += one.pad // BYTES_PER_TOKEN
    candidates: list[Json] = [_whole_candidate(one, index) for index, one in enumerate(answers)]
    return _response(frame, candidates, spent)


def _whole_candidate(one: Answer, index: int) -> Json:
    parts: list[Json] = [piece.part for piece in one.pieces if piece.part]
    if one.pad:
        parts.append({"text": _padding(one.pad)})
    last = parts[-1] if parts else None
    if one.signature and isinstance(last, dict):
        parts[-1] = last | {"thoughtSignature": one.signature}
    return _candidate(one, index, parts, last=True)


def _padding(size: int) -> str:
    return ("pad " * (size // 4 + 1))[:size]


def stream(frame: Frame, answers: list[Answer]) -> Iterator[Object]:
    """The answer as stream events; every one carries the usage so far."""
    spent = _Spent(tools=sum(one.tool_tokens for one in answers))
    turns = [_steps(one, frame.model) for one in answers]
    while True:
        candidates: list[Json] = []
        for index, turn in enumerate(turns):
            step = next(turn, None)
            if step is None:
                continue
            pieces, finish, last = step
            _spend(spent, pieces)
            parts: list[Json] = [piece.part for piece in pieces if piece.part]
            candidates.append(_candidate(answers[index], index, parts, last=last, finish=finish))
        if not candidates:
            return
        yield _response(frame, candidates, spent)


def _steps(one: Answer, model: Model) -> Iterator[tuple[list[Piece], str, bool]]:
    """The pieces of each event, its finishReason and whether it is the candidate's last."""
    hidden = [piece for piece in one.pieces if not piece.part]
    spoken = [part for piece in one.pieces if piece.part for part in cut(piece, one.events)]
    if one.pad:
        yield from _pad_steps(one, hidden)
        return
    separate_end = bool(one.calls or one.signature)
    for number, piece in enumerate(spoken):
        last = number == len(spoken) - 1 and not separate_end
        yield [*hidden, piece], _finish(one, piece, model, last=last), last
        hidden = []
    if separate_end or not spoken:
        yield [*hidden, _closing(one)], one.finish, True


def _closing(one: Answer) -> Piece:
    """The piece of the event that only ends the answer."""
    if one.signature:
        return Piece({"text": "", "thoughtSignature": one.signature})
    return Piece({"text": ""} if one.calls else {})


def _finish(one: Answer, piece: Piece, model: Model, *, last: bool) -> str:
    # gemini-2.5-flash was recorded with STOP on an executableCode event in the middle of an answer.
    early = "executableCode" in piece.part and model.generation < TWICE_STOPPED
    return "STOP" if early else one.finish if last else ""


def cut(piece: Piece, events: int) -> Iterator[Piece]:
    """A text or sound in so many events at most, each with its share of the tokens; anything else whole."""
    if piece.sound:
        yield from _cut_sound(piece, events)
        return
    if not piece.cuttable:
        yield piece
        return
    text = str(piece.part["text"])
    cuts = max(1, min(events, len(text)))
    start, counted = 0, 0
    for number in range(1, cuts + 1):
        end = len(text) * number // cuts
        total = count_text(text[:end])
        yield Piece({"text": text[start:end]}, tokens=total - counted)
        start, counted = end, total


def _cut_sound(piece: Piece, events: int) -> Iterator[Piece]:
    samples = len(piece.sound) // 2
    cuts = max(1, min(events, samples))
    ends = [samples * number // cuts * 2 for number in range(cuts + 1)]
    for start, end in pairwise(ends):
        share = piece.tokens * end // ends[-1] - piece.tokens * start // ends[-1]
        yield Piece(sound_part(piece.sound[start:end]), tokens=share)


def _pad_steps(one: Answer, hidden: list[Piece]) -> Iterator[tuple[list[Piece], str, bool]]:
    block = _padding(PAD_EVENT_BYTES)
    left = one.pad
    while left > 0:
        text = block[:left]
        left -= len(text)
        piece = Piece({"text": text}, tokens=len(text) // BYTES_PER_TOKEN)
        yield [*hidden, piece], "" if left else one.finish, not left
        hidden = []


def _spend(spent: _Spent, pieces: tuple[Piece, ...] | list[Piece]) -> None:
    for piece in pieces:
        spent.candidates += piece.tokens
        spent.thoughts += piece.thought_tokens


def _candidate(one: Answer, index: int, parts: list[Json], *, last: bool, finish: str = "") -> Json:
    content: Object = {"parts": parts, "role": "model"} if parts else {"role": "model"}
    candidate: Object = {"content": content}
    reason = finish or (one.finish if last else "")
    if reason:
        candidate["finishReason"] = reason
    candidate["index"] = index
    if last and one.continuation_token:
        candidate["continuationToken"] = one.continuation_token
    if last and one.finish_message:
        candidate["finishMessage"] = one.finish_message
    if last and one.grounding:
        candidate["groundingMetadata"] = one.grounding
    if last and one.url_context:
        candidate["urlContextMetadata"] = one.url_context
    return candidate


def _response(frame: Frame, candidates: list[Json], spent: _Spent) -> Object:
    response: Object = {"candidates": candidates} if candidates else {}
    response["usageMetadata"] = usage(frame, spent.candidates, spent.thoughts, spent.tools)
    response["modelVersion"] = frame.model.alias_of or frame.model.name
    response["responseId"] = frame.response_id
    return response


def usage(frame: Frame, candidates: int = 0, thoughts: int = 0, tools: int = 0) -> Object:
    """usageMetadata: the total is the exact sum of its parts, and a count of nothing is absent."""
    prompt = sum(frame.prompt_tokens.values())
    counts: Object = {"promptTokenCount": prompt}
    if candidates:
        counts["candidatesTokenCount"] = candidates
    counts["totalTokenCount"] = prompt + candidates + thoughts + tools
    if frame.cached_tokens:
        counts["cachedContentTokenCount"] = sum(frame.cached_tokens.values())
        counts["cacheTokensDetails"] = _by_modality(frame.cached_tokens)
    counts["promptTokensDetails"] = _by_modality(frame.prompt_tokens)
    if tools:
        counts["toolUsePromptTokenCount"] = tools
        counts["toolUsePromptTokensDetails"] = [{"modality": "TEXT", "tokenCount": tools}]
    if thoughts:
        counts["thoughtsTokenCount"] = thoughts
    counts["serviceTier"] = frame.service_tier
    return counts


def _by_modality(counts: dict[str, int]) -> list[Json]:
    return [{"modality": modality, "tokenCount": tokens} for modality, tokens in counts.items()]


def encode_event(response: Json) -> bytes:
    """One SSE event."""
    return b"data: " + msgspec.json.format(msgspec.json.encode(response), indent=0) + b"\r\n\r\n"


def encode_body(response: Json) -> bytes:
    """A response printed as Google prints one that is not streamed."""
    return msgspec.json.format(msgspec.json.encode(response), indent=2) + b"\n"


def blocked(frame: Frame) -> Object:
    """The answer to a prompt that is not let through: feedback, and no candidates."""
    rating: Object = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}
    feedback: Object = {"blockReason": "PROHIBITED_CONTENT", "safetyRatings": [rating]}
    return {
        "promptFeedback": feedback,
        "usageMetadata": usage(frame),
        "modelVersion": frame.model.alias_of or frame.model.name,
        "responseId": frame.response_id,
    }
