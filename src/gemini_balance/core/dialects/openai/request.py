"""A chat completion request, in Gemini's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.call import NO_WISHES, Call, Framing, Operation, Wishes
from gemini_balance.core.dialects.openai import generation
from gemini_balance.core.dialects.openai.body import read
from gemini_balance.core.dialects.openai.messages import Conversation
from gemini_balance.core.dialects.openai.request_schema import decode_chat
from gemini_balance.core.dialects.openai.tools import toolbox
from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.request_schema import GenerateContentRequest
from gemini_balance.core.gemini.schema import Content

if TYPE_CHECKING:
    from gemini_balance.core.call import Inbound
    from gemini_balance.core.dialects.openai.request_schema import ChatRequest, GoogleOptions
    from gemini_balance.core.dialects.openai.tools import Toolbox


def decode(inbound: Inbound) -> Call:
    """Raises BadRequest with a sentence that names the field."""
    chat = read(decode_chat, inbound.body, "a chat completion request")
    if not chat.messages:
        raise BadRequest("`messages` is empty; send at least one.", param="messages")
    dropped: list[str] = []
    google = generation.google_options(chat)
    box = toolbox(chat, dropped)
    said = Conversation(box.names)
    said.read(chat.messages)
    return Call(
        Operation.STREAM if chat.stream else Operation.GENERATE,
        chat.model,
        framing=Framing.SSE if chat.stream else Framing.WHOLE,
        request=_request(chat, google, said, box, dropped),
        query="alt=sse" if chat.stream else "",
        patience=_patience(inbound),
        include_usage=bool(chat.stream_options and chat.stream_options.include_usage),
        wishes=_wishes(chat, google, said, box),
        media=tuple([one for one in said.media if not one.held]),
        files=tuple([one for one in said.media if one.held]),
        dropped=tuple(dropped),
    )


def _request(
    chat: ChatRequest, google: GoogleOptions | None, said: Conversation, box: Toolbox, dropped: list[str]
) -> GenerateContentRequest:
    return GenerateContentRequest(
        contents=said.contents,
        system_instruction=Content(parts=said.instructions) if said.instructions else None,
        generation_config=generation.generation_config(chat, google, dropped),
        tools=box.tools or None,
        tool_config=box.config,
        safety_settings=generation.safety_settings(chat, google),
        cached_content=chat.cached_content or (google.cached_content if google else None),
        service_tier=generation.service_tier(chat),
    )


def _wishes(chat: ChatRequest, google: GoogleOptions | None, said: Conversation, box: Toolbox) -> Wishes:
    thinking = generation.thinking_config(google)
    wishes = Wishes(
        effort=generation.effort(chat, thinking),
        thinking=thinking,
        strict=box.strict,
        unsigned=tuple(said.unsigned),
        parallel=chat.parallel_tool_calls is not False,
        legacy=bool(chat.functions and not chat.tools),
        audio_format=chat.audio.format if chat.audio else "",
        renamed=box.names.renamed,
    )
    return wishes if wishes != NO_WISHES else NO_WISHES


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
