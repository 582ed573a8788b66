"""The request bodies, in OpenAI's and in Gemini's words: the same conversations for everybody."""

import json
from pathlib import Path
from typing import Any

MODEL = "gemini-2.5-flash"
SYSTEM = "You are the harbour master of a small port. Be brief, be exact, and say so when you don't know."
PROSE = (
    "Three boats ask for the same berth, and each has waited for a different time. One carries fish, one carries "
    "letters, one carries nothing but a promise to pay later. Say which of them you let in first, and why. "
)
CHAT_TEXT = 720
TURNS = 20
TURN_TEXT = 900

Turn = tuple[str, str]


def prose(length: int) -> str:
    """So many characters of text."""
    return (PROSE * (length // len(PROSE) + 1))[:length]


def short_talk() -> list[Turn]:
    """One question; about 1 KB as a request."""
    return [("user", prose(CHAT_TEXT))]


def long_talk() -> list[Turn]:
    """A conversation of many turns; about 20 KB as a request."""
    turns: list[Turn] = [(role, prose(TURN_TEXT // 2)) for _ in range(TURNS) for role in ("user", "assistant")]
    return [*turns, ("user", prose(TURN_TEXT))]


def openai_body(turns: list[Turn], *, stream: bool = False) -> dict[str, Any]:
    """A chat completion request."""
    messages = [{"role": role, "content": text} for role, text in [("system", SYSTEM), *turns]]
    body = {"model": MODEL, "messages": messages, "temperature": 0.4, "max_tokens": 2048}
    return body | ({"stream": True, "stream_options": {"include_usage": True}} if stream else {})


def gemini_body(turns: list[Turn]) -> dict[str, Any]:
    """The same request as Gemini wants it."""
    roles = {"user": "user", "assistant": "model"}
    return {
        "systemInstruction": {"parts": [{"text": SYSTEM}]},
        "contents": [{"role": roles[role], "parts": [{"text": text}]} for role, text in turns],
        "generationConfig": {"temperature": 0.4, "maxOutputTokens": 2048},
    }


def write_bodies(folder: Path) -> None:
    """One file per body; the scenarios name them."""
    bodies = {
        "chat.json": openai_body(short_talk()),
        "chat_stream.json": openai_body(short_talk(), stream=True),
        "multi.json": openai_body(long_talk()),
        "native.json": gemini_body(short_talk()),
        "native_multi.json": gemini_body(long_talk()),
    }
    for name, body in bodies.items():
        (folder / name).write_text(json.dumps(body))
