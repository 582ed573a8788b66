"""The inbound protocols, one folder each, and DIALECTS, the one list of them."""

from gemini_balance.core.dialects.native.dialect import NATIVE
from gemini_balance.core.dialects.openai.dialect import OPENAI
from gemini_balance.core.dialects.protocol import Dialect, Encoder, Moment

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (OPENAI, NATIVE)}

__all__ = ["DIALECTS", "Dialect", "Encoder", "Moment"]
