"""What Google refuses in generationConfig."""

from collections.abc import Iterator

from gemini_balance.simulator.models import Model
from gemini_balance.simulator.schema import GenerateContentRequest, GenerationConfig, ThinkingConfig
from gemini_balance.simulator.tool_rules import wrong_schema

MIME_TYPES = ("", "text/plain", "application/json", "application/xml", "application/yaml", "text/x.enum")
RATIOS = ("1:1", "1:4", "1:8", "2:3", "3:2", "3:4", "4:1", "4:3", "4:5", "5:4", "8:1", "9:16", "16:9", "21:9")
SIZES = ("512", "1K", "2K", "4K")
MAX_STOPS = 5
# field, least, most, as Google prints the range
RANGES: tuple[tuple[str, float, float, str], ...] = (
    ("temperature", 0.0, 2.0, "[0.0, 2.0]"),
    ("top_p", 0.0, 1.0, "[0.0, 1.0]"),
    ("top_k", 0, 2**31, "[0, 2147483647]"),
    ("candidate_count", 1, 8, "[1, 8]"),
    ("presence_penalty", -2.0, 2.0, "[-2.0, 2.0)"),
    ("frequency_penalty", -2.0, 2.0, "[-2.0, 2.0)"),
    ("logprobs", 0, 20, "[0, 20]"),
)
_MIME = (
    "allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`."
)


def wrong_config(request: GenerateContentRequest) -> Iterator[str]:
    """Field errors of generationConfig, each as Google's validator prints one line."""
    config = request.generation_config
    if config is None:
        return
    place = "* GenerateContentRequest.generation_config"
    for name, sentence in _field_errors(config):
        yield f"{place}.{name}: {sentence}\n"
    if config.response_schema is not None:
        yield from wrong_schema(config.response_schema, f"{place}.response_schema")


def _field_errors(config: GenerationConfig) -> Iterator[tuple[str, str]]:
    for name, least, most, shown in RANGES:
        value = getattr(config, name)
        if value is not None and not least <= value <= most:
            yield name, f"{name} must be in the range {shown}."
    if len(config.stop_sequences) > MAX_STOPS:
        yield "stop_sequences", f"the number of stop_sequences must not exceed {MAX_STOPS}."
    if any(not stop for stop in config.stop_sequences):
        yield "stop_sequences", "stop_sequence must not be empty."
    if config.response_mime_type not in MIME_TYPES:
        yield "response_mime_type", _MIME
    if config.response_schema is not None and config.response_json_schema is not None:
        yield "response_json_schema", "only one of response_schema and response_json_schema may be set."
    yield from _image_errors(config)


def _image_errors(config: GenerationConfig) -> Iterator[tuple[str, str]]:
    image = config.image_config
    if image is not None and image.aspect_ratio and image.aspect_ratio not in RATIOS:
        listed = ", ".join(f"'{ratio}'" for ratio in RATIOS[:-1])
        yield "image_config.aspect_ratio", f"aspect_ratio must be one of {listed}, or '{RATIOS[-1]}'."
    if image is not None and image.image_size and image.image_size not in SIZES:
        yield "image_config.image_size", "image_size must be one of '512', '1K', '2K', or '4K'."


def schema_without_json(request: GenerateContentRequest, model: Model) -> str | None:
    """A schema needs a mime type that it can describe."""
    config = request.generation_config
    if config is None or (config.response_schema is None and config.response_json_schema is None):
        return None
    if config.response_mime_type in ("application/json", "text/x.enum"):
        return None
    return "Response schema is only supported with response mime type `application/json` or `text/x.enum`"


def too_long_output(request: GenerateContentRequest, model: Model, streamed: bool) -> str | None:
    """More output than the model gives in one answer of this kind."""
    config = request.generation_config
    limit = model.output_limit if streamed else min(model.output_limit, model.unary_output_limit)
    asked = config.max_output_tokens if config else None
    if asked is None or 1 <= asked <= limit or request.continuation_token:
        return None
    return (
        f"Unable to submit request because it has a maxOutputTokens value of {asked} but the supported range is from 1 "
        f"(inclusive) to {limit + 1} (exclusive). Update the value and try again."
    )


def wrong_modalities(request: GenerateContentRequest, model: Model) -> str | None:
    """Every kind of output asked for must be one that the model gives, and audio models give nothing else."""
    config = request.generation_config
    asked = config.response_modalities if config else []
    if model.outputs == ("TEXT",):
        return "This model only supports text output." if set(asked) - {"TEXT"} else None
    if (not asked and "TEXT" in model.outputs) or (asked and set(asked) <= set(model.outputs)):
        return None
    return (
        f"The requested combination of response modalities ({', '.join(asked or ['TEXT'])}) is not supported by the "
        f"model. {model.resource} accepts the following combination of response modalities:\n"
        f"* {', '.join(model.outputs)}\n"
    )


def wrong_thinking(request: GenerateContentRequest, model: Model) -> str | None:
    """Budget or level, within what the model takes."""
    config = request.generation_config
    thinking = config.thinking_config if config else None
    if thinking is None:
        return None
    if thinking.thinking_budget is not None and thinking.thinking_level:
        return "You can only set only one of thinking budget and thinking level."
    if not model.thinking:
        return f"Thinking is not enabled for {model.resource}"
    return _wrong_level(thinking, model) or _wrong_budget(thinking, model)


def _wrong_level(thinking: ThinkingConfig, model: Model) -> str | None:
    level = thinking.thinking_level
    if not level or level == "THINKING_LEVEL_UNSPECIFIED" or level in model.levels:
        return None
    if not model.levels:
        return "Thinking level is not supported for this model."
    return f"Thinking level {level} is not supported for this model. Please retry with other thinking level."


def _wrong_budget(thinking: ThinkingConfig, model: Model) -> str | None:
    budget = thinking.thinking_budget
    least, most = model.budget
    if budget is None or budget == -1 or (least <= budget <= most and budget):
        return None
    if budget == 0:
        return None if model.can_stop_thinking else "Budget 0 is invalid. This model only works in thinking mode."
    return f"The thinking budget {budget} is invalid. Please choose a value between {least} and {most}."
