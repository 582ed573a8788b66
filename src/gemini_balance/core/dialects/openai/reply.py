"""What both forms of an OpenAI answer share: finish reasons, refusals, usage, citations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.dialects.openai.reply_schema import (
    Annotation,
    CompletionDetails,
    FinishReason,
    PromptDetails,
    UrlCitation,
    Usage,
)
from gemini_balance.core.gemini.schema import UsageMetadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance.core.gemini.schema import Candidate, GroundingMetadata, PromptFeedback

FILTERED = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT"}
    | {"IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION", "PUP_LIMITED_DISABLED"}
)
NO_USAGE = UsageMetadata()


def finish_reason(reason: str) -> FinishReason:
    if reason in FILTERED:
        return "content_filter"
    return "length" if reason in ("MAX_TOKENS", "CONTINUATION") else "stop"


def refusal(candidate: Candidate) -> str | None:
    """A sentence for the caller where the answer was filtered, so that a block doesn't look like silence."""
    if candidate.finish_reason not in FILTERED:
        return None
    return candidate.finish_message or f"Google's filter ended this answer ({candidate.finish_reason})."


def prompt_refusal(feedback: PromptFeedback) -> str:
    return feedback.block_reason_message or f"Google's filter refused this prompt ({feedback.block_reason})."


def usage(counted: UsageMetadata | None) -> Usage:
    """total = prompt + completion always holds: thoughts count as completion, the tools' prompts as prompt."""
    counted = counted or NO_USAGE
    prompt = counted.prompt_token_count + counted.tool_use_prompt_token_count
    completion = counted.candidates_token_count + counted.thoughts_token_count
    return Usage(
        prompt,
        completion,
        prompt + completion,
        PromptDetails(counted.cached_content_token_count),
        CompletionDetails(counted.thoughts_token_count),
    )


def sources(grounding: GroundingMetadata | None, text: str) -> list[Annotation]:
    """The sources of a searched answer, each with the place in the text it stands for (characters, not bytes)."""
    if grounding is None:
        return []
    return [Annotation(citation) for citation in _citations(grounding, text)]


def _citations(grounding: GroundingMetadata, text: str) -> Iterator[UrlCitation]:
    encoded = text.encode()
    cited: set[int] = set()
    for support in grounding.grounding_supports:
        for number in support.grounding_chunk_indices:
            if support.segment and number < len(grounding.grounding_chunks):
                cited.add(number)
                begin, end = (
                    len(encoded[:at].decode(errors="ignore"))
                    for at in (support.segment.start_index, support.segment.end_index)
                )
                yield from _citation(grounding, number, begin, end)
    for number in range(len(grounding.grounding_chunks)):
        if number not in cited:
            yield from _citation(grounding, number, 0, 0)


def _citation(grounding: GroundingMetadata, number: int, begin: int, end: int) -> Iterator[UrlCitation]:
    if web := grounding.grounding_chunks[number].web:
        yield UrlCitation(begin, end, web.title, web.uri)
