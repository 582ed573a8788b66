"""Timed text: what a model says about it, and the files that players read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import UpstreamFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = {
    "type": "object",
    "properties": {
        "language": {"type": "string", "description": "The language that is spoken, in English and lower case."},
        "segments": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "start": {"type": "number", "description": "Seconds from the beginning of the recording."},
                    "end": {"type": "number", "description": "Seconds from the beginning of the recording."},
                    "text": {"type": "string"},
                },
                "required": ["start", "end", "text"],
            },
        },
    },
    "required": ["language", "segments"],
}
"""What a model is asked to answer."""


class Segment(msgspec.Struct, frozen=True):
    """Seconds and words. A model may write a time as 75.5, as "75.5" or as "01:15.5"."""

    text: str = ""
    start: float | str = 0.0
    end: float | str = 0.0


class Timed(msgspec.Struct, frozen=True):
    language: str = ""
    segments: list[Segment] = msgspec.field(default_factory=list)


class Caption(msgspec.Struct, frozen=True):
    """A segment whose times are seconds and go forward."""

    start: float
    end: float
    text: str


_decode = msgspec.json.Decoder(Timed).decode


def timed(answer: str) -> tuple[str, list[Caption]]:
    """The language and the captions of a model's answer. Raises UpstreamFailed."""
    try:
        told = _decode(answer)
        return told.language, list(_captions(told.segments))
    except (msgspec.DecodeError, ValueError) as error:
        raise UpstreamFailed("The model's answer is not the timed transcript that was asked for.") from error


def _captions(segments: Iterable[Segment]) -> Iterable[Caption]:
    earliest = 0.0
    for one in segments:
        start = max(seconds(one.start), earliest)
        end = max(seconds(one.end), start)
        earliest = start
        if one.text.strip():
            yield Caption(start, end, one.text.strip())


def seconds(told: float | str) -> float:
    """Raises ValueError for what is no time."""
    number = 0.0
    for part in str(told).replace(",", ".").rstrip("s").split(":"):
        number = number * 60 + float(part)
    if not math.isfinite(number):
        raise ValueError("not a moment of a recording")
    return max(0.0, number)


def srt(captions: Iterable[Caption]) -> str:
    return "".join(
        f"{number}\n{_clock(one.start, ',')} --> {_clock(one.end, ',')}\n{_lines(one.text)}\n\n"
        for number, one in enumerate(captions, 1)
    )


def vtt(captions: Iterable[Caption]) -> str:
    """An arrow in the text would be taken for a time."""
    cues = (
        f"{_clock(one.start, '.')} --> {_clock(one.end, '.')}\n{_lines(one.text).replace('-->', '→')}\n\n"
        for one in captions
    )
    return "WEBVTT\n\n" + "".join(cues)


def _clock(moment: float, mark: str) -> str:
    whole, thousandths = divmod(round(moment * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{thousandths:03}"


def _lines(text: str) -> str:
    """An empty line would end the caption."""
    return "\n".join(line for line in text.splitlines() if line.strip())
