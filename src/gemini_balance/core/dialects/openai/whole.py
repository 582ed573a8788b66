"""A whole answer: the deltas of all events, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from gemini_balance.core.dialects.openai.parts import wave
from gemini_balance.core.dialects.openai.reply_schema import AnswerMessage, Audio, Choice

if TYPE_CHECKING:
    from msgspec import UnsetType

    from gemini_balance.core.dialects.openai.reply_schema import Delta, FunctionSaid, Image, ToolCall
    from gemini_balance.core.dialects.openai.teller import Teller
    from gemini_balance.core.gemini.schema import Candidate


class WholeChoice:
    """One choice on its way to being whole."""

    __slots__ = (
        "_audio",
        "_audio_type",
        "_calls",
        "_content",
        "_function",
        "_images",
        "_plain",
        "_reasoning",
        "_teller",
    )

    def __init__(self, teller: Teller, *, plain: bool) -> None:
        self._teller = teller
        self._plain = plain  # may text be taken without asking the teller?
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._calls: list[ToolCall] = []
        self._function: FunctionSaid | UnsetType = UNSET
        self._images: list[Image] = []
        self._audio: list[str] = []
        self._audio_type = ""

    def add(self, candidate: Candidate) -> None:
        self._teller.note(candidate)
        for part in candidate.content.parts if candidate.content else ():
            if self._plain and part.text and not part.thought and not part.thought_signature:
                self._content.append(part.text)
            elif (delta := self._teller.tell(part)) is not None:
                self._put(delta)
                if part.inline_data is not None:
                    self._audio_type = part.inline_data.mime_type

    def choice(self, chat_id: str, now: int, *, raw_audio: bool, blocked: bool) -> Choice:
        teller, content = self._teller, "".join(self._content)
        ending = teller.ending(content)
        if (words := teller.last_words()) is not None:
            self._put(words)
            content = "".join(self._content)
        silent = self._calls or self._function or self._audio or blocked
        message = AnswerMessage(
            "assistant",
            content if content or not silent else None,
            "".join(self._reasoning) or UNSET,
            self._calls or UNSET,
            self._function,
            ending.refusal or None,
            ending.annotations or [],
            self._images or UNSET,
            self._spoken(chat_id, now, raw_audio) if self._audio else UNSET,
            ending.extra_content,
        )
        return Choice(teller.index, message, teller.take_logprobs(), teller.finish_reason)

    def _put(self, delta: Delta) -> None:
        if delta.content:
            self._content.append(delta.content)
        elif delta.reasoning_content:
            self._reasoning.append(delta.reasoning_content)
        if delta.tool_calls:
            for call in delta.tool_calls:
                call.index = UNSET
            self._calls += delta.tool_calls
        elif delta.function_call:
            self._function = delta.function_call
        elif delta.images:
            self._images += delta.images
        elif delta.audio:
            self._audio.append(delta.audio.data)

    def _spoken(self, chat_id: str, now: int, raw: bool) -> Audio:
        """Nothing is kept for a later turn, so it expires at once."""
        data = wave("" if raw else self._audio_type, self._audio)
        return Audio(f"audio_{chat_id}-{self._teller.index}", data, now, "")
