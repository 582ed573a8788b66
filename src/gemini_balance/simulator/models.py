"""The models that this Google lists, and what each can do. A data table: one row per model."""

from msgspec import Struct
from msgspec.structs import replace

from gemini_balance.simulator.json_types import Object

CHAT = ("generateContent", "countTokens", "createCachedContent", "batchGenerateContent")
GEMMA = ("generateContent", "countTokens")
VIDEO = ("predictLongRunning",)
IMAGE = ("generateContent", "countTokens", "batchGenerateContent")
SPEECH = IMAGE
EMBED = ("embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent")
PREDICT = ("predict",)
LIVE = ("countTokens", "bidiGenerateContent")

LOW_UP = ("LOW", "MEDIUM", "HIGH")
MINIMAL_UP = ("MINIMAL", *LOW_UP)


class Model(Struct, frozen=True, kw_only=True):
    """One row. `pool` is the name that quotas count under, `budget` the range of thinkingBudget."""

    name: str
    display: str
    version: str = "001"
    generation: float = 3.0
    methods: tuple[str, ...] = CHAT
    input_limit: int = 1_048_576
    output_limit: int = 65_536
    unary_output_limit: int = 65_536
    thinking: bool = True
    levels: tuple[str, ...] = MINIMAL_UP
    default_level: str = "MEDIUM"
    budget: tuple[int, int] = (0, 65_536)
    can_stop_thinking: bool = True
    outputs: tuple[str, ...] = ("TEXT",)
    call_ids: bool = True
    pool: str = ""
    alias_of: str = ""
    embeds_media: bool = False

    @property
    def quota_model(self) -> str:
        """The name under which quota is counted and reported."""
        return self.pool or self.alias_of or self.name

    @property
    def resource(self) -> str:
        """The resource name, `models/…`."""
        return f"models/{self.name}"


GEMINI_2_5 = Model(name="", display="", generation=2.5, levels=(), budget=(0, 24_576), call_ids=False)

