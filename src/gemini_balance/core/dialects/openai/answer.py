"""What is gathered over all events of one answer, whichever form it is told in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from gemini_balance.core.dialects.openai import reply as answers
from gemini_balance.core.dialects.openai.teller import Teller

if TYPE_CHECKING:
    from msgspec import UnsetType

    from gemini_balance.core.dialects.openai.reply_schema import ServiceTier, Usage
    from gemini_balance.core.dialects.openai.teller import CallIds, Manner
    from gemini_balance.core.gemini.schema import GenerateContentResponse, UsageMetadata

UNKNOWN = object()
CONTINUATION = "CONTINUATION"


class Answer:
    """Tellers by index; usage; and what every reply of Google's says once about itself.

    A long answer comes in several replies, each counting its own tokens: one that ends with CONTINUATION is followed
    by another with an id of its own.
    """

    __slots__ = ("_before", "_ids", "_manner", "_reply_id", "counted", "fingerprint", "tellers", "tier")

    def __init__(self, manner: Manner, ids: CallIds) -> None:
        self.counted: UsageMetadata | None = None
        self.fingerprint: str | None = None
        self.tellers: dict[int, Teller] = {}
        self.tier: ServiceTier | UnsetType = UNSET
        self._before: UsageMetadata | None = None
        self._ids = ids
        self._manner = manner
        self._reply_id: object = UNKNOWN

    def note(self, reply: GenerateContentResponse) -> bool:
        """Of every event. True when what stands around the choices has changed."""
        changed = reply.response_id != self._reply_id and self._begin(reply)
        if reply.usage_metadata is not None:
            self.counted = reply.usage_metadata
        if reply.prompt_feedback is not None and reply.prompt_feedback.block_reason:
            self.teller(0).block(answers.prompt_refusal(reply.prompt_feedback))
        return changed

    def teller(self, index: int) -> Teller:
        teller = self.tellers.get(index)
        if teller is None:
            teller = self.tellers[index] = Teller(index, self._manner, self._ids)
        return teller

    def usage(self) -> Usage:
        if self._before is None:
            return answers.usage(self.counted)
        return answers.usage(answers.continued(self._before, self.counted or answers.NO_USAGE))

    def _begin(self, reply: GenerateContentResponse) -> bool:
        self._reply_id = reply.response_id
        if self.counted is not None and any(one.finish == CONTINUATION for one in self.tellers.values()):
            self._before, self.counted = answers.continued(self._before, self.counted), None
        known = self.fingerprint, self.tier
        self.fingerprint = self.fingerprint or reply.model_version
        self.tier = answers.tier(reply.usage_metadata) if self.tier is UNSET else self.tier
        return known != (self.fingerprint, self.tier)
