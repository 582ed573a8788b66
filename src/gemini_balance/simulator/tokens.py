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
    contents = (
        request.contents if request.system_instruction is None else [request.system_instruction, *request.contents]
    )
    return count_contents(contents, len(msgspec.json.encode(request.tools)) if request.tools else 0)


def count_contents(contents: list[Content], more_bytes: int = 0) -> dict[str, int]:
    """Tokens of contents and of so many bytes of text beside them, by modality, text first."""
    counts: Counter[str] = Counter(TEXT=more_bytes // BYTES_PER_TOKEN)
    for content in contents:
        _count_content(content, counts)
    return {"TEXT": counts.pop("TEXT"), **counts} if counts["TEXT"] else _without_text(counts)


def _without_text(counts: Counter[str]) -> dict[str, int]:
    return {modality: tokens for modality, tokens in counts.items() if modality != "TEXT"}


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
