"""What both forms of an OpenAI answer share: finish reasons, refusals, usage, citations, logprobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from gemini_balance.core.dialects.openai.reply_schema import (
    Annotation,
    CompletionDetails,
    FinishReason,
    Logprob,
    PromptDetails,
    ServiceTier,
    TopLogprob,
    UrlCitation,
    Usage,
)
from gemini_balance.core.gemini.grounding import citations
from gemini_balance.core.gemini.schema import TopCandidates, UsageMetadata, decode_details
from gemini_balance.core.gemini.verdict import FILTERED, MALFORMED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from msgspec import UnsetType

    from gemini_balance.core.gemini.grounding import GroundingMetadata
    from gemini_balance.core.gemini.schema import (
        Candidate,
        GenerateContentResponse,
        LogprobsResult,
        PromptFeedback,
        TokenLogprob,
    )

MISCALLED = MALFORMED | {"TOO_MANY_TOOL_CALLS"}
FINISH: dict[str, FinishReason] = {
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    **dict.fromkeys(FILTERED, "content_filter"),
}
TIERS: dict[str, ServiceTier] = {"standard": "default", "flex": "flex", "priority": "priority"}
NO_USAGE = UsageMetadata()
NO_CANDIDATES = TopCandidates()


def finish_reason(reason: str, *, called: bool = False) -> FinishReason:
    return FINISH.get(reason) or ("tool_calls" if called else "stop")


def refusal(candidate: Candidate) -> str | None:
    """A sentence where the answer was filtered or a call was lost, so that neither looks like a whole answer."""
    reason = candidate.finish_reason
    if reason in FILTERED:
        return candidate.finish_message or f"Google's filter ended this answer ({reason})."
    if reason in MISCALLED:
        return candidate.finish_message or f"The model tried a function call that came to nothing ({reason})."
    return None


def cut(reply: GenerateContentResponse) -> bool:
    """Did the model stop because it had no room for more?"""
    return any(one.finish_reason == "MAX_TOKENS" for one in reply.candidates or ())


def prompt_refusal(feedback: PromptFeedback) -> str:
    return feedback.block_reason_message or f"Google's filter refused this prompt ({feedback.block_reason})."


def tier(counted: UsageMetadata | None) -> ServiceTier | UnsetType:
    return TIERS.get((counted.service_tier or "").lower(), UNSET) if counted else UNSET


def usage(counted: UsageMetadata | None) -> Usage:
    """total = prompt + completion always holds: thoughts count as completion, the tools' prompts as prompt."""
    counted = counted or NO_USAGE
    prompt = counted.prompt_token_count + counted.tool_use_prompt_token_count
    completion = counted.candidates_token_count + counted.thoughts_token_count
    heard = _audio(counted.prompt_tokens_details)
    if counted.tool_use_prompt_token_count:
        heard += _audio(counted.tool_use_prompt_tokens_details)
    return Usage(
        prompt,
        completion,
        prompt + completion,
        PromptDetails(counted.cached_content_token_count, heard),
        CompletionDetails(counted.thoughts_token_count, _audio(counted.candidates_tokens_details)),
    )


def continued(before: UsageMetadata | None, then: UsageMetadata) -> UsageMetadata:
    """Of an answer in several replies: what was said adds up; the prompt is the caller's, and counts once."""
    if before is None:
        return then
    return msgspec.structs.replace(
        before,
        candidates_token_count=before.candidates_token_count + then.candidates_token_count,
        thoughts_token_count=before.thoughts_token_count + then.thoughts_token_count,
    )


def _audio(details: msgspec.Raw | UnsetType) -> int:
    if details is UNSET or bytes(details).find(b"AUDIO") < 0:
        return 0
    return sum(one.token_count for one in decode_details(details) if one.modality == "AUDIO")


def sources(grounding: GroundingMetadata, text: str) -> list[Annotation]:
    """The sources of a searched answer, each with the place in the text it stands for."""
    return [
        Annotation(UrlCitation(one.begin, one.end, one.source.title, one.source.uri))
        for one in citations(grounding, text)
    ]


def logprobs(result: LogprobsResult) -> Iterator[Logprob]:
    tops = iter(result.top_candidates)
    for chosen in result.chosen_candidates:
        top = next(tops, NO_CANDIDATES)
        yield Logprob(chosen.token, chosen.log_probability, list(chosen.token.encode()), _top(top.candidates))


def _top(candidates: Iterable[TokenLogprob]) -> list[TopLogprob]:
    return [TopLogprob(one.token, one.log_probability, list(one.token.encode())) for one in candidates]
