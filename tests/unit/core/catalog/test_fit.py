"""A request made fit for the model that will serve it."""

import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from gemini_balance.core.call import Call, Operation, Unsigned, Wishes
from gemini_balance.core.catalog.config import Config, config_of
from gemini_balance.core.catalog.dropped import LONGEST, MOST, told
from gemini_balance.core.catalog.route import route_of
from gemini_balance.core.gemini.request_schema import GenerateContentRequest, GenerationConfig, SafetySetting
from gemini_balance.core.gemini.schema import Content, FunctionCall, Part
from gemini_balance.core.gemini.signatures import SENTINEL, SignatureStore
from gemini_balance.core.options import options_from

CONFIG = Config(frozenset(), frozenset({"gemini-2.5-flash", "gemini-3.6-flash"}), date(2026, 11, 15))
FUNCTIONS: dict[str, Any] = {"functionDeclarations": [{"name": "f"}]}
HELLO = Content("user", [Part(text="Hi")])


def fitted(
    model: str, wishes: Wishes | None = None, config: Config = CONFIG, **fields: Any
) -> tuple[dict[str, Any], tuple[str, ...]]:
    request = GenerateContentRequest(**{"contents": [HELLO]} | fields)
    route = route_of(Call(Operation.GENERATE, model, request=request, wishes=wishes or Wishes()), config)
    body = json.loads(route.body)
    del body["contents"]
    return body, route.dropped


@pytest.mark.parametrize(
    ("model", "tools", "body", "dropped"),
    [
        ("gemini-2.5-flash", [FUNCTIONS], {"tools": [FUNCTIONS]}, ()),
        ("gemini-2.5-flash-search", None, {"tools": [{"googleSearch": {}}]}, ()),
        ("gemini-2.5-flash-search", [{"googleSearch": {"x": 1}}], {"tools": [{"googleSearch": {"x": 1}}]}, ()),
        ("gemini-2.5-flash-search", [FUNCTIONS], {"tools": [FUNCTIONS]}, ("tools/googleSearch",)),
        ("anything", [FUNCTIONS, {"urlContext": {}}], {"tools": [FUNCTIONS]}, ("tools/urlContext",)),
        (
            "gemini-3.6-flash-search",
            [FUNCTIONS],
            {"tools": [FUNCTIONS, {"googleSearch": {}}], "toolConfig": {"includeServerSideToolInvocations": True}},
            (),
        ),
    ],
)
def test_functions_and_googles_tools_go_together_from_gemini_3_on(
    model: str, tools: Any, body: dict[str, Any], dropped: tuple[str, ...]
) -> None:
    assert fitted(model, tools=tools) == (body, dropped)


@pytest.mark.parametrize(
    ("model", "mode"),
    [("gemini-2.5-flash", "VALIDATED"), ("gemini-3.8-flash", "VALIDATED"), ("gemma-4-31b-it", None)],
)
def test_strict_functions_are_validated_where_the_model_can(model: str, mode: str | None) -> None:
    body, _ = fitted(model, Wishes(strict=True), tools=[FUNCTIONS])
    config = body.get("toolConfig", {}).get("functionCallingConfig", {})
    assert config.get("mode") == mode


def signed(model: str, calls: tuple[Unsigned, ...], store: SignatureStore) -> list[str | None]:
    contents = [HELLO, Content("model", [Part(function_call=FunctionCall("f")), Part(function_call=FunctionCall("g"))])]
    request = GenerateContentRequest(contents=contents)
    call = Call(Operation.GENERATE, model, request=request, wishes=Wishes(unsigned=calls))
    body = json.loads(route_of(call, replace(CONFIG, signatures=store)).body)
    assert contents[1].parts[0].thought_signature is None  # the caller's own request is never changed
    return [part.get("thoughtSignature") for part in body["contents"][1]["parts"]]


