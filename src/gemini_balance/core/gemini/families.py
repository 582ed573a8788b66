"""What each family of models takes, told by the model's name: a table, the first row that fits holds.

Levels and budgets: Google's own table of efforts, and its lists of levels per model (apis.md §7). A name that no row
knows but that carries a number is taken for the newest of its kind; what isn't Gemini at all gets nothing extra.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

MINIMAL, LOW, MEDIUM, HIGH = "MINIMAL", "LOW", "MEDIUM", "HIGH"
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

# What each effort comes to; columns as EFFORTS.
LEVELS_FROM_MINIMAL = (MINIMAL, MINIMAL, LOW, MEDIUM, HIGH, HIGH, HIGH)
LEVELS_FROM_LOW = (LOW, LOW, LOW, MEDIUM, HIGH, HIGH, HIGH)
LEVELS_LOW_OR_HIGH = (LOW, LOW, LOW, HIGH, HIGH, HIGH, HIGH)
BUDGETS = (0, 1_024, 1_024, 8_192, 24_576, 24_576, 24_576)
BUDGETS_NEVER_OFF = (128, *BUDGETS[1:])


@dataclass(frozen=True, slots=True)
class Family:
    """`levels` and `budgets` hold what an effort comes to; a family without either can't be told how much to think."""

    name: str
    generation: float = 0.0
    levels: tuple[str, ...] = ()
    budgets: tuple[int, ...] = ()
    budget_range: tuple[int, int] = (0, 65_536)
    outputs: tuple[str, ...] = ("TEXT",)
    output_limit: int = 65_536

    @property
    def thinks(self) -> bool:
        return bool(self.levels or self.budgets)

    @property
    def combines(self) -> bool:
        """Functions beside tools that Google runs, and JSON answers beside either: from Gemini 3 on."""
        return self.generation >= 3

    @property
    def signs(self) -> bool:
        """A function call in the history must bring the signature it came with: from Gemini 3 on."""
        return self.generation >= 3

    @property
    def validates(self) -> bool:
        """Calling mode VALIDATED: from Gemini 2.5 on."""
        return self.generation >= 2.5

    def level(self, effort: str) -> str:
        return self.levels[EFFORTS.index(effort)]

    def budget(self, effort: str) -> int:
        return self.budgets[EFFORTS.index(effort)]


NEWEST = Family("newest", 4.0, levels=LEVELS_FROM_LOW)
OTHER = Family("other", outputs=(), output_limit=0)
IMAGE = Family("image", 3.0, outputs=("TEXT", "IMAGE"))
SPEECH = Family("speech", outputs=("AUDIO",), output_limit=16_384)
TWO_FIVE = Family("2.5 flash", 2.5, budgets=BUDGETS, budget_range=(0, 24_576))
THREE = Family("3 flash", 3.0, levels=LEVELS_FROM_MINIMAL)

ROWS: tuple[tuple[str, Family], ...] = (
    (r"-(tts|live|native-audio)\b", SPEECH),
    (r"embedding", Family("embedding", outputs=(), output_limit=0)),
    (r"-transcribe\b", Family("transcribe", 3.5, outputs=("TEXT",))),  # may think, for all we know
    (r"gemini-2\..*-image\b", replace(IMAGE, name="2.5 image", generation=2.5, output_limit=32_768)),
    (r"gemini-3-pro-image\b", replace(IMAGE, output_limit=32_768)),
    (r"-image\b|nano-banana", IMAGE),
    (r"gemini-2\.5-pro\b", replace(TWO_FIVE, name="2.5 pro", budgets=BUDGETS_NEVER_OFF, budget_range=(128, 32_768))),
    (r"gemini-2\.5-flash-lite\b", replace(TWO_FIVE, name="2.5 flash lite", budget_range=(512, 24_576))),
    (r"gemini-2\.5\b", TWO_FIVE),
    (r"gemini-[12]\b|gemini-pro$|learnlm", Family("before 2.5", 2.0, output_limit=8_192)),
    (r"gemini-3-pro\b", Family("3 pro", 3.0, levels=LEVELS_LOW_OR_HIGH)),
    (r"gemini-3\.1-pro\b|gemini-pro-latest$", Family("3.1 pro", 3.1, levels=LEVELS_FROM_LOW)),
    (r"gemini-3(\.[0156])?-flash|gemini-flash(-lite)?-latest$", THREE),
    (r"gemini-\d|gemini-", NEWEST),
    (r"gemma-", Family("gemma", 2.0, outputs=("TEXT",), output_limit=32_768)),
)
_TABLE = tuple((re.compile(pattern), family) for pattern, family in ROWS)


@lru_cache(maxsize=1024)
def family_of(model: str) -> Family:
    """The row for a model of Google's, by its name without `models/`."""
    return next((family for pattern, family in _TABLE if pattern.search(model)), OTHER)
