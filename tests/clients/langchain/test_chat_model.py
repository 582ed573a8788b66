"""LangChain's standard tests of a chat model: ChatOpenAI at the gateway."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage


class Standard(ChatModelIntegrationTests):
    """What both families have in common."""

    __test__ = False
    name = ""

    @property
    def chat_model_class(self) -> type[ChatOpenAI]:
        return ChatOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {
            "model": self.name,
            "base_url": f"{os.environ['GATEWAY_URL']}/v1",
            "api_key": os.environ["TOKEN"],
            "stream_usage": True,
            "max_retries": 0,
        }

    @property
    def supports_image_inputs(self) -> bool:
        return True

    @property
    def supports_image_urls(self) -> bool:
        # The test names a file on the internet, which this one has to do without; fetching is proven elsewhere.
        return False

    @property
    def supports_pdf_inputs(self) -> bool:
        return True

    @property
    def supports_audio_inputs(self) -> bool:
        return True

    @property
    def supports_image_tool_message(self) -> bool:
        return True

    @property
    def supports_pdf_tool_message(self) -> bool:
        return True

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def supports_model_override(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return "gemini-3.5-flash"

    @property
    def supported_usage_metadata_details(self) -> dict[str, list[str]]:
        return {"invoke": ["reasoning_output"], "stream": ["reasoning_output"]}

    def invoke_with_reasoning_output(self, *, stream: bool = False) -> AIMessage:
        model = ChatOpenAI(**self.chat_model_params)
        prompt = "Think [[sim: thoughts=40]]"
        if not stream:
            return model.invoke(prompt)
        first, *others = model.stream(prompt)
        for chunk in others:
            first += chunk
        return first


class TestGemini25(Standard):
    __test__ = True
    name = "gemini-2.5-flash"


class TestGemini36(Standard):
    __test__ = True
    name = "gemini-3.6-flash"


def test_streamed_usage_is_that_of_the_whole_answer() -> None:
    model = ChatOpenAI(**TestGemini36().chat_model_params)
    whole = model.invoke("Hello").usage_metadata
    first, *others = model.stream("Hello")
    for chunk in others:
        first += chunk
    assert first.usage_metadata == whole
