"""What a reply of status 200 came to: whole, empty, only thoughts, malformed, cut, or an error inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.gemini.classify import in_stream
from gemini_balance.core.gemini.error_body import error_in
from gemini_balance.core.gemini.events import UNREADABLE
from gemini_balance.core.outcome import NO_USAGE, Cause, Outcome, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.gemini.events import Event
    from gemini_balance.core.gemini.schema import Candidate, GenerateContentResponse, Part, UsageMetadata

MALFORMED = frozenset(
    {"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE"}
)
FILTERED = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT"}
    | {"IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION", "PUP_LIMITED_DISABLED"}
)
# Ended without content for a reason that another try would not change.
TOLD = FILTERED | {"LANGUAGE", "MAX_TOKENS"}


def has_content(part: Part) -> bool:
    """Anything of worth that is not a thought; a part of a kind newer than this code counts."""
    return not part.thought and bool(
        part.text
        or part.function_call
        or part.inline_data
        or part.executable_code
        or part.code_execution_result
        or part.file_data
        or _of_a_kind_we_do_not_know(part)
    )


def _of_a_kind_we_do_not_know(part: Part) -> bool:
    """Nothing we read is in it but, perhaps, a signature; an empty part is not told apart."""
    return part.text is None and part.thought is None


def is_thought(part: Part) -> bool:
    return bool(part.thought and part.text)


def parts_of(reply: GenerateContentResponse) -> Iterable[Part]:
    return (part for candidate in reply.candidates or () if candidate.content for part in candidate.content.parts)


def usage_of(metadata: UsageMetadata | None) -> Usage:
    if metadata is None:
        return NO_USAGE
    return Usage(
        prompt=metadata.prompt_token_count,
        cached=metadata.cached_content_token_count,
        tool_use=metadata.tool_use_prompt_token_count,
        output=metadata.candidates_token_count,
        thoughts=metadata.thoughts_token_count,
        total=metadata.total_token_count,
    )


class Tally:
    """Follows one reply, event by event, and says at its end what it came to.

    Not every event is decoded: once content was seen, only those that may end the reply are, and the last one
    for its usage, which is cumulative.
    """

    __slots__ = ("_last", "content", "continuation", "fault", "finish", "thoughts", "usage")

    def __init__(self) -> None:
        self.content = False
        self.continuation = ""
        self.thoughts = False
        self.finish = ""
        self.usage = NO_USAGE
        self.fault: Outcome | None = None
        self._last: Event | None = None

    def feed(self, events: list[Event]) -> None:
        for event in events:
            if not (data := event.data):
                continue
            self._last = event
            # `find`, because `in` raises and catches an error of its own each time before it looks.
            if not self.content or data.find(b'"finishReason"') >= 0 or data.find(b'"error"') >= 0:
                self._look(event.reply)
                self._look_closer(event)

    def _look(self, reply: GenerateContentResponse) -> None:
        if reply.error is not None:
            self.fault = in_stream(reply.error)
        if reply.prompt_feedback is not None and reply.prompt_feedback.block_reason:
            self.finish = reply.prompt_feedback.block_reason
        for candidate in reply.candidates or ():
            self._look_at(candidate)

    def _look_closer(self, event: Event) -> None:
        """An error with a field of a kind we don't know is an error all the same."""
        if event.reply is UNREADABLE and (error := error_in(event.data)) is not None:
            self.fault = in_stream(error)

    def _look_at(self, candidate: Candidate) -> None:
        if candidate.finish_reason is not None:
            self.finish = candidate.finish_reason  # not the first decides: code execution sends several
            self.continuation = candidate.continuation_token or ""
        for part in candidate.content.parts if candidate.content else ():
            self.content = self.content or has_content(part)
            self.thoughts = self.thoughts or is_thought(part)

    def verdict(self, *, closed: bool) -> Outcome:
        """At the end of the reply; `closed` says whether it ended where its format lets it end."""
        if self._last is not None:
            self.usage = usage_of(self._last.reply.usage_metadata)
        if self.fault is not None:
            return self.fault
        return Outcome(self._cause(closed), usage=self.usage, finish=self.finish, continuation=self.continuation)

    def _cause(self, closed: bool) -> Cause:
        if not self.finish or not closed:
            return Cause.CUT
        if self.content or self.continuation or self.finish in TOLD:
            return Cause.ANSWERED
        if self.finish in MALFORMED:
            return Cause.MALFORMED_CALL
        if self._blocked():
            return Cause.ANSWERED
        return Cause.THOUGHTS_ONLY if self.thoughts else Cause.EMPTY

    def _blocked(self) -> bool:
        """A refused prompt has no candidates at all, whatever the reason is called."""
        return (
            self._last is not None and self._last.reply.prompt_feedback is not None and not self._last.reply.candidates
        )
