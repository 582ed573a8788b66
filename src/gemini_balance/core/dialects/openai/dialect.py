"""OpenAI's protocol, as one object for the list of dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.call import Call, Operation
from gemini_balance.core.dialects.openai import request
from gemini_balance.core.dialects.openai.encoder import ChatEncoder
from gemini_balance.core.dialects.openai.errors import error_body
from gemini_balance.core.dialects.openai.reply_schema import Model, ModelList
from gemini_balance.core.dialects.openai.teller import manner_of
from gemini_balance.core.wire.codec import encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.core.call import Inbound
    from gemini_balance.core.dialects.protocol import Moment
    from gemini_balance.core.errors import GatewayError
    from gemini_balance.core.gemini.signatures import SignatureStore
    from gemini_balance.core.options import Options


class OpenAiDialect:
    """`/v1`, `/hf/v1` and `/openai/v1`."""

    name = "openai"

    def decode(self, operation: Operation, inbound: Inbound) -> Call:
        if operation in (Operation.LIST_MODELS, Operation.GET_MODEL):
            return Call(operation, inbound.target)
        return request.decode(inbound)

    def encoder(
        self, call: Call, moment: Moment, options: Options, signatures: SignatureStore | None = None
    ) -> ChatEncoder:
        return ChatEncoder(
            call.model,
            moment,
            manner_of(call, options),
            signatures,
            stream=call.operation is Operation.STREAM,
            include_usage=call.include_usage,
            raw_audio=call.wishes.audio_format == "pcm16",
        )

    def error(self, error: GatewayError) -> bytes:
        return encode(error_body(error))

    def models(self, names: Iterable[str], created: int) -> bytes:
        return encode(ModelList("list", [Model(name, "model", created) for name in names]))

    def model(self, name: str, created: int) -> bytes:
        return encode(Model(name, "model", created))


OPENAI = OpenAiDialect()
