"""predict: the pictures of Imagen."""

import msgspec
from msgspec import Struct

from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.embedding_schema import PredictRequest
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.json_types import Json, Object
from gemini_balance.simulator.models import Model
from gemini_balance.simulator.pictures import picture
from gemini_balance.simulator.shape import parse
from gemini_balance.simulator.tokens import count_text

RATIOS = ("1:1", "3:4", "4:3", "9:16", "16:9")
SIZES = ("1K", "2K")
TYPES = ("image/png", "image/jpeg")
MAX_SAMPLES = 4


class _Output(Struct, rename="camel", frozen=True):
    mime_type: str = "image/png"


class _Parameters(Struct, rename="camel", frozen=True):
    """What of Imagen's parameters shows in the answer. The rest is taken and has no effect."""

    sample_count: int = MAX_SAMPLES
    aspect_ratio: str = "1:1"
    sample_image_size: str = "1K"
    include_rai_reason: bool = False
    output_options: _Output = _Output()


class _Instance(Struct, frozen=True):
    prompt: str = ""


class Pictures(Struct, frozen=True):
    """Pictures to make, all checked."""

    prompt: str
    parameters: _Parameters

    @property
    def tokens(self) -> dict[str, int]:
        """Input tokens by modality."""
        return {"TEXT": count_text(self.prompt)}

    @property
    def requests(self) -> int:
        """One, however many pictures."""
        return 1

    @property
    def quota_words(self) -> tuple[tuple[str, str], ...]:
        """The same names as generateContent's."""
        return ()

    def answer(self, wishes: Directives, text: str) -> Object:
        """The response. What a filter took is missing; with includeRaiReason it is told why instead."""
        if wishes.filtered:
            reasons: list[Json] = [{"raiFilteredReason": wishes.filtered}]
            return {"predictions": reasons} if self.parameters.include_rai_reason else {}
        told = self.parameters
        kind = told.output_options.mime_type
        made: list[Json] = [
            {"mimeType": kind, "bytesBase64Encoded": picture(f"{text}{n}", told.aspect_ratio, kind)}
            for n in range(told.sample_count)
        ]
        return {"predictions": made}


def read_predict(body: bytes, model: Model) -> Pictures:
    """The request of predict; raises GoogleError."""
    request = parse(body, PredictRequest)
    try:
        parameters = msgspec.convert(request.parameters or {}, _Parameters)
        instances = msgspec.convert(request.instances, list[_Instance])
    except msgspec.ValidationError as error:
        raise GoogleError(invalid_argument(f"Invalid value in the predict request: {error}")) from None
    sentence = _wrong(parameters, instances)
    if sentence:
        raise GoogleError(invalid_argument(sentence))
    return Pictures(instances[0].prompt, parameters)


def _wrong(told: _Parameters, instances: list[_Instance]) -> str:
    if len(instances) != 1:
        return "Exactly one instance is expected."
    if not instances[0].prompt.strip():
        return "Text prompt must be non-empty."
    if not 1 <= told.sample_count <= MAX_SAMPLES:
        return f"sampleCount must be between 1 and {MAX_SAMPLES}, got {told.sample_count}."
    choices = (
        ("aspectRatio", told.aspect_ratio, RATIOS),
        ("sampleImageSize", told.sample_image_size, SIZES),
        ("outputOptions.mimeType", told.output_options.mime_type, TYPES),
    )
    wrong = ((name, known) for name, value, known in choices if value not in known)
    return next((f"{name} must be one of {', '.join(known)}." for name, known in wrong), "")
