"""How many tokens things are. Simple on purpose: four bytes of UTF-8 are a token, an image is 258."""

from collections import Counter

import msgspec

from gemini_balance.simulator.schema import Content, GenerateContentRequest, Part

BYTES_PER_TOKEN = 4
IMAGE_TOKENS = 258
MODALITY_OF = {"image": "IMAGE", "audio": "AUDIO", "video": "VIDEO", "application": "DOCUMENT"}


def count_text(text: str) -> int:
    """Tokens of a text; an empty one has none."""
    length = len(text) if text.isascii() else len(text.encode())
    return -(-length // BYTES_PER_TOKEN)


def first_tokens(text: str, tokens: int) -> str:
    """The longest beginning of `text` that is at most so many tokens."""
    return text.encode()[: tokens * BYTES_PER_TOKEN].decode(errors="ignore")


def count_prompt(request: GenerateContentRequest) -> dict[str, int]:
    """Input tokens by modality, text first."""
    counts: Counter[str] = Counter()
    contents = (
        request.contents if request.system_instruction is None else [request.system_instruction, *request.contents]
    )
    for content in contents:
        _count_content(content, counts)
    if request.tools:
        counts["TEXT"] += len(msgspec.json.encode(request.tools)) // BYTES_PER_TOKEN
    return {"TEXT": counts.pop("TEXT", 0), **counts} if counts["TEXT"] else dict(counts)


def _count_content(content: Content, counts: Counter[str]) -> None:
    for part in content.parts:
        modality, tokens = _count_part(part)
        counts[modality] += tokens


def _count_part(part: Part) -> tuple[str, int]:
    if part.text is not None:
        return "TEXT", max(1, count_text(part.text))
    blob = part.inline_data or part.file_data
    if blob is None:
        structured = part.function_call or part.function_response or part.executable_code or part.tool_call
        return "TEXT", len(msgspec.json.encode(structured)) // BYTES_PER_TOKEN
    family = blob.mime_type.partition("/")[0]
    return MODALITY_OF.get(family, "TEXT"), IMAGE_TOKENS
