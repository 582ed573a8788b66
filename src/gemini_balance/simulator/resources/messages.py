"""The request messages of the resource methods, field by field, as Google's proto declares them.

Output fields are here, too: callers send back what they were given, and Google takes it.
"""

# ruff: noqa: RUF012  # messages are msgspec structs, which copy their empty lists; only schema.py shows it to ruff

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gemini_balance.simulator.schema import (
    Content,
    Duration,
    Float,
    GenerateContentRequest,
    Int32,
    Int64,
    Message,
    String,
    Timestamp,
    Tool,
    ToolConfig,
)
from gemini_balance.simulator.shape import camel

if TYPE_CHECKING:
    from gemini_balance.simulator.json_types import Json, Object


class File(Message, frozen=True, kw_only=True):
    name: String = ""
    display_name: String = ""
    mime_type: String = ""
    size_bytes: Int64 = 0
    create_time: Timestamp = ""
    update_time: Timestamp = ""
    expiration_time: Timestamp = ""
    sha256_hash: String = ""
    uri: String = ""
    download_uri: String = ""
    state: String = ""
    source: String = ""
    error: object = None
    video_metadata: object = None


class CreateFileRequest(Message, frozen=True, kw_only=True):
    file: File = File()


class CachedContentUsage(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "CachedContent.UsageMetadata"
    total_token_count: Int32 = 0


class CachedContent(Message, frozen=True, kw_only=True):
    ONEOF: ClassVar[tuple[str, ...]] = ("ttl", "expire_time")
    ONEOF_NAME: ClassVar[str] = "expiration"
    name: String = ""
    display_name: String = ""
    model: String = ""
    system_instruction: Content | None = None
    contents: list[Content] = []
    tools: list[Tool] = []
    tool_config: ToolConfig | None = None
    ttl: Duration = ""
    expire_time: Timestamp = ""
    create_time: Timestamp = ""
    update_time: Timestamp = ""
    usage_metadata: CachedContentUsage | None = None


class InlinedRequest(Message, frozen=True, kw_only=True):
    request: GenerateContentRequest | None = None
    metadata: dict[str, object] | None = None


class InlinedRequests(Message, frozen=True, kw_only=True):
    requests: list[InlinedRequest] = []


class InputConfig(Message, frozen=True, kw_only=True):
    ONEOF: ClassVar[tuple[str, ...]] = ("file_name", "requests")
    ONEOF_NAME: ClassVar[str] = "source"
    file_name: String | None = None
    requests: InlinedRequests | None = None


class GenerateContentBatch(Message, frozen=True, kw_only=True):
    name: String = ""
    model: String = ""
    display_name: String = ""
    input_config: InputConfig | None = None
    priority: Int64 = 0
    webhook_config: object = None


class BatchGenerateContentRequest(Message, frozen=True, kw_only=True):
    batch: GenerateContentBatch = GenerateContentBatch()


class EmbedContentRequest(Message, frozen=True, kw_only=True):
    model: String = ""
    content: Content | None = None
    task_type: String = ""
    title: String = ""
    output_dimensionality: Int32 | None = None


class InlinedEmbedContentRequest(Message, frozen=True, kw_only=True):
    request: EmbedContentRequest | None = None
    metadata: dict[str, object] | None = None


class InlinedEmbedContentRequests(Message, frozen=True, kw_only=True):
    requests: list[InlinedEmbedContentRequest] = []


class InputEmbedContentConfig(Message, frozen=True, kw_only=True):
    ONEOF: ClassVar[tuple[str, ...]] = ("file_name", "requests")
    ONEOF_NAME: ClassVar[str] = "source"
    file_name: String | None = None
    requests: InlinedEmbedContentRequests | None = None


class EmbedContentBatch(Message, frozen=True, kw_only=True):
    name: String = ""
    model: String = ""
    display_name: String = ""
    input_config: InputEmbedContentConfig | None = None
    priority: Int64 = 0
    webhook_config: object = None


class AsyncBatchEmbedContentRequest(Message, frozen=True, kw_only=True):
    batch: EmbedContentBatch = EmbedContentBatch()


class PredictLongRunningRequest(Message, frozen=True, kw_only=True):
    instances: list[object] = []
    parameters: object = None


class FileSearchStore(Message, frozen=True, kw_only=True):
    name: String = ""
    display_name: String = ""
    embedding_model: String = ""
    create_time: Timestamp = ""
    update_time: Timestamp = ""
    active_documents_count: Int64 = 0
    pending_documents_count: Int64 = 0
    failed_documents_count: Int64 = 0
    size_bytes: Int64 = 0


class StringList(Message, frozen=True, kw_only=True):
    values: list[String] = []


class CustomMetadata(Message, frozen=True, kw_only=True):
    ONEOF: ClassVar[tuple[str, ...]] = ("string_value", "string_list_value", "numeric_value")
    ONEOF_NAME: ClassVar[str] = "value"
    key: String = ""
    string_value: String | None = None
    string_list_value: StringList | None = None
    numeric_value: Float | None = None


class WhiteSpaceConfig(Message, frozen=True, kw_only=True):
    PROTO: ClassVar[str] = "ChunkingConfig.WhiteSpaceConfig"
    max_tokens_per_chunk: Int32 = 0
    max_overlap_tokens: Int32 = 0


class ChunkingConfig(Message, frozen=True, kw_only=True):
    white_space_config: WhiteSpaceConfig | None = None


class UploadToFileSearchStoreRequest(Message, frozen=True, kw_only=True):
    display_name: String = ""
    mime_type: String = ""
    custom_metadata: list[CustomMetadata] = []
    chunking_config: ChunkingConfig | None = None


class ImportFileRequest(Message, frozen=True, kw_only=True):
    file_name: String = ""
    custom_metadata: list[CustomMetadata] = []
    chunking_config: ChunkingConfig | None = None


class Corpus(Message, frozen=True, kw_only=True):
    name: String = ""
    display_name: String = ""
    create_time: Timestamp = ""
    update_time: Timestamp = ""


class Permission(Message, frozen=True, kw_only=True):
    name: String = ""
    grantee_type: String = ""
    email_address: String = ""
    role: String = ""


class TransferOwnershipRequest(Message, frozen=True, kw_only=True):
    email_address: String = ""


class TunedModel(Message, frozen=True, kw_only=True):
    name: String = ""
    display_name: String = ""
    description: String = ""
    base_model: String = ""
    tuned_model_source: object = None
    tuning_task: dict[str, object] | None = None
    temperature: Float | None = None
    top_p: Float | None = None
    top_k: Int32 | None = None
    reader_project_numbers: list[Int64] = []
    state: String = ""
    create_time: Timestamp = ""
    update_time: Timestamp = ""


class AuthToken(Message, frozen=True, kw_only=True):
    name: String = ""
    uses: Int32 = 0
    expire_time: Timestamp = ""
    new_session_expire_time: Timestamp = ""
    bidi_generate_content_setup: dict[str, object] | None = None
    field_mask: String = ""


def as_json(message: Message) -> Object:
    """The fields that are set, as Google prints them."""
    values = ((name, getattr(message, name)) for name in message.__struct_fields__)
    return {camel(name): _shown(value) for name, value in values if value not in (None, "", 0, [], {})}


def _shown(value: object) -> Json:
    if isinstance(value, Message):
        return as_json(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    # What remains are scalars and free JSON, both as they were read.
    assert value is None or isinstance(value, str | int | float | bool | dict)
    return value
