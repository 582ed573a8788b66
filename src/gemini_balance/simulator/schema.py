"""The request messages of generateContent and countTokens, field by field, as Google's proto declares them.

The declarations are the table: `shape.py` derives from them which names exist where, in both spellings, and reads
a body into them. Names follow the published OpenAPI description plus the newer fields known from the SDKs.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Struct

from gemini_balance.simulator import scalars
from gemini_balance.simulator.scalars import Scalar

PACKAGE = "type.googleapis.com/google.ai.generativelanguage.v1beta."


def _enum(name: str, zero: str, *names: str) -> Scalar:
    return Scalar(PACKAGE + name, scalars.one_of((zero, *names)))


String = Annotated[str, Scalar("TYPE_STRING", scalars.read_string)]
Bool = Annotated[bool, Scalar("TYPE_BOOL", scalars.read_bool)]
Float = Annotated[float, Scalar("TYPE_FLOAT", scalars.read_float)]
Double = Annotated[float, Scalar("TYPE_DOUBLE", scalars.read_float)]
Int32 = Annotated[int, Scalar("TYPE_INT32", scalars.read_int32)]
Int64 = Annotated[int, Scalar("TYPE_INT64", scalars.read_int64)]
Bytes = Annotated[str, Scalar("TYPE_BYTES", scalars.read_bytes)]
Duration = Annotated[str, Scalar("type.googleapis.com/google.protobuf.Duration", scalars.read_duration)]
Timestamp = Annotated[str, Scalar("type.googleapis.com/google.protobuf.Timestamp", scalars.read_string)]

Category = Annotated[
    str,
    _enum(
        "HarmCategory",
        "HARM_CATEGORY_UNSPECIFIED",
        "HARM_CATEGORY_DEROGATORY",
        "HARM_CATEGORY_TOXICITY",
        "HARM_CATEGORY_VIOLENCE",
        "HARM_CATEGORY_SEXUAL",
        "HARM_CATEGORY_MEDICAL",
        "HARM_CATEGORY_DANGEROUS",
        "HARM_CATEGORY_HARASSMENT",
        "HARM_CATEGORY_HATE_SPEECH",
        "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT",
        "HARM_CATEGORY_CIVIC_INTEGRITY",
        "HARM_CATEGORY_IMAGE_HATE",
        "HARM_CATEGORY_IMAGE_DANGEROUS_CONTENT",
        "HARM_CATEGORY_IMAGE_HARASSMENT",
        "HARM_CATEGORY_IMAGE_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_JAILBREAK",
    ),
]
Threshold = Annotated[
    str,
    _enum(
        "SafetySetting.HarmBlockThreshold",
        "HARM_BLOCK_THRESHOLD_UNSPECIFIED",
        "BLOCK_LOW_AND_ABOVE",
        "BLOCK_MEDIUM_AND_ABOVE",
        "BLOCK_ONLY_HIGH",
        "BLOCK_NONE",
        "OFF",
    ),
]
SchemaType = Annotated[
    str, _enum("Type", "TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")
]
CallingMode = Annotated[
    str, _enum("FunctionCallingConfig.Mode", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
]
Language = Annotated[str, _enum("ExecutableCode.Language", "LANGUAGE_UNSPECIFIED", "PYTHON")]
Outcome = Annotated[
    str,
    _enum(
        "CodeExecutionResult.Outcome",
        "OUTCOME_UNSPECIFIED",
        "OUTCOME_OK",
        "OUTCOME_FAILED",
        "OUTCOME_DEADLINE_EXCEEDED",
    ),
]
ToolType = Annotated[
    str,
    _enum(
        "ToolType",
        "TOOL_TYPE_UNSPECIFIED",
        "GOOGLE_SEARCH_WEB",
        "GOOGLE_SEARCH_IMAGE",
        "URL_CONTEXT",
        "GOOGLE_MAPS",
        "FILE_SEARCH",
    ),
]
Scheduling = Annotated[
    str, _enum("FunctionResponse.Scheduling", "SCHEDULING_UNSPECIFIED", "SILENT", "WHEN_IDLE", "INTERRUPT")
]
Behavior = Annotated[str, _enum("FunctionDeclaration.Behavior", "UNSPECIFIED", "BLOCKING", "NON_BLOCKING")]
Retrieval = Annotated[str, _enum("DynamicRetrievalConfig.Mode", "MODE_UNSPECIFIED", "MODE_DYNAMIC")]
Environment = Annotated[
    str,
    _enum(
        "Tool.ComputerUse.Environment",
        "ENVIRONMENT_UNSPECIFIED",
        "ENVIRONMENT_BROWSER",
        "ENVIRONMENT_MOBILE",
        "ENVIRONMENT_DESKTOP",
    ),
]
Modality = Annotated[str, _enum("GenerationConfig.Modality", "MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO", "VIDEO")]
Level = Annotated[
    str,
    _enum("ThinkingConfig.ThinkingLevel", "THINKING_LEVEL_UNSPECIFIED", "MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"),
]
Resolution = Annotated[
    str,
    _enum(
        "GenerationConfig.MediaResolution",
        "MEDIA_RESOLUTION_UNSPECIFIED",
        "MEDIA_RESOLUTION_LOW",
        "MEDIA_RESOLUTION_MEDIUM",
        "MEDIA_RESOLUTION_HIGH",
        "MEDIA_RESOLUTION_ULTRA_HIGH",
    ),
]
ServiceTier = Annotated[str, _enum("ServiceTier", "UNSPECIFIED", "STANDARD", "FLEX", "PRIORITY", "DEFERRED")]


class Message(Struct, frozen=True, kw_only=True):
    """A proto message. `ONEOF` names the fields of which only one may be set, `ONEOF_NAME` what they are together."""

    ONEOF: ClassVar[tuple[str, ...]] = ()
    ONEOF_NAME: ClassVar[str] = "data"
    PROTO: ClassVar[str] = ""


class Blob(Message, frozen=True, kw_only=True):
    mime_type: String = ""
    data: Bytes = ""
    display_name: String = ""


class FileData(Message, frozen=True, kw_only=True):
    mime_type: String = ""
    file_uri: String = ""
    display_name: String = ""


class FunctionCall(Message, frozen=True, kw_only=True):
    id: String = ""
    name: String = ""
    args: dict[str, object] | None = None


class FunctionResponsePart(Message, frozen=True, kw_only=True):
    inline_data: Blob | None = None
    # Recorded with 200 (pydantic-ai on gemini-3-flash-preview), absent from the OpenAPI description of April 2026.
    file_data: FileData | None = None


class FunctionResponse(Message, frozen=True, kw_only=True):
    id: String = ""
    name: String = ""
    response: dict[str, object] | None = None
    parts: list[FunctionResponsePart] = []
    will_continue: Bool = False
    scheduling: Scheduling = ""


class ExecutableCode(Message, frozen=True, kw_only=True):
    id: String = ""
    language: Language = ""
    code: String = ""


class CodeExecutionResult(Message, frozen=True, kw_only=True):
    id: String = ""
    outcome: Outcome = ""
    output: String = ""


class ToolCall(Message, frozen=True, kw_only=True):
    id: String = ""
    tool_type: ToolType = ""
    args: dict[str, object] | None = None


class ToolResponse(Message, frozen=True, kw_only=True):
    id: String = ""
    tool_type: ToolType = ""
    response: dict[str, object] | None = None


class VideoMetadata(Message, frozen=True, kw_only=True):
    start_offset: Duration = ""
    end_offset: Duration = ""
    fps: Double = 0.0


class PartMediaResolution(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "MediaResolution"
    level: Resolution = ""
    num_tokens: Int32 = 0


class Part(Message, frozen=True, kw_only=True):
    ONEOF: ClassVar[tuple[str, ...]] = (
        "text",
        "inline_data",
        "file_data",
        "function_call",
        "function_response",
        "executable_code",
        "code_execution_result",
        "tool_call",
        "tool_response",
    )
    text: String | None = None
    inline_data: Blob | None = None
    file_data: FileData | None = None
    function_call: FunctionCall | None = None
    function_response: FunctionResponse | None = None
    executable_code: ExecutableCode | None = None
    code_execution_result: CodeExecutionResult | None = None
    tool_call: ToolCall | None = None
    tool_response: ToolResponse | None = None
    thought: Bool = False
    thought_signature: Bytes = ""
    video_metadata: VideoMetadata | None = None
    media_resolution: PartMediaResolution | None = None
    part_metadata: dict[str, object] | None = None


class Content(Message, frozen=True, kw_only=True):
    role: String = ""
    parts: list[Part] = []


class Schema(Message, frozen=True, kw_only=True):
    type: SchemaType = ""
    format: String = ""
    title: String = ""
    description: String = ""
    nullable: Bool = False
    enum: list[String] = []
    default: object = None
    example: object = None
    items: Schema | None = None
    min_items: Int64 = 0
    max_items: Int64 = 0
    properties: dict[str, Schema] = {}
    required: list[String] = []
    min_properties: Int64 = 0
    max_properties: Int64 = 0
    property_ordering: list[String] = []
    minimum: Double | None = None
    maximum: Double | None = None
    min_length: Int64 = 0
    max_length: Int64 = 0
    pattern: String = ""
    any_of: list[Schema] = []


class FunctionDeclaration(Message, frozen=True, kw_only=True):
    name: String = ""
    description: String = ""
    behavior: Behavior = ""
    parameters: Schema | None = None
    parameters_json_schema: object = None
    response: Schema | None = None
    response_json_schema: object = None


class DynamicRetrievalConfig(Message, frozen=True, kw_only=True):
    mode: Retrieval = ""
    dynamic_threshold: Float = 0.0


class GoogleSearchRetrieval(Message, frozen=True, kw_only=True):
    dynamic_retrieval_config: DynamicRetrievalConfig | None = None


class Interval(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "Interval"
    start_time: Timestamp = ""
    end_time: Timestamp = ""


class Empty(Message, frozen=True, kw_only=True):
    """A message without fields: codeExecution, urlContext, webSearch, imageSearch."""


class SearchTypes(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "Tool.GoogleSearch.SearchTypes"
    web_search: Empty | None = None
    image_search: Empty | None = None


class GoogleSearch(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "Tool.GoogleSearch"
    search_types: SearchTypes | None = None
    time_range_filter: Interval | None = None


class GoogleMaps(Message, frozen=True, kw_only=True):
    enable_widget: Bool = False


class FileSearch(Message, frozen=True, kw_only=True):
    file_search_store_names: list[String] = []
    top_k: Int32 = 0
    metadata_filter: String = ""


class ComputerUse(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "Tool.ComputerUse"
    environment: Environment = ""
    excluded_predefined_functions: list[String] = []


class StreamableHttpTransport(Message, frozen=True, kw_only=True):
    url: String = ""
    headers: dict[str, String] = {}
    timeout: Duration = ""
    sse_read_timeout: Duration = ""
    terminate_on_close: Bool = False


class McpServer(Message, frozen=True, kw_only=True):
    name: String = ""
    streamable_http_transport: StreamableHttpTransport | None = None


class Tool(Message, frozen=True, kw_only=True):
    function_declarations: list[FunctionDeclaration] = []
    google_search: GoogleSearch | None = None
    google_search_retrieval: GoogleSearchRetrieval | None = None
    code_execution: Empty | None = None
    url_context: Empty | None = None
    google_maps: GoogleMaps | None = None
    file_search: FileSearch | None = None
    computer_use: ComputerUse | None = None
    mcp_servers: list[McpServer] = []


class FunctionCallingConfig(Message, frozen=True, kw_only=True):
    mode: CallingMode = ""
    allowed_function_names: list[String] = []


class LatLng(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "LatLng"
    latitude: Double = 0.0
    longitude: Double = 0.0


class RetrievalConfig(Message, frozen=True, kw_only=True):
    lat_lng: LatLng | None = None
    language_code: String = ""


class ToolConfig(Message, frozen=True, kw_only=True):
    function_calling_config: FunctionCallingConfig | None = None
    retrieval_config: RetrievalConfig | None = None
    include_server_side_tool_invocations: Bool = False


class SafetySetting(Message, frozen=True, kw_only=True):
    category: Category = ""
    threshold: Threshold = ""


class ThinkingConfig(Message, frozen=True, kw_only=True):
    include_thoughts: Bool = False
    thinking_budget: Int32 | None = None
    thinking_level: Level = ""


class PrebuiltVoiceConfig(Message, frozen=True, kw_only=True):
    voice_name: String = ""


class ReplicatedVoiceConfig(Message, frozen=True, kw_only=True):
    mime_type: String = ""
    voice_sample_audio: Bytes = ""


class VoiceConfig(Message, frozen=True, kw_only=True):
    prebuilt_voice_config: PrebuiltVoiceConfig | None = None
    replicated_voice_config: ReplicatedVoiceConfig | None = None
    voice: String = ""


class SpeakerVoiceConfig(Message, frozen=True, kw_only=True):
    speaker: String = ""
    voice_config: VoiceConfig | None = None


class MultiSpeakerVoiceConfig(Message, frozen=True, kw_only=True):
    speaker_voice_configs: list[SpeakerVoiceConfig] = []


class SpeechConfig(Message, frozen=True, kw_only=True):
    voice_config: VoiceConfig | None = None
    multi_speaker_voice_config: MultiSpeakerVoiceConfig | None = None
    language_code: String = ""


class ImageConfig(Message, frozen=True, kw_only=True):
    aspect_ratio: String = ""
    image_size: String = ""


class AudioTranscriptionConfig(Message, frozen=True, kw_only=True):
    language_codes: list[String] = []
    custom_vocabulary: list[String] = []
    word_timestamp: Bool = False
    diarization: Bool = False
    mode: String = ""
    source_text: String = ""


class GenerationConfig(Message, frozen=True, kw_only=True):
    temperature: Float | None = None
    top_p: Float | None = None
    top_k: Int32 | None = None
    candidate_count: Int32 | None = None
    max_output_tokens: Int32 | None = None
    stop_sequences: list[String] = []
    seed: Int32 | None = None
    presence_penalty: Float | None = None
    frequency_penalty: Float | None = None
    response_logprobs: Bool = False
    logprobs: Int32 | None = None
    response_mime_type: String = ""
    response_schema: Schema | None = None
    response_json_schema: object = None
    response_modalities: list[Modality] = []
    speech_config: SpeechConfig | None = None
    thinking_config: ThinkingConfig | None = None
    media_resolution: Resolution = ""
    image_config: ImageConfig | None = None
    enable_enhanced_civic_answers: Bool = False
    audio_transcription_config: AudioTranscriptionConfig | None = None


class GenerateContentRequest(Message, frozen=True, kw_only=True):
    model: String = ""
    contents: list[Content] = []
    system_instruction: Content | None = None
    tools: list[Tool] = []
    tool_config: ToolConfig | None = None
    safety_settings: list[SafetySetting] = []
    generation_config: GenerationConfig | None = None
    cached_content: String = ""
    service_tier: ServiceTier = ""
    store: Bool = False
    labels: dict[str, String] = {}
    continuation_token: String = ""


class CountTokensRequest(Message, frozen=True, kw_only=True):
    model: String = ""
    contents: list[Content] = []
    generate_content_request: GenerateContentRequest | None = None
