"""Where a path leads."""

import pytest

from gemini_balance.api.routes import EXAMPLES, MADE_TAILS, METHODS, PREFIXES, Match, dialect_of, find, split
from gemini_balance.core.call import Operation
from gemini_balance.core.dialects import DIALECTS
from gemini_balance.core.errors import MethodNotAllowed, NotFound
from gemini_balance.core.gemini.surface import Door, Resource

OPENAI, NATIVE = DIALECTS["openai"], DIALECTS["native"]
GOOGLE = {b"x-goog-api-key": b"t"}
BEARER = {b"authorization": b"Bearer t"}
GENERATE, STREAM, COUNT = Operation.GENERATE, Operation.STREAM, Operation.COUNT_TOKENS
METHOD, RESOURCE = Operation.METHOD, Operation.RESOURCE
BEGUN = Resource("files", creates=True, door=Door.UPLOAD)
FETCHED = Resource("files", "files/a", door=Door.DOWNLOAD)
LIST, GET = Operation.LIST_MODELS, Operation.GET_MODEL


def led(request: str, headers: dict[bytes, bytes] | None = None, query: bytes = b"") -> Match:
    """Of a method and a path, as they stand in a request line."""
    method, path = request.split(" ")
    place = split(path)
    return find(method, path, place, dialect_of(place, headers or {}, query))


@pytest.mark.parametrize(
    ("request_", "match"),
    [
        *(
            (f"POST {prefix}/chat/completions", Match(OPENAI, GENERATE))
            for prefix in ("/hf/v1", "/v1", "/openai/v1")
        ),
        *(
            (f"POST {prefix}/{tail}", Match(OPENAI, Operation(tail), made=True))
            for prefix in ("/hf/v1", "/v1", "/openai/v1")
            for tail in MADE_TAILS
        ),
        ("POST /images/generations", Match(OPENAI, Operation.IMAGES, made=True)),
        ("POST /v1/v1/embeddings/", Match(OPENAI, Operation.EMBEDDINGS, made=True)),
        ("POST /hf/audio/speech", Match(OPENAI, Operation.SPEECH, made=True)),
        *((f"GET {prefix}/models", Match(OPENAI, LIST)) for prefix in ("/hf/v1", "/v1", "/openai/v1")),
        ("GET /hf/v1/models/gemini-x", Match(OPENAI, GET, "gemini-x")),
        *(
            (f"{'GET' if prefix else 'POST'} {base}/models{tail}", match)
            for base in ("/v1beta", "/v1alpha", "/gemini/v1", "/gemini/v1beta", "/gemini/v1alpha")
            for prefix, tail, match in (
                ("GET", "", Match(NATIVE, LIST)),
                ("GET", "/m", Match(NATIVE, GET, "m")),
                ("", "/m:generateContent", Match(NATIVE, GENERATE, "m")),
                ("", "/m:streamGenerateContent", Match(NATIVE, STREAM, "m")),
                ("", "/m:countTokens", Match(NATIVE, COUNT, "m")),
            )
        ),
        ("POST /v1beta/models/../x:generateContent", Match(NATIVE, GENERATE, "../x")),  # refused as a name
    ],
)  # fmt: skip
def test_a_path_leads_to_its_operation(request_: str, match: Match) -> None:
    assert led(request_) == match


@pytest.mark.parametrize(
    ("request_", "headers", "query", "match"),
    [
        ("POST /v1/models/m:generateContent", BEARER, b"", Match(NATIVE, GENERATE, "m")),
        ("GET /v1/models", GOOGLE, b"", Match(NATIVE, LIST)),
        ("GET /v1/models", {b"x-goog-api-client": b"sdk"}, b"", Match(NATIVE, LIST)),
        ("GET /v1/models", {}, b"key=t", Match(NATIVE, LIST)),
        ("GET /v1/models", BEARER, b"", Match(OPENAI, LIST)),
        ("GET /v1/models/m", GOOGLE, b"", Match(NATIVE, GET, "m")),
        ("GET /v1/models/m", BEARER, b"", Match(OPENAI, GET, "m")),
        ("POST /v1/chat/completions", GOOGLE, b"", Match(OPENAI, GENERATE)),
        ("POST /v1/chat/completions", {}, b"key=t", Match(OPENAI, GENERATE)),
    ],
)
def test_v1_is_shared_by_what_the_caller_shows(
    request_: str, headers: dict[bytes, bytes], query: bytes, match: Match
) -> None:
    assert led(request_, headers, query) == match


