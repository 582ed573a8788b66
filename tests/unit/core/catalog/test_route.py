"""A call made ready to be sent."""

from datetime import date
from typing import Any

import pytest

from gemini_balance.core.call import VERTEX_EXPRESS, Call, Framing, Operation, Principal
from gemini_balance.core.catalog.route import Config, Route, route_of
from gemini_balance.core.errors import ModelNotFound
from gemini_balance.core.gemini.request_schema import GenerateContentRequest
from gemini_balance.core.gemini.schema import Content, Part
from gemini_balance.core.pool import Demand

CONFIG = Config(frozenset(), frozenset({"gemini-2.5-pro"}), date(2026, 11, 15))
RAW = b'{ "contents":[ ],"unknownField" :1 }'
HELLO = GenerateContentRequest(contents=[Content("user", [Part(text="Hi")])])


@pytest.mark.parametrize(
    ("operation", "more", "path"),
    [
        (Operation.GENERATE, {}, "v1beta/models/m-1:generateContent"),
        (Operation.STREAM, {"query": "alt=sse"}, "v1beta/models/m-1:streamGenerateContent?alt=sse"),
        (Operation.STREAM, {"version": "v1"}, "v1/models/m-1:streamGenerateContent"),
        (Operation.COUNT_TOKENS, {}, "v1beta/models/m-1:countTokens"),
        (Operation.GET_MODEL, {"version": "v1alpha"}, "v1alpha/models/m-1"),
        (Operation.LIST_MODELS, {"model": "", "query": "pageSize=2"}, "v1beta/models?pageSize=2"),
    ],
    ids=str,
)
def test_a_route_has_googles_path(operation: Operation, more: dict[str, Any], path: str) -> None:
    assert route_of(Call(operation, **{"model": "m-1", "raw": RAW} | more), CONFIG).path == path


def test_a_native_call_keeps_every_byte_and_all_it_came_with() -> None:
    call = Call(
        Operation.STREAM,
        "gemini-2.5-pro",
        Framing.SSE,
        raw=RAW,
        version="v1",
        query="alt=sse&x=%20",
        headers=(("x-goog-api-client", "sdk"),),
        verbatim=True,
        single_attempt=True,
        patience=9.0,
    )
    assert route_of(call, CONFIG, Principal("…oken", "token-1", tags=frozenset({"mine"}))) == Route(
        upstream="gemini_api",
        operation=Operation.STREAM,
        model="gemini-2.5-pro",
        path="v1/models/gemini-2.5-pro:streamGenerateContent?alt=sse&x=%20",
        body=RAW,
        framing=Framing.SSE,
        demand=Demand(
            "gemini-2.5-pro", tokens=9, client="token-1", size=len(RAW), hurried=True, tags=frozenset({"mine"})
        ),
        headers=(("x-goog-api-client", "sdk"),),
        verbatim=True,
        single_attempt=True,
        patience=9.0,
    )


