"""Names that Google doesn't have, or has no more, and what answers for them. Data.

A retired model's row is a fact about Google's catalogue, with its date. The other rows are OpenAI's own names for what
is no chat: clients send them by default, and many let their user choose no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Alias:
    """`name` was retired on `retired`, or without that was never Google's; `successor` is the closest model listed."""

    name: str
    successor: str
    retired: date | None = None


ALIASES: dict[str, Alias] = {
    row.name: row
    for row in (
        Alias("gemini-pro", "gemini-pro-latest", date(2025, 2, 15)),
        Alias("gemini-1.0-pro", "gemini-pro-latest", date(2025, 2, 15)),
        Alias("gemini-1.5-pro", "gemini-pro-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-pro-latest", "gemini-pro-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-pro-001", "gemini-pro-latest", date(2025, 5, 24)),
        Alias("gemini-1.5-pro-002", "gemini-pro-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-flash", "gemini-flash-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-flash-latest", "gemini-flash-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-flash-001", "gemini-flash-latest", date(2025, 5, 24)),
        Alias("gemini-1.5-flash-002", "gemini-flash-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-flash-8b", "gemini-flash-lite-latest", date(2025, 9, 24)),
        Alias("gemini-1.5-flash-8b-latest", "gemini-flash-lite-latest", date(2025, 9, 24)),
        Alias("gemini-2.0-flash", "gemini-flash-latest", date(2026, 6, 1)),
        Alias("gemini-2.0-flash-001", "gemini-flash-latest", date(2026, 6, 1)),
        Alias("gemini-2.0-flash-exp", "gemini-flash-latest", date(2026, 6, 1)),
        Alias("gemini-2.0-flash-lite", "gemini-flash-lite-latest", date(2026, 6, 1)),
        Alias("gemini-2.0-flash-lite-001", "gemini-flash-lite-latest", date(2026, 6, 1)),
        Alias("gemini-2.0-pro-exp", "gemini-pro-latest", date(2025, 12, 2)),
        Alias("gemini-3-pro-preview", "gemini-3.1-pro-preview", date(2026, 3, 9)),
        Alias("imagen-3.0-generate-001", "gemini-3.1-flash-image", date(2025, 11, 10)),
        Alias("imagen-3.0-generate-002", "gemini-3.1-flash-image", date(2025, 11, 10)),
        Alias("imagen-3.0-fast-generate-001", "gemini-3.1-flash-image", date(2025, 11, 10)),
        Alias("imagen-4.0-generate-001", "gemini-3.1-flash-image", date(2026, 8, 17)),
        Alias("imagen-4.0-fast-generate-001", "gemini-3.1-flash-image", date(2026, 8, 17)),
        Alias("imagen-4.0-ultra-generate-001", "gemini-3-pro-image", date(2026, 8, 17)),
        Alias("embedding-001", "gemini-embedding-001", date(2025, 10, 30)),
        Alias("text-embedding-004", "gemini-embedding-001", date(2026, 1, 14)),
        Alias("tts-1", "gemini-3.8-flash-lite-tts"),
        Alias("tts-1-hd", "gemini-3.8-flash-tts"),
        Alias("gpt-4o-mini-tts", "gemini-3.8-flash-tts"),
        # It also translates and tells when what was said, which a model made for transcripts alone may not.
        Alias("whisper-1", "gemini-flash-latest"),
        Alias("gpt-4o-transcribe", "gemini-3.5-transcribe"),
        Alias("gpt-4o-mini-transcribe", "gemini-3.5-transcribe"),
        Alias("dall-e-2", "gemini-3.1-flash-image"),
        Alias("dall-e-3", "gemini-3.1-flash-image"),
        Alias("gpt-image-1", "gemini-3.1-flash-image"),
        Alias("gpt-image-1-mini", "gemini-3.1-flash-lite-image"),
        # The one that takes texts as long as OpenAI's do.
        Alias("text-embedding-3-small", "gemini-embedding-2"),
        Alias("text-embedding-3-large", "gemini-embedding-2"),
        Alias("text-embedding-ada-002", "gemini-embedding-2"),
    )
}