MODELS: tuple[Model, ...] = (
    replace(GEMINI_2_5, name="gemini-2.5-flash", display="Gemini 2.5 Flash"),
    replace(
        GEMINI_2_5,
        name="gemini-2.5-pro",
        display="Gemini 2.5 Pro",
        version="2.5",
        budget=(128, 32_768),
        can_stop_thinking=False,
    ),
    replace(
        GEMINI_2_5,
        name="gemini-2.5-flash-lite",
        display="Gemini 2.5 Flash-Lite",
        budget=(512, 24_576),
        default_level="MINIMAL",
    ),
    replace(
        GEMINI_2_5,
        name="gemini-2.5-flash-image",
        display="Nano Banana",
        thinking=False,
        methods=IMAGE,
        input_limit=32_768,
        output_limit=32_768,
        outputs=("TEXT", "IMAGE"),
    ),
    replace(
        GEMINI_2_5,
        name="gemini-2.5-flash-preview-tts",
        display="Gemini 2.5 Flash Preview TTS",
        thinking=False,
        methods=SPEECH,
        input_limit=8_192,
        output_limit=16_384,
        outputs=("AUDIO",),
    ),
    replace(
        GEMINI_2_5,
        name="gemini-2.5-pro-preview-tts",
        display="Gemini 2.5 Pro Preview TTS",
        thinking=False,
        methods=SPEECH,
        input_limit=8_192,
        output_limit=16_384,
        outputs=("AUDIO",),
    ),
    replace(
        GEMINI_2_5,
        name="gemini-2.5-flash-native-audio-preview-12-2025",
        display="Gemini 2.5 Flash Native Audio Preview 12-2025",
        methods=LIVE,
        input_limit=131_072,
        output_limit=8_192,
        outputs=("AUDIO",),
        call_ids=True,
    ),
    Model(
        name="gemini-3-flash-preview",
        display="Gemini 3 Flash Preview",
        version="3-flash-preview-12-2025",
        pool="gemini-3-flash",
        default_level="HIGH",
        call_ids=False,
    ),
    Model(
        name="gemini-3.1-pro-preview",
        display="Gemini 3.1 Pro Preview",
        version="3.1-pro-preview-01-2026",
        generation=3.1,
        pool="gemini-3.1-pro",
        levels=LOW_UP,
        default_level="HIGH",
        can_stop_thinking=False,
    ),
    Model(
        name="gemini-3.1-pro-preview-customtools",
        display="Gemini 3.1 Pro Preview Custom Tools",
        version="3.1-pro-preview-01-2026",
        generation=3.1,
        pool="gemini-3.1-pro",
        levels=LOW_UP,
        default_level="HIGH",
        can_stop_thinking=False,
    ),
    Model(
        name="gemini-3.1-flash-lite",
        display="Gemini 3.1 Flash Lite",
        version="3.1-flash-lite-05-2026",
        generation=3.1,
        default_level="MINIMAL",
    ),
    Model(
        name="gemini-3-pro-image",
        display="Nano Banana Pro",
        version="3.0",
        methods=IMAGE,
        input_limit=131_072,
        output_limit=32_768,
        outputs=("TEXT", "IMAGE"),
        levels=(),
        can_stop_thinking=False,
    ),
    Model(
        name="gemini-3.1-flash-image",
        display="Nano Banana 2",
        version="3.0",
        generation=3.1,
        methods=IMAGE,
        input_limit=65_536,
        outputs=("TEXT", "IMAGE"),
    ),
    Model(
        name="gemini-3.1-flash-lite-image",
        display="Nano Banana 2 Lite",
        version="3.0",
        generation=3.1,
        methods=IMAGE,
        input_limit=65_536,
        outputs=("TEXT", "IMAGE"),
    ),
    Model(
        name="gemini-nano-banana-2.1",
        display="Nano Banana 2.1",
        version="2.1",
        generation=3.8,
        methods=IMAGE,
        input_limit=65_536,
        outputs=("TEXT", "IMAGE"),
    ),
    Model(
        name="gemini-3.1-flash-tts-preview",
        display="Gemini 3.1 Flash TTS Preview",
        version="3.1-flash-tts-preview",
        generation=3.1,
        methods=SPEECH,
        input_limit=8_192,
        output_limit=16_384,
        outputs=("AUDIO",),
        pool="gemini-3.1-flash-tts",
    ),
    Model(
        name="gemini-3.8-flash-tts",
        display="Gemini 3.8 Flash TTS",
        version="3.8-flash-tts",
        generation=3.8,
        methods=SPEECH,
        input_limit=8_192,
        output_limit=16_384,
        outputs=("AUDIO",),
    ),
    Model(
        name="gemini-3.8-flash-lite-tts",
        display="Gemini 3.8 Flash-Lite TTS",
        version="3.8-flash-lite-tts",
        generation=3.8,
        methods=SPEECH,
        input_limit=8_192,
        output_limit=16_384,
        outputs=("AUDIO",),
    ),
    Model(
        name="gemini-3.1-flash-live-preview",
        display="Gemini 3.1 Flash Live Preview",
        version="3.1-flash-live-preview",
        generation=3.1,
        methods=LIVE,
        input_limit=131_072,
        outputs=("AUDIO",),
    ),
    Model(
        name="gemini-3.8-live",
        display="Gemini 3.8 Live",
        version="3.8-live-09-2026",
        generation=3.8,
        methods=LIVE,
        input_limit=131_072,
        outputs=("TEXT", "AUDIO"),
    ),
    Model(
        name="gemini-3.5-transcribe",
        display="Gemini 3.5 Transcribe",
        version="3.5-transcribe",
        generation=3.5,
        methods=GEMMA,
        input_limit=131_072,
        thinking=False,
    ),
    Model(name="gemini-3.5-flash", display="Gemini 3.5 Flash", version="3.5-flash-05-2026", generation=3.5),
    Model(
        name="gemini-3.5-flash-lite",
        display="Gemini 3.5 Flash Lite",
        version="3.5-flash-lite-07-2026",
        generation=3.5,
        default_level="MINIMAL",
    ),
    Model(name="gemini-3.6-flash", display="Gemini 3.6 Flash", version="3.6-flash-07-2026", generation=3.6),
    Model(
        name="gemini-3.7-flash",
        display="Gemini 3.7 Flash",
        version="3.7-flash-08-2026",
        generation=3.7,
        levels=LOW_UP,
        can_stop_thinking=False,
    ),
    Model(
        name="gemini-3.8-flash",
        display="Gemini 3.8 Flash",
        version="3.8-flash-09-2026",
        generation=3.8,
        levels=LOW_UP,
        can_stop_thinking=False,
    ),
    Model(
        name="gemini-4-argon",
        display="Gemini 4 Argon",
        version="4-argon-10-2026",
        generation=4.0,
        unary_output_limit=32_768,
        levels=LOW_UP,
        can_stop_thinking=False,
    ),
    Model(
        name="gemini-flash-latest",
        display="Gemini Flash Latest",
        version="Gemini Flash Latest",
        generation=3.6,
        alias_of="gemini-3.6-flash",
    ),
    Model(
        name="gemini-flash-lite-latest",
        display="Gemini Flash-Lite Latest",
        version="Gemini Flash-Lite Latest",
        generation=3.5,
        default_level="MINIMAL",
        alias_of="gemini-3.5-flash-lite",
    ),
    Model(
        name="gemini-pro-latest",
        display="Gemini Pro Latest",
        version="Gemini Pro Latest",
        generation=3.1,
        levels=LOW_UP,
        default_level="HIGH",
        can_stop_thinking=False,
        pool="gemini-3.1-pro",
        alias_of="gemini-3.1-pro-preview",
    ),
    Model(
        name="gemma-4-26b-a4b-it",
        display="Gemma 4 26B A4B IT",
        methods=GEMMA,
        input_limit=262_144,
        output_limit=32_768,
        call_ids=False,
    ),
    Model(
        name="gemma-4-31b-it",
        display="Gemma 4 31B IT",
        methods=GEMMA,
        input_limit=262_144,
        output_limit=32_768,
        call_ids=False,
    ),
    Model(
        name="veo-3.1-generate-preview",
        display="Veo 3.1",
        version="3.1",
        generation=3.1,
        methods=VIDEO,
        input_limit=480,
        output_limit=8_192,
        thinking=False,
        outputs=(),
    ),
    Model(
        name="gemini-embedding-001",
        display="Gemini Embedding 001",
        methods=EMBED,
        input_limit=2_048,
        output_limit=1,
        thinking=False,
        outputs=(),
    ),
    Model(
        name="gemini-embedding-2",
        display="Gemini Embedding 2",
        embeds_media=True,
        version="2",
        methods=EMBED,
        input_limit=8_192,
        output_limit=1,
        thinking=False,
        outputs=(),
    ),
    Model(
        name="imagen-4.0-generate-001",
        display="Imagen 4",
        methods=PREDICT,
        input_limit=480,
        output_limit=8_192,
        thinking=False,
        outputs=(),
    ),
)

BY_NAME = {model.name: model for model in MODELS}


def describe(model: Model) -> Object:
    """The model as `models.get` and `models.list` answer it."""
    row: Object = {
        "name": model.resource,
        "version": model.version,
        "displayName": model.display,
        "description": model.display,
        "inputTokenLimit": model.input_limit,
        "outputTokenLimit": model.output_limit,
        "supportedGenerationMethods": list(model.methods),
    }
    if "generateContent" in model.methods:
        row |= {"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2}
    if model.thinking:
        row["thinking"] = True
    return row
