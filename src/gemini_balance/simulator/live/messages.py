"""What a client says on a Live connection, field by field. Names follow google-genai 3.4.0."""

# ruff: noqa: RUF012  # msgspec copies what a field begins with
from __future__ import annotations

from typing import ClassVar

from gemini_balance.simulator.schema import (
    Blob,
    Bool,
    Content,
    Empty,
    FunctionResponse,
    GenerationConfig,
    Message,
    SafetySetting,
    String,
    Tool,
)


class LiveGenerationConfig(GenerationConfig, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "GenerationConfig"
    enable_affective_dialog: Bool = False
    translation_config: dict[str, object] | None = None


class SessionResumptionConfig(Message, frozen=True, kw_only=True):
    handle: String = ""
    transparent: Bool = False


class Setup(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "BidiGenerateContentSetup"
    model: String = ""
    generation_config: LiveGenerationConfig | None = None
    system_instruction: Content | None = None
    tools: list[Tool] = []
    realtime_input_config: dict[str, object] | None = None
    session_resumption: SessionResumptionConfig | None = None
    context_window_compression: dict[str, object] | None = None
    input_audio_transcription: dict[str, object] | None = None
    output_audio_transcription: dict[str, object] | None = None
    proactivity: dict[str, object] | None = None
    explicit_vad_signal: Bool = False
    history_config: dict[str, object] | None = None
    avatar_config: dict[str, object] | None = None
    safety_settings: list[SafetySetting] = []
    labels: dict[str, String] = {}


class ClientContent(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "BidiGenerateContentClientContent"
    turns: list[Content] = []
    turn_complete: Bool = False


class RealtimeInput(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "BidiGenerateContentRealtimeInput"
    media_chunks: list[Blob] = []
    audio: Blob | None = None
    video: Blob | None = None
    text: String = ""
    audio_stream_end: Bool = False
    activity_start: Empty | None = None
    activity_end: Empty | None = None


class ToolResponse(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "BidiGenerateContentToolResponse"
    function_responses: list[FunctionResponse] = []


class ClientMessage(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "BidiGenerateContentClientMessage"
    ONEOF: ClassVar[tuple[str, ...]] = ("setup", "client_content", "realtime_input", "tool_response")
    setup: Setup | None = None
    client_content: ClientContent | None = None
    realtime_input: RealtimeInput | None = None
    tool_response: ToolResponse | None = None