@pytest.mark.parametrize(
    ("request_", "match"),
    [
        ("POST /v1beta/models/m:embedContent", Match(NATIVE, METHOD, "m:embedContent")),
        ("POST /gemini/v1/models/m:notYetKnown", Match(NATIVE, METHOD, "m:notYetKnown")),
        ("POST /v1beta/tunedModels/t:generateContent", Match(NATIVE, GENERATE, "tunedModels/t")),
        ("POST /v1beta/dynamic/d:streamGenerateContent", Match(NATIVE, STREAM, "dynamic/d")),
        ("GET /v1beta/files", Match(NATIVE, RESOURCE, "", Resource("files", lists=True))),
        ("DELETE /gemini/v1beta/files/a", Match(NATIVE, RESOURCE, "", Resource("files", "files/a", removes=True))),
        ("POST /v1/interactions", Match(NATIVE, RESOURCE, "", Resource("interactions", creates=True))),
        ("POST /v1beta/notYetKnown", Match(NATIVE, RESOURCE, "", Resource("notYetKnown", creates=True))),
        *(
            (f"POST {house}/upload/{version}/files", Match(NATIVE, RESOURCE, "", BEGUN))
            for house in ("", "/gemini")
            for version in ("v1", "v1beta", "v1alpha")
        ),
        ("GET /download/v1beta/files/a:download", Match(NATIVE, RESOURCE, "", FETCHED)),
        ("GET /gemini/download/v1/files/a:download", Match(NATIVE, RESOURCE, "", FETCHED)),
        ("POST /v1//v1/chat/completions/", Match(OPENAI, GENERATE)),
    ],
)
def test_a_path_leads_to_a_resource_or_a_rare_method(request_: str, match: Match) -> None:
    assert led(request_) == match


@pytest.mark.parametrize(
    ("request_", "headers", "name"),
    [
        ("GET /v1/files", GOOGLE, "native"),
        ("GET /v1/batches/b:cancel", BEARER, "native"),
        ("GET /v1/files", BEARER, "openai"),
        ("GET /v1/cachedContents", BEARER, "native"),
        ("GET /upload/v1/files", BEARER, "native"),
    ],
)
def test_a_collection_that_openai_has_too_is_told_by_the_credential(
    request_: str, headers: dict[bytes, bytes], name: str
) -> None:
    assert dialect_of(split(request_.partition(" ")[2]), headers, b"").name == name


@pytest.mark.parametrize(
    ("path", "likely"),
    [
        ("/v1/chat/completion", "/v1/chat/completions"),
        ("/hf/v1/model", "/hf/v1/models"),
        ("/hf/v1", "/hf/v1/models"),
        ("/v1beta/model", "/v1beta/models"),
        ("/v1beta/file/abc", "/v1beta/models"),
        ("/v1beta/cachedContent", "/v1beta/models"),
        ("/v1beta/cached-contents", "/v1beta/models"),
        ("/not-yet-known", "/v1/chat/completions"),
        ("/v1beta/models/m:", "/v1beta/models"),
        ("/v1beta/models/m:x\r\ny", "/v1beta/models"),
        ("/v1beta/files/a/../b", "/v1beta/models"),
        ("/zzzzzzzzzzzzzzzzzzzzzzzzzzzz", "/v1/chat/completions"),
    ],
)
def test_an_unknown_path_names_the_likely_one(path: str, likely: str) -> None:
    with pytest.raises(NotFound) as missing:
        led(f"POST {path}")
    assert missing.value.message == f"There is nothing at {path}. Did you mean {likely}?"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", ("POST",)),
        ("POST", "/hf/v1/models", ("GET",)),
        ("DELETE", "/vertex-express/v1beta/models/m", ("GET",)),
        ("GET", "/v1beta/models/m:generateContent", ("POST",)),
        ("PATCH", "/gemini/v1/tunedModels/t:countTokens", ("POST",)),
        ("DELETE", "/v1beta/models/..", ("GET",)),
        ("DELETE", "/v1beta/models/a%2fb", ("GET",)),
        ("BREW", "/v1beta/models/m", ("GET",)),
        ("OPTIONS", "/v1/chat/completions", ("POST",)),
    ],
)
def test_a_wrong_method_names_the_right_ones(method: str, path: str, allowed: tuple[str, ...]) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        led(f"{method} {path}")
    assert refused.value.allowed == allowed
    assert refused.value.message == f"{path} takes {allowed[0]}, not {method}."


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("DELETE /v1beta/models/m", Resource("models")),
        ("PATCH /gemini/v1/models/m-2.5", Resource("models")),
        ("POST /v1alpha/models", Resource("models")),
        ("GET /v1beta/models/m:notYetKnown", Resource("models")),
        ("PUT /v1beta/dynamic/d:notYetKnown", Resource("dynamic")),
        ("GET /v1beta/tunedModels/t:notYetKnown", Resource("tunedModels", "tunedModels/t")),
        ("GET /v1beta/not-yet-known", Resource("not-yet-known", lists=True)),
    ],
)
def test_what_a_native_path_does_not_take_yet_is_googles_to_judge(request_: str, found: Resource) -> None:
    assert led(request_) == Match(NATIVE, RESOURCE, "", found)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "openai"),
        ("/nothing", "openai"),
        ("/v1beta/nothing", "native"),
        ("/v1beta", "native"),
        ("/hf/v1", "openai"),
    ],
)
def test_an_unknown_path_has_an_error_format_too(path: str, name: str) -> None:
    assert dialect_of(split(path), {}, b"").name == name


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_path_that_is_named_to_a_caller_exists(path: str) -> None:
    method = "GET" if path.endswith("models") else "POST"
    headers = GOOGLE if ":" in path else {}
    assert led(f"{method} {path}", headers).operation in Operation


def test_every_native_method_is_named_as_google_names_it() -> None:
    assert set(METHODS) == {"generateContent", "streamGenerateContent", "countTokens"}
    assert all(prefix.startswith("/") and not prefix.endswith("/") for prefix in PREFIXES)


def test_a_very_long_path_is_not_repeated_whole() -> None:
    with pytest.raises(NotFound) as missing:
        led("GET /" + "x" * 100_000)
    assert len(missing.value.message) < 400
