"""In which form Google is asked."""

import pytest
from msgspec.structs import replace

from gemini_balance.core.call import Call, Framing, Operation
from gemini_balance.core.gemini.request_schema import GenerateContentRequest, GenerationConfig
from gemini_balance.core.options import Options
from gemini_balance.gateway.delivery import delivered
from tests.unit.gateway.stage import STREAM, UNARY

FAKE, PLAIN = Options(fake_stream_enabled=True), Options()


@pytest.mark.parametrize(
    ("operation", "model", "asked", "options", "path", "framing"),
    [
        ("stream", "gemini-x", None, PLAIN, "streamGenerateContent?alt=sse", Framing.SSE),
        ("stream", "gemini-x", None, FAKE, "generateContent", Framing.WHOLE),
        ("unary", "gemini-x", 60_000, FAKE, "generateContent", Framing.WHOLE),
        ("unary", "gemini-4-argon", None, PLAIN, "generateContent", Framing.WHOLE),
        ("unary", "gemini-4-argon", 32_768, PLAIN, "generateContent", Framing.WHOLE),
        ("unary", "gemini-4-argon", 32_769, PLAIN, "streamGenerateContent?alt=sse", Framing.SSE),
        ("stream", "gemini-4-argon", 32_769, FAKE, "streamGenerateContent?alt=sse", Framing.SSE),
    ],
)
def test_the_form_follows_the_option_and_the_models_limit(
    operation: str, model: str, asked: int | None, options: Options, path: str, framing: Framing
) -> None:
    config = GenerationConfig(max_output_tokens=asked) if asked else None
    base = STREAM if operation == "stream" else UNARY
    method = "streamGenerateContent?alt=sse" if operation == "stream" else "generateContent"
    route = replace(base, model=model, path=f"v1beta/models/{model}:{method}")
    call = Call(base.operation, model, base.framing, request=GenerateContentRequest(generation_config=config))
    got = delivered(route, call, options)
    assert (got.path, got.framing) == (f"v1beta/models/{model}:{path}", framing)


def test_a_native_call_is_sent_as_it_is() -> None:
    call = Call(Operation.STREAM, "m", Framing.SSE, raw=b"{}", verbatim=True)
    assert delivered(STREAM, call, FAKE) is STREAM
