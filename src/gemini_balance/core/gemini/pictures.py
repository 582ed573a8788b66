"""What picture models take and give: proportions and sizes by model, and Imagen's own request and reply."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from gemini_balance.core.gemini.schema import Candidate, PromptFeedback, UsageMetadata, Wire

MOST_SAMPLES = 4
"""Pictures of one predict call."""
PREDICT = "predict"
IMAGEN_RATIOS = ("1:1", "3:4", "4:3", "9:16", "16:9")
RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
LONG_RATIOS = (*RATIOS, "1:4", "4:1", "1:8", "8:1")
# The longer side in pixels up to which a size is enough; the names are Google's.
SIZES = ((640, "512"), (1_536, "1K"), (2_560, "2K"), (math.inf, "4K"))


@dataclass(frozen=True, slots=True)
class Painter:
    """A family of picture models. `sizes` is empty where the size can't be chosen."""

    ratios: tuple[str, ...]
    sizes: tuple[str, ...] = ()
    predicts: bool = False

    def ratio(self, width: float, height: float) -> str:
        """The nearest proportion that it paints."""
        return min(self.ratios, key=lambda one: abs(math.log(_number(one) * height / width)))

    def size(self, longer_side: float) -> str:
        """The smallest size that is at least as large, else its largest; empty where there is no choice."""
        wanted = next(name for limit, name in SIZES if longer_side <= limit)
        names = [name for _, name in SIZES]
        enough = (one for one in self.sizes if names.index(one) >= names.index(wanted))
        return next(enough, self.sizes[-1] if self.sizes else "")


PAINTERS: tuple[tuple[str, Painter], ...] = (
    (r"imagen-.*-fast", Painter(IMAGEN_RATIOS, predicts=True)),
    (r"imagen", Painter(IMAGEN_RATIOS, ("1K", "2K"), predicts=True)),
    (r"gemini-2|-lite-image", Painter(RATIOS)),
    (r"gemini-3-pro-image", Painter(RATIOS, ("1K", "2K", "4K"))),
    (r"", Painter(LONG_RATIOS, ("512", "1K", "2K", "4K"))),
)
_TABLE = tuple((re.compile(pattern), painter) for pattern, painter in PAINTERS)


@lru_cache(maxsize=256)
def painter_of(model: str) -> Painter:
    """The first row that fits the model's name; what no row knows is taken for the newest."""
    return next(painter for pattern, painter in _TABLE if pattern.search(model))


def _number(ratio: str) -> float:
    width, _, height = ratio.partition(":")
    return int(width) / int(height)


class Instance(Wire):
    prompt: str


class OutputOptions(Wire):
    mime_type: str


class Parameters(Wire):
    sample_count: int
    aspect_ratio: str | None = None
    sample_image_size: str | None = None
    include_rai_reason: bool | None = None
    output_options: OutputOptions | None = None


class PredictRequest(Wire):
    instances: list[Instance]
    parameters: Parameters


class Prediction(Wire):
    """A picture, or why there is none; `prompt` where Imagen has rewritten it."""

    bytes_base64_encoded: str = ""
    mime_type: str = ""
    prompt: str | None = None
    rai_filtered_reason: str | None = None


class PictureReply(Wire):
    """The answer of either method."""

    candidates: list[Candidate] = msgspec.field(default_factory=list)
    prompt_feedback: PromptFeedback | None = None
    usage_metadata: UsageMetadata | None = None
    predictions: list[Prediction] = msgspec.field(default_factory=list)


decode_pictures = msgspec.json.Decoder(PictureReply, strict=False).decode
