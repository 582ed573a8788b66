"""A chat completion request, in Gemini's terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.dialects.openai.request_schema import ChatRequest, ContentPart, Message, decode_chat
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.request_schema import GenerateContentRequest, GenerationConfig
from gemini_balance.core.gemini.schema import Content, Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.call import Inbound

ROLES = {"user": "user", "assistant": "model"}
INSTRUCTIONS = frozenset({"system", "developer"})
MOST_STOPS = 5  # Google refuses more
_AT = re.compile(r" - at `\$\.?(.+)`$")


def decode(inbound: Inbound) -> Call:
    """Raises BadRequest with a sentence that names the field."""
    chat = _parse(inbound.body)
    _refuse_unsupported(chat)
    dropped: list[str] = [name for name in ("reasoning_effort", "logprobs", "logit_bias") if getattr(chat, name)]
    return Call(
        Operation.STREAM if chat.stream else Operation.GENERATE,
        chat.model,
        framing=Framing.SSE if chat.stream else Framing.WHOLE,
        request=_request(chat, dropped),
        query="alt=sse" if chat.stream else "",
        patience=_patience(inbound),
        include_usage=bool(chat.stream_options and chat.stream_options.include_usage),
        dropped=tuple(dropped),
    )


def _parse(body: bytes) -> ChatRequest:
    try:
        return decode_chat(body)
    except msgspec.ValidationError as error:
        raise _bad_field(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"The request body is not valid JSON: {error}") from error


def _bad_field(problem: str) -> BadRequest:
    found = _AT.search(problem)
    missing = re.search(r"missing required field `(\w+)`", problem)
    param = found[1] if found else missing[1] if missing else None
    return BadRequest(f"The request body is not a chat completion request: {problem}", param=param)


def _refuse_unsupported(chat: ChatRequest) -> None:
    """What would change the answer's meaning is refused, not dropped."""
    if not chat.messages:
        raise BadRequest("`messages` is empty; send at least one.", param="messages")
    for name in ("tools", "functions"):
        if getattr(chat, name):
            raise BadRequest(f"`{name}` can't be carried on this route yet; use /v1beta.", param=name)
    if chat.response_format and chat.response_format.get("type") != "text":
        raise BadRequest("`response_format` can't be carried on this route yet; use /v1beta.", param="response_format")


def _request(chat: ChatRequest, dropped: list[str]) -> GenerateContentRequest:
    instructions = [part for m in chat.messages if m.role in INSTRUCTIONS for part in _parts(m)]
    contents = _merged(
        Content(_role(message), list(_parts(message))) for message in chat.messages if message.role not in INSTRUCTIONS
    )
    if not contents:  # Google refuses a request without contents; OpenAI answers to instructions alone
        contents, instructions = [Content("user", instructions)], []
    return GenerateContentRequest(
        contents=contents,
        system_instruction=Content(parts=instructions) if instructions else None,
        generation_config=_config(chat, dropped),
    )


def _role(message: Message) -> str:
    if message.role not in ROLES:
        raise BadRequest(
            f"A message's role must be one of system, developer, user, assistant, not {message.role!r}.",
            param="messages",
        )
    return ROLES[message.role]


def _merged(contents: Iterable[Content]) -> list[Content]:
    """Google wants the roles to alternate, so neighbours of one role become one."""
    merged: list[Content] = []
    for content in contents:
        if not content.parts:
            continue
        if merged and merged[-1].role == content.role:
            merged[-1].parts.extend(content.parts)
        else:
            merged.append(content)
    return merged


def _parts(message: Message) -> Iterable[Part]:
    if message.tool_calls or message.function_call:
        raise BadRequest("Tool calls can't be carried on this route yet; use /v1beta.", param="messages")
    if isinstance(message.content, str):
        return [Part(text=message.content)]
    return [Part(text=_text(part)) for part in message.content or ()]


def _text(part: ContentPart) -> str:
    if part.type not in ("text", "input_text", "refusal"):
        raise BadRequest(f"Content of type {part.type!r} can't be carried on this route yet.", param="messages")
    return part.refusal if part.type == "refusal" else part.text


def _config(chat: ChatRequest, dropped: list[str]) -> GenerationConfig | None:
    config = GenerationConfig(
        temperature=chat.temperature,
        top_p=chat.top_p,
        top_k=chat.top_k,
        candidate_count=chat.n,
        max_output_tokens=chat.max_completion_tokens or chat.max_tokens,
        stop_sequences=_stops(chat, dropped),
        seed=chat.seed,
        presence_penalty=chat.presence_penalty,
        frequency_penalty=chat.frequency_penalty,
    )
    return config if config != GenerationConfig() else None


def _stops(chat: ChatRequest, dropped: list[str]) -> list[str] | None:
    stops = [chat.stop] if isinstance(chat.stop, str) else [stop for stop in chat.stop or () if stop]
    if len(stops) > MOST_STOPS:
        dropped.append(f"stop[{MOST_STOPS}:]")
    return stops[:MOST_STOPS] or None


def _patience(inbound: Inbound) -> float | None:
    """OpenAI's libraries tell how long they will wait for the first byte."""
    told = inbound.headers.get(b"x-stainless-read-timeout") or inbound.headers.get(b"x-stainless-timeout")
    if not told:
        return None
    try:
        seconds = float(told)
    except ValueError:
        return None
    return seconds if 0 < seconds < 86_400 else None
