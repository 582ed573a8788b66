"""An answer as the steps of an interaction, its usage, and the events that tell them."""

from collections.abc import Iterator

import msgspec

from gemini_balance.simulator.answer import Answer, Piece
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.methods.answers import Told
from gemini_balance.simulator.signatures import sign

STATUS = {"MAX_TOKENS": "incomplete"}


def steps_of(told: Answer) -> list[Object]:
    """The steps: a thought if there was one, what was said together, each call for itself."""
    steps: list[Object] = []
    for piece in told.pieces:
        step = _step(piece)
        last = steps[-1] if steps else {}
        said = last.get("content")
        if step.get("type") == last.get("type") == "model_output" and isinstance(said, list):
            more = step["content"]
            assert isinstance(more, list)
            last["content"] = [*said, *more]
        elif step:
            steps.append(step)
    return steps


def _step(piece: Piece) -> Object:
    part = piece.part
    if piece.thought_tokens:
        summary: Object = {"summary": [{"text": part["text"], "type": "text"}]} if part.get("text") else {}
        return {"signature": sign("thought"), "type": "thought", **summary}
    match part:
        case {"text": str() as text}:
            return {"content": [{"text": text, "type": "text"}], "type": "model_output"}
        case {"inlineData": {"mimeType": str() as mime_type, "data": data}}:
            kind = mime_type.partition("/")[0]
            return {"content": [{"type": kind, "mime_type": mime_type, "data": data}], "type": "model_output"}
        case {"functionCall": {"name": name, "args": given, **rest}}:
            call_id = rest.get("id") or f"call_{name}"
            return {"id": str(call_id), "type": "function_call", "name": name, "arguments": given}
        case {"executableCode": {"code": str() as code}}:
            arguments: Object = {"language": "python", "code": code}
            return {"id": "c0de0001", "type": "code_execution_call", "arguments": arguments}
        case {"codeExecutionResult": {"output": output}}:
            return {"call_id": "c0de0001", "type": "code_execution_result", "result": output}
    return {}


def status_of(told: Answer) -> str:
    """How the interaction stands after this answer."""
    return "requires_action" if told.calls else STATUS.get(told.finish, "completed")


def usage_of(told: Told) -> Object:
    """The counts, by the interactions' own names."""
    spent = told.answer.pieces
    prompt = told.frame.prompt_tokens
    thoughts = sum(piece.thought_tokens for piece in spent)
    output = sum(piece.tokens for piece in spent)
    return {
        "total_tokens": sum(prompt.values()) + output + thoughts + told.answer.tool_tokens,
        "total_input_tokens": sum(prompt.values()),
        "input_tokens_by_modality": [{"modality": name.lower(), "tokens": count} for name, count in prompt.items()],
        "total_cached_tokens": sum(told.frame.cached_tokens.values()),
        "total_output_tokens": output,
        "total_tool_use_tokens": told.answer.tool_tokens,
        "total_thought_tokens": thoughts,
    }


def events_of(shown: Object, steps: list[Object], cuts: int) -> Iterator[Object]:
    """What a stream tells of an interaction that answers with these steps; a text comes in so many pieces."""
    known: Object = {name: shown[name] for name in ("id", "object", "model", "agent") if name in shown}
    begun: Object = {"id": ""}
    yield {"interaction": begun | known | {"status": "in_progress"}, "event_type": "interaction.created"}
    status: Object = {"interaction_id": shown.get("id", ""), "status": "in_progress"}
    yield status | {"event_type": "interaction.status_update"}
    for index, step in enumerate(steps):
        yield {"index": index, "step": _begun(step), "event_type": "step.start"}
        for delta in _deltas(step, cuts):
            yield {"index": index, "delta": delta, "event_type": "step.delta"}
        yield {"index": index, "event_type": "step.stop"}
    ended = {name: value for name, value in shown.items() if name not in ("steps", "input")}
    yield {"interaction": {"id": "", **ended}, "event_type": "interaction.completed"}


def _begun(step: Object) -> Object:
    if step["type"] == "function_call":
        return step | {"arguments": {}, "signature": ""}
    kept = ("id", "call_id", "type")
    return {name: step[name] for name in kept if name in step}


def _deltas(step: Object, cuts: int) -> Iterator[Object]:
    match step:
        case {"type": "thought", "signature": signature}:
            for told in _listed(step.get("summary")):
                yield {"content": told, "type": "thought_summary"}
            yield {"signature": signature, "type": "thought_signature"}
        case {"type": "model_output", "content": list() as contents}:
            for content in contents:
                yield from _content_deltas(content, cuts)
        case {"type": "function_call", "arguments": arguments}:
            yield {"arguments": msgspec.json.encode(arguments).decode(), "type": "arguments_delta"}
        case {"type": kind}:
            facts: Object = {name: step[name] for name in ("arguments", "result") if name in step}
            yield {"type": kind, **facts}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _content_deltas(content: Json, cuts: int) -> Iterator[Object]:
    match content:
        case {"type": "text", "text": str() as text}:
            pieces = max(1, min(cuts, len(text)))
            for n in range(pieces):
                yield {"text": text[len(text) * n // pieces : len(text) * (n + 1) // pieces], "type": "text"}
        case dict():
            yield content