@pytest.mark.parametrize(
    ("body", "units"),
    [
        (b'{"requests": [{"content": {}}, {}, {"x": [1, 2]}]}', 3),
        (b'{"other": 1, "requests": [{}]}', 1),
        (b'{"requests": [' + b"{}," * 499 + b"{}]}", 100),
        (b'{"requests": []}', 1),
        (b'{"requests": {"content": {}}}', 1),
        (b"{}", 1),
        (b"\x1f\x8b packed", 1),
    ],
    ids=["three", "one", "more than Google takes", "none", "no list", "no batch", "packed"],
)
def test_a_batch_of_embeddings_demands_a_request_for_each_item_and_its_tokens(body: bytes, units: int) -> None:
    call = Call(Operation.METHOD, "m-1", method="batchEmbedContents", raw=body)
    demand = Demand("m-1", tokens=max(1, len(body) // 4), size=len(body), units=units)
    assert route_of(call, CONFIG).demand == demand


def test_another_method_demands_one_request() -> None:
    call = Call(Operation.METHOD, "m-1", method="embedContent", raw=b'{"requests": [{}, {}]}')
    assert route_of(call, CONFIG).demand == Demand("m-1", size=22)


def test_a_retired_name_in_a_native_path_follows_the_table_and_no_byte_of_the_body_does() -> None:
    route = route_of(Call(Operation.GENERATE, "gemini-1.5-flash-latest", raw=RAW), CONFIG)
    assert (route.model, route.path, route.body) == (
        "gemini-flash-latest",
        "v1beta/models/gemini-flash-latest:generateContent",
        RAW,
    )


def test_a_name_of_openais_means_nothing_on_native_routes() -> None:
    route = route_of(Call(Operation.GENERATE, "whisper-1", raw=RAW), CONFIG)
    assert (route.model, route.path, route.warning) == ("whisper-1", "v1beta/models/whisper-1:generateContent", "")


def test_a_native_name_that_ends_in_search_is_googles_to_judge() -> None:
    assert route_of(Call(Operation.GENERATE, "gemini-2.5-pro-search", raw=RAW), CONFIG).model == "gemini-2.5-pro-search"


@pytest.mark.parametrize("operation", [Operation.GENERATE, Operation.GET_MODEL, Operation.COUNT_TOKENS])
def test_a_native_name_never_reaches_beyond_its_place_in_a_path(operation: Operation) -> None:
    with pytest.raises(ModelNotFound):
        route_of(Call(operation, "a/../../b", raw=RAW), CONFIG)


@pytest.mark.parametrize(
    ("model", "tools", "body"),
    [
        ("gemini-2.5-pro", None, b'{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}'),
        (
            "gemini-2.5-pro-search",
            None,
            b'{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"tools":[{"googleSearch":{}}]}',
        ),
        (
            "gemini-2.5-pro-search",
            [{"urlContext": {}}],
            b'{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"tools":[{"urlContext":{}},{"googleSearch":{}}]}',
        ),
    ],
    ids=["plain", "search", "search beside another tool"],
)
def test_a_translated_call_is_encoded_once_for_all_attempts(model: str, tools: Any, body: bytes) -> None:
    request = GenerateContentRequest(contents=HELLO.contents, tools=tools)
    route = route_of(Call(Operation.GENERATE, model, request=request), CONFIG)
    assert (route.model, route.body, request.tools) == ("gemini-2.5-pro", body, tools)


@pytest.mark.parametrize(
    ("option", "verbatim", "asked", "single"),
    [
        ("", True, True, True),
        ("", True, False, False),
        ("on", True, True, False),
        ("off", True, False, True),
        ("off", False, False, False),
    ],
    ids=["strict prefix", "other prefix", "always on", "always off", "a translated call is not concerned"],
)
def test_an_option_decides_on_failover_of_native_calls(option: str, verbatim: bool, asked: bool, single: bool) -> None:
    config = Config(CONFIG.listed, CONFIG.search_models, CONFIG.today, option)
    call = Call(Operation.GENERATE, "m-1", raw=RAW, verbatim=verbatim, single_attempt=asked)
    assert route_of(call, config).single_attempt is single


def generates(body: bytes, model: str = "m-1", operation: Operation = Operation.GENERATE) -> Demand:
    config = Config(CONFIG.listed, CONFIG.search_models, CONFIG.today, paid_models=frozenset({"dear-1"}))
    return route_of(Call(operation, model, raw=body), config).demand


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        (b"", 1),
        (b"x" * 400, 100),
        (b'{"text": "' + b"a word " * 10_000 + b'"}', 17_503),
        (b'{"text": "' + "文字".encode() * 10_000 + b'"}', 15_003),
        (b'{"text": "Hi", "data": "' + b"iVBORw0K" * 10_000 + b'"}', 6 + 258),
    ],
    ids=["nothing", "short", "a long text", "a long text without spaces", "an image"],
)
def test_tokens_are_estimated_by_the_text(body: bytes, tokens: int) -> None:
    assert abs(generates(body).tokens - tokens) <= 1
    assert generates(body).size == len(body)


def test_conversations_are_told_apart_by_a_beginning_that_is_worth_caching() -> None:
    long = b"x" * 5_000
    assert generates(long).prefix == generates(long + b" and on").prefix != generates(b"y" + long).prefix
    assert (generates(b"x" * 4_096).prefix, generates(long, operation=Operation.COUNT_TOKENS).prefix) == (0, 0)


def test_a_paid_model_asks_for_a_paid_key() -> None:
    assert (generates(RAW, "dear-1").paid, generates(RAW).paid) == (True, False)


def test_vertex_is_asked_for_the_name_as_it_is() -> None:
    call = Call(Operation.GENERATE, "gemini-1.5-pro", raw=RAW, verbatim=True, upstream=VERTEX_EXPRESS)
    route = route_of(call, CONFIG)
    assert (route.upstream, route.model, route.body, route.warning) == ("vertex_express", "gemini-1.5-pro", RAW, "")
    with pytest.raises(ModelNotFound):
        route_of(Call(Operation.GENERATE, "x/../y", raw=RAW, verbatim=True, upstream=VERTEX_EXPRESS), CONFIG)
