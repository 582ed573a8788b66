"""Google's own protocol: the identity, minus the caller's credentials."""

import pytest
from msgspec import json

from gemini_balance.core.call import Call, Framing, Inbound, Operation
from gemini_balance.core.dialects import Moment
from gemini_balance.core.dialects.native.dialect import NATIVE
from gemini_balance.core.errors import BadRequest, UpstreamFailed
from gemini_balance.core.gemini.events import Event
from gemini_balance.core.options import Options

BODY = b'{ "contents" : [], "not_yet_known": {"a":1.50} }'
MOMENT = Moment("id", 0)


def decoded(path: str = "/v1beta/x", query: str = "", operation: Operation = Operation.STREAM, **headers: str) -> Call:
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return NATIVE.decode(operation, Inbound("POST", path, query.encode(), named, BODY, "m"))


def test_a_call_keeps_its_bytes() -> None:
    assert decoded(query="alt=sse") == Call(
        Operation.STREAM, "m", Framing.SSE, raw=BODY, version="v1beta", query="alt=sse", verbatim=True
    )


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("key=secret", ""),
        ("alt=sse&key=secret&x=1", "alt=sse&x=1"),
        ("KEY=secret&access_token=t&oauth_token=t&api_key=k", ""),
        ("k%65y=secret&a=b", "a=b"),
        ("$alt=json;enum-encoding=int&prettyPrint=false", "$alt=json;enum-encoding=int&prettyPrint=false"),
        ("a=%20+b&&c", "a=%20+b&c"),
        ("keys=1&monkey=2&key", "keys=1&monkey=2"),
        ("key=a&key=b", ""),
        ("=x&%3D=y&%", "=x&%3D=y&%"),
    ],
)
def test_a_query_keeps_everything_but_credentials(query: str, kept: str) -> None:
    assert decoded(query=query).query == kept


@pytest.mark.parametrize(
    ("operation", "query", "framing"),
    [
        (Operation.STREAM, "alt=sse", Framing.SSE),
        (Operation.STREAM, "$alt=sse", Framing.SSE),
        (Operation.STREAM, "%24alt=sse", Framing.SSE),
        (Operation.STREAM, "", Framing.ARRAY),
        (Operation.STREAM, "alt=json", Framing.ARRAY),
        (Operation.GENERATE, "alt=sse", Framing.WHOLE),
        (Operation.COUNT_TOKENS, "", Framing.WHOLE),
    ],
)
def test_the_query_says_how_the_reply_is_framed(operation: Operation, query: str, framing: Framing) -> None:
    assert decoded(query=query, operation=operation).framing is framing


@pytest.mark.parametrize(
    ("path", "version", "single"),
    [
        ("/v1beta/models/m:x", "v1beta", False),
        ("/v1/models/m:x", "v1", False),
        ("/gemini/v1beta/models/m:x", "v1beta", True),
        ("/gemini/v1/models/m:x", "v1", True),
        ("/v1alpha/models/m:x", "v1alpha", False),
    ],
)
def test_the_path_says_the_version_and_whether_to_fail_over(path: str, version: str, single: bool) -> None:
    call = decoded(path)
    assert (call.version, call.single_attempt) == (version, single)


def test_only_headers_that_mean_something_to_google_pass() -> None:
    call = decoded(
        x_goog_api_client="sdk/1",
        x_goog_api_key="token",
        authorization="Bearer token",
        x_goog_user_project="p",
        openai_organization="o",
        cookie="c",
        api_revision="7",
    )
    assert call.headers == (("x-goog-api-client", "sdk/1"), ("api-revision", "7"))


@pytest.mark.parametrize(
    ("value", "patience"), [("30", 30.0), ("0", None), ("-1", None), ("soon", None), ("1.5", None), ("²", None)]
)
def test_the_caller_may_say_how_long_it_waits(value: str, patience: float | None) -> None:
    assert decoded(x_server_timeout=value).patience == patience


@pytest.mark.parametrize("body", [b"", b"{", b"no", b'{"a":1} x'])
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest, match=r"Invalid JSON payload received\."):
        NATIVE.decode(Operation.GENERATE, Inbound("POST", "/v1beta/x", b"", {}, body, "m"))


def test_a_packed_body_is_googles_to_unpack() -> None:
    inbound = Inbound("POST", "/v1beta/x", b"", {b"content-encoding": b"gzip"}, b"\x1f\x8b", "m")
    assert NATIVE.decode(Operation.GENERATE, inbound).raw == b"\x1f\x8b"


def test_a_read_has_no_body_to_check() -> None:
    assert NATIVE.decode(Operation.LIST_MODELS, Inbound("GET", "/v1beta/models", b"", {}, b"")).raw == b""


@pytest.mark.parametrize("framing", list(Framing), ids=str)
def test_an_encoder_adds_nothing(framing: Framing) -> None:
    encoder = NATIVE.encoder(Call(Operation.STREAM, "m", framing), MOMENT, Options())
    events = [Event(b"[{}", b"{}"), Event(b",\r\n{}", b"{}")]
    assert encoder.feed(events) + encoder.feed([]) + encoder.finish(b"]\n") == b"[{},\r\n{}]\n"
    assert encoder.whole(events[0]) == b"[{}"


@pytest.mark.parametrize(
    ("framing", "fed", "before", "after"),
    [
        (Framing.SSE, False, b"data: ", b"\r\n\r\n"),
        (Framing.SSE, True, b"data: ", b"\r\n\r\n"),
        (Framing.ARRAY, False, b"[", b"]"),
        (Framing.ARRAY, True, b",\r\n", b"]"),
    ],
)
def test_an_error_inside_a_stream_fits_its_framing(framing: Framing, fed: bool, before: bytes, after: bytes) -> None:
    encoder = NATIVE.encoder(Call(Operation.STREAM, "m", framing), MOMENT, Options())
    encoder.feed([Event(b"[{}", b"{}")] if fed else [])
    error = UpstreamFailed("Cut.")
    assert encoder.failure(error) == before + NATIVE.error(error) + after


@pytest.mark.parametrize(
    ("part", "visible"),
    [
        ({"text": "Hi"}, True),
        ({"text": "hm", "thought": True}, True),
        ({"functionCall": {"name": "f", "args": {"a": 1}}}, True),
        ({"hologram": {}}, True),
        ({"text": ""}, False),
        ({"text": "", "thoughtSignature": "s"}, False),
    ],
)
def test_what_a_caller_can_see(part: dict[str, object], visible: bool) -> None:
    data = json.encode({"candidates": [{"content": {"parts": [part]}}]})
    encoder = NATIVE.encoder(Call(Operation.STREAM, "m", Framing.SSE), MOMENT, Options())
    assert (encoder.visible([Event(data, data)]), encoder.visible([])) == (visible, False)


def test_lists_of_models_are_googles_too() -> None:
    assert json.decode(NATIVE.models(["a"], 0)) == {"models": [{"name": "models/a"}]}
    assert json.decode(NATIVE.model("a", 0)) == {"name": "models/a"}