@pytest.mark.parametrize(
    ("model", "unsigned", "signature"),
    [
        ("gemini-3.8-flash", Unsigned(1, 0, "known", "EMBEDDED"), "KNOWN+=="),
        ("gemini-3.8-flash", Unsigned(1, 0, "other", "EMBEDDED"), "EMBEDDED"),
        ("gemini-3.8-flash", Unsigned(1, 0, "other"), SENTINEL),
        ("gemini-3.8-flash", Unsigned(1, 0, ""), SENTINEL),
        ("gemini-2.5-flash", Unsigned(1, 0, "known", "EMBEDDED"), None),
    ],
)
def test_a_lost_signature_is_found_again(model: str, unsigned: Unsigned, signature: str | None) -> None:
    store = SignatureStore()
    store.remember("known", "KNOWN-")
    assert signed(model, (unsigned,), store) == [signature, None]


def test_options_become_part_of_every_translated_call() -> None:
    options = options_from(
        {
            "SAFETY_SETTINGS": '[{"category": "A", "threshold": "OFF"}, {"category": "B", "threshold": "OFF"}]',
            "THINKING_BUDGET_MAP": '{"gemini-2.5-flash": 99999}',
            "TOOLS_CODE_EXECUTION_ENABLED": "true",
            "NO_SAMPLING_MODELS": "gemini-2.5-flash",
        }
    )
    config = config_of(options, frozenset(), CONFIG.today, SignatureStore())
    body, dropped = fitted(
        "gemini-2.5-flash",
        config=config,
        generation_config=GenerationConfig(temperature=1.0, top_p=0.5, seed=7),
        safety_settings=[SafetySetting("B", "BLOCK_NONE"), SafetySetting("C", "OFF")],
    )
    assert dropped == ("temperature", "top_p")
    assert body["generationConfig"] == {"seed": 7, "thinkingConfig": {"thinkingBudget": 24576, "includeThoughts": True}}
    assert body["tools"] == [{"codeExecution": {}}]
    assert [(one["category"], one["threshold"]) for one in body["safetySettings"]] == [
        ("A", "OFF"),
        ("B", "BLOCK_NONE"),
        ("C", "OFF"),
    ]


@pytest.mark.parametrize(
    ("model", "effort", "thinking"),
    [
        ("gemini-2.5-flash", "", {"includeThoughts": True}),
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ("gemini-2.5-flash-non-thinking", "high", {"thinkingBudget": 0}),
        ("gemini-2.5-pro-non-thinking", "", {"thinkingBudget": 128}),
        ("gemini-3.8-flash", "low", {"thinkingLevel": "LOW", "includeThoughts": True}),
        ("gemma-4-31b-it", "", None),
    ],
)
def test_thoughts_are_asked_for_where_they_will_be_shown(model: str, effort: str, thinking: Any) -> None:
    body, _ = fitted(model, Wishes(effort=effort), replace(CONFIG, show_thoughts=True))
    assert body.get("generationConfig", {}).get("thinkingConfig") == thinking


@pytest.mark.parametrize(
    ("model", "asked", "modalities", "dropped"),
    [
        ("gemini-2.5-flash", ["TEXT", "IMAGE"], None, ("modalities/image",)),
        ("gemini-2.5-flash-image", ["TEXT", "IMAGE"], ["TEXT", "IMAGE"], ()),
        ("gemini-2.5-flash-image", ["IMAGE"], ["IMAGE"], ()),
        ("gemini-3.8-flash-tts", None, ["AUDIO"], ()),
        ("anything", ["AUDIO"], ["AUDIO"], ()),
    ],
)
def test_only_kinds_of_output_that_the_model_has_are_asked_for(
    model: str, asked: list[str] | None, modalities: list[str] | None, dropped: tuple[str, ...]
) -> None:
    body, lost = fitted(model, generation_config=GenerationConfig(response_modalities=asked))
    assert (body.get("generationConfig", {}).get("responseModalities"), lost) == (modalities, dropped)


def test_what_is_told_fits_into_a_header() -> None:
    assert told(["a\r\nb: c", "d,é", "d,é"]) == ("a??b: c", "d??")
    assert told([]) == ()
    assert told(["x" * 1000]) == ("x" * LONGEST,)
    assert told([str(number) for number in range(MOST + 5)])[-1] == "and 5 more"
