"""The table of models agrees with itself."""

from gemini_balance.simulator.models import BY_NAME, MODELS, describe


def test_names_are_unique_and_aliases_point_at_listed_models() -> None:
    assert len(BY_NAME) == len(MODELS)
    assert {model.alias_of for model in MODELS} - {""} <= set(BY_NAME)


def test_quota_counts_under_the_pool_name() -> None:
    names = ("gemini-3-flash-preview", "gemini-3.1-pro-preview", "gemini-pro-latest", "gemini-flash-latest")
    assert [BY_NAME[name].quota_model for name in names] == [
        "gemini-3-flash",
        "gemini-3.1-pro",
        "gemini-3.1-pro",
        "gemini-3.6-flash",
    ]


def test_a_model_describes_itself_as_google_does() -> None:
    assert describe(BY_NAME["gemini-3.6-flash"]) == {
        "name": "models/gemini-3.6-flash",
        "version": "3.6-flash-07-2026",
        "displayName": "Gemini 3.6 Flash",
        "description": "Gemini 3.6 Flash",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }


def test_live_models_talk_and_do_nothing_else() -> None:
    live = [model for model in MODELS if "bidiGenerateContent" in model.methods]
    assert {model.name for model in live} == {
        "gemini-2.5-flash-native-audio-preview-12-2025",
        "gemini-3.1-flash-live-preview",
        "gemini-3.8-live",
    }
    assert all("AUDIO" in model.outputs and "generateContent" not in model.methods for model in live)
