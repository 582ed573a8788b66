"""What of OpenAI's chat completion request we read. Clients send more; what is not named here is skipped."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class GoogleContent(msgspec.Struct, gc=False):
    thought_signature: str | None = None


class ExtraContent(msgspec.Struct, gc=False):
    """Where Google's own OpenAI-compatible service puts signatures, and takes them back."""

    google: GoogleContent | None = None


class Url(msgspec.Struct, gc=False):
    url: str


class Audio(msgspec.Struct, gc=False):
    data: str
    format: str = ""


class File(msgspec.Struct, gc=False):
    file_data: str | None = None
    file_id: str | None = None
    file_url: str | None = None
    filename: str = ""


class ContentPart(msgspec.Struct, gc=False):
    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: str | Url | None = None
    video_url: str | Url | None = None
    audio_url: str | Url | None = None
    input_audio: Audio | None = None
    file: File | None = None
    extra_content: ExtraContent | None = None


class FunctionSaid(msgspec.Struct, gc=False):
    """A call of the model's; some clients send the arguments as an object."""

    name: str = ""
    arguments: msgspec.Raw | UnsetType = UNSET


class ToolCall(msgspec.Struct, gc=False):
    id: str | None = None
    type: str | None = "function"
    function: FunctionSaid | None = None
    extra_content: ExtraContent | None = None


class Message(msgspec.Struct, gc=False):
    role: str
    content: str | list[ContentPart] | None = None
    name: str | None = None
    refusal: str | None = None
    tool_calls: list[ToolCall] | None = None
    tool_call_id: str | None = None
    function_call: FunctionSaid | None = None
    images: list[ContentPart] | None = None
    extra_content: ExtraContent | None = None


class Function(msgspec.Struct, gc=False):
    name: str
    description: str | None = None
    parameters: msgspec.Raw | UnsetType = UNSET
    strict: bool | None = None


class Tool(msgspec.Struct, gc=False):
    """A function, a tool by its type, or one of Google's by its key, written either way."""

    type: str | None = None
    function: Function | None = None
    name: str | None = None  # the flat form of the Responses API, which some clients send here
    description: str | None = None
    parameters: msgspec.Raw | UnsetType = UNSET
    strict: bool | None = None
    google_search: msgspec.Raw | UnsetType = UNSET
    code_execution: msgspec.Raw | UnsetType = UNSET
    url_context: msgspec.Raw | UnsetType = UNSET
    google_maps: msgspec.Raw | UnsetType = UNSET
    google_search_camel: msgspec.Raw | UnsetType = msgspec.field(name="googleSearch", default=UNSET)
    code_execution_camel: msgspec.Raw | UnsetType = msgspec.field(name="codeExecution", default=UNSET)
    url_context_camel: msgspec.Raw | UnsetType = msgspec.field(name="urlContext", default=UNSET)
    google_maps_camel: msgspec.Raw | UnsetType = msgspec.field(name="googleMaps", default=UNSET)


class NamedTool(msgspec.Struct, gc=False):
    name: str = ""


class ChosenTool(msgspec.Struct, gc=False):
    type: str = "function"
    function: NamedTool | None = None
    name: str = ""


class AllowedTools(msgspec.Struct, gc=False):
    mode: str = "auto"
    tools: list[ChosenTool] = []


class ToolChoice(msgspec.Struct, gc=False):
    """Every form that is an object; `name` alone is the legacy one."""

    type: str = "function"
    function: NamedTool | None = None
    name: str = ""
    allowed_tools: AllowedTools | None = None
    mode: str = "auto"
    tools: list[ChosenTool] = []


class StreamOptions(msgspec.Struct, gc=False):
    include_usage: bool | None = False


class JsonSchema(msgspec.Struct, gc=False):
    name: str = ""
    schema: msgspec.Raw | UnsetType = UNSET


class ResponseFormat(msgspec.Struct, gc=False):
    type: str
    json_schema: JsonSchema | None = None


class Voice(msgspec.Struct, gc=False):
    id: str = ""


class AudioOutput(msgspec.Struct, gc=False):
    voice: str | Voice = ""
    format: str = ""


class ThinkingOptions(msgspec.Struct, gc=False):
    """Written either way, as Google takes it."""

    thinking_level: str | None = None
    thinking_budget: int | None = None
    include_thoughts: bool | None = None
    level: str | None = msgspec.field(name="thinkingLevel", default=None)
    budget: int | None = msgspec.field(name="thinkingBudget", default=None)
    include: bool | None = msgspec.field(name="includeThoughts", default=None)


class Safety(msgspec.Struct, gc=False):
    category: str
    threshold: str


class GoogleOptions(msgspec.Struct, gc=False):
    """`google` in the body, or in its `extra_body`: what OpenAI has no field for."""

    thinking_config: ThinkingOptions | None = None
    cached_content: str | None = None
    safety_settings: list[Safety] | None = None
    image_config: dict[str, str] | None = None
    media_resolution: str | None = None


class ExtraBody(msgspec.Struct, gc=False):
    google: GoogleOptions | None = None


class ChatRequest(msgspec.Struct, gc=False):
    """The request body."""

    model: str
    messages: list[Message]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    n: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    tools: list[Tool] | None = None
    tool_choice: str | ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    functions: list[Function] | None = None
    function_call: str | ToolChoice | None = None
    web_search_options: dict[str, Any] | None = None
    response_format: ResponseFormat | None = None
    modalities: list[str] | None = None
    audio: AudioOutput | None = None
    reasoning_effort: str | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    logit_bias: dict[str, float] | None = None
    service_tier: str | None = None
    safety_settings: list[Safety] | None = None
    cached_content: str | None = None
    google: GoogleOptions | None = None
    extra_body: ExtraBody | None = None


decode_chat = msgspec.json.Decoder(ChatRequest, strict=True).decode
