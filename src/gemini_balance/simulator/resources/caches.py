"""Cached contents: what a request may leave out because Google has it already."""

from msgspec.structs import replace

from gemini_balance.simulator.errors import GoogleError, Problem, invalid_argument
from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.resources.messages import CachedContent
from gemini_balance.simulator.resources.names import micros, moment_of, nanos
from gemini_balance.simulator.resources.shelf import Item
from gemini_balance.simulator.schema import GenerateContentRequest
from gemini_balance.simulator.tokens import count_prompt

MIN_TOKENS = 1024
DEFAULT_LIFE = 3600.0
_EXCLUSIVE = (
    "CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.\n\n"
    "Proposed fix: move those values to CachedContent from GenerateContent request."
)


class Cache(Item, kw_only=True):
    """One cached content, and what it counts."""

    content: CachedContent
    tokens: dict[str, int]

    @property
    def model(self) -> str:
        """The model that made it, the only one that can use it."""
        return self.content.model


def counted(content: CachedContent) -> dict[str, int]:
    """The tokens of a content by modality; raises GoogleError 400 when they are too few."""
    tokens = count_prompt(_request_of(content))
    total = sum(tokens.values())
    if total < MIN_TOKENS:
        counts = f"total_token_count={total}, min_total_token_count={MIN_TOKENS}"
        raise GoogleError(Problem(400, f"Cached content is too small. {counts}"))
    return tokens


def _request_of(content: CachedContent) -> GenerateContentRequest:
    return GenerateContentRequest(
        contents=content.contents,
        system_instruction=content.system_instruction,
        tools=content.tools,
        tool_config=content.tool_config,
    )


def end_of(content: CachedContent, now: float) -> float:
    """When the content expires; raises GoogleError 400 for a time that is past or no time."""
    if content.expire_time:
        moment = moment_of(content.expire_time)
        if moment is None or moment <= now:
            raise GoogleError(invalid_argument("expire_time must be in the future."))
        return moment
    life = float(content.ttl.removesuffix("s")) if content.ttl else DEFAULT_LIFE
    if life <= 0:
        raise GoogleError(invalid_argument("ttl must be positive."))
    return now + life


def shown(cache: Cache) -> Object:
    """The cache as it is answered: everything but what it contains."""
    return {
        "name": cache.name,
        "model": cache.model,
        "createTime": micros(cache.created),
        "updateTime": micros(cache.updated),
        "expireTime": nanos(cache.expires),
        "displayName": cache.content.display_name,
        "usageMetadata": {"totalTokenCount": sum(cache.tokens.values())},
    }


def completed(request: GenerateContentRequest, cache: Cache, model: str) -> GenerateContentRequest:
    """The request with what is cached in front of it; raises GoogleError 400 when the two don't fit."""
    if cache.model != model:
        both = f"Model used by GenerateContent request ({model}) and CachedContent ({cache.model})"
        raise GoogleError(invalid_argument(f"{both} has to be the same."))
    if request.system_instruction is not None or request.tools or request.tool_config is not None:
        raise GoogleError(invalid_argument(_EXCLUSIVE))
    content = cache.content
    return replace(
        request,
        contents=[*content.contents, *request.contents],
        system_instruction=content.system_instruction,
        tools=content.tools,
        tool_config=content.tool_config,
    )
