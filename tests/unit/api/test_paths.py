"""Paths as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.api.paths import meant
from gemini_balance.api.routes import DOORS, EXAMPLES, OPENAI_ONLY

CHAT = "/v1/chat/completions"
ASKED = "models/m:generateContent"


@pytest.mark.parametrize(
    ("path", "right"),
    [
        # doubled
        ("/v1/v1/chat/completions", CHAT),
        ("/hf/v1/v1/chat/completions", "/hf/v1/chat/completions"),
        ("/hf/hf/v1/chat/completions", "/hf/v1/chat/completions"),
        ("/hf/v1/hf/v1/chat/completions", "/hf/v1/chat/completions"),
        ("/openai/v1/openai/v1/models", "/openai/v1/models"),
        ("/v1/chat/completions/chat/completions", CHAT),
        ("/v1/chat/completions/v1/chat/completions", CHAT),
        ("/v1beta/v1beta/models/m:generateContent", f"/v1beta/{ASKED}"),
        ("/v1beta/models/models/m:generateContent", f"/v1beta/{ASKED}"),
        ("/gemini/gemini/v1beta/models/m:generateContent", f"/gemini/v1beta/{ASKED}"),
        ("/v1beta/files/files/a", "/v1beta/files/a"),
        ("//v1//chat//completions", CHAT),
        # missing
        ("/chat/completions", CHAT),
        ("/hf/chat/completions", "/hf/v1/chat/completions"),
        ("/openai/chat/completions", "/openai/v1/chat/completions"),
        ("/models", "/v1/models"),
        ("/hf/models", "/hf/v1/models"),
        ("/gemini/models", "/gemini/v1beta/models"),
        ("/vertex-express/models", "/vertex-express/v1beta/models"),
        ("/vertex-express/v1/models/m:generateContent", f"/vertex-express/v1beta/{ASKED}"),
        ("/vertex-express/v1beta/v1beta/models/m:generateContent", f"/vertex-express/v1beta/{ASKED}"),
        ("/vertex-express/v1beta/chat/completions", "/vertex-express/v1beta/chat/completions"),
        ("/models/m", "/v1/models/m"),
        ("/models/m:generateContent", f"/v1beta/{ASKED}"),
        ("/v1beta/m:generateContent", f"/v1beta/{ASKED}"),
        ("/gemini/models/m:generateContent", f"/gemini/v1beta/{ASKED}"),
        ("/files/a", "/v1beta/files/a"),
        ("/upload/files", "/upload/v1beta/files"),
        # trailing
        ("/v1/chat/completions/", CHAT),
        ("/v1beta/models/", "/v1beta/models"),
        ("/v1beta/models/m:generateContent/", f"/v1beta/{ASKED}"),
        # a base address of another door
        ("/v1beta/openai/chat/completions", "/openai/v1/chat/completions"),
        ("/v1beta/openai/models", "/openai/v1/models"),
        ("/v1beta/chat/completions", CHAT),
        ("/gemini/v1beta/chat/completions", CHAT),
        ("/v1/v1beta/models/m:generateContent", f"/v1beta/{ASKED}"),
        ("/v1beta/v1/models/m:generateContent", f"/v1/{ASKED}"),
        ("/hf/v1/models/m:generateContent", f"/v1/{ASKED}"),
        ("/hf/v1/v1beta/models/m:generateContent", f"/v1beta/{ASKED}"),
        ("/hf/v1beta/models", "/v1beta/models"),
        ("/gemini/v1beta/upload/v1/files", "/gemini/upload/v1/files"),
        ("/v1beta/download/v1beta/files/a:download", "/download/v1beta/files/a:download"),
    ],
)
def test_what_stands_around_an_operation_is_put_right(path: str, right: str) -> None:
    assert meant(path, OPENAI_ONLY) == right


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health/ready",
        "//health/ready",
        "/api/admin/v1/keys",
        "/console",
        "/v1/completions",
        "/v1/chat",
        "/v1/chat/completions/x",
        "/v1/chat/completions/models",
        "/v1/chat/v1/completions/x",
        "/nothing/at/all",
        "/v1beta/nothing",
        "/v1beta/m:generate content",
        "/v1/../health",
    ],
)
def test_what_is_no_operation_stays_as_it_came(path: str) -> None:
    assert meant(path, OPENAI_ONLY) == path


WORDS = ["models", "files", "chat", "completions", "m", "m:generateContent", "a", "health"]
PIECES = st.sampled_from(["hf", "openai", "gemini", "v1", "v1beta", "v1alpha", "upload", "download", *WORDS])
PATHS = st.lists(PIECES | st.just(""), max_size=8).map(lambda pieces: "/" + "/".join(pieces))


@given(PATHS)
def test_what_was_put_right_once_is_right(path: str) -> None:
    right = meant(path, OPENAI_ONLY)
    assert meant(right, OPENAI_ONLY) == right


@given(PATHS)
def test_the_operations_own_words_are_never_changed(path: str) -> None:
    """Only words that stand around an operation go or come, or a word that is there twice."""
    around = {"hf", "openai", "gemini", "v1", "v1beta", "v1alpha", "upload", "download", "models", ""}
    words = [piece for piece in meant(path, OPENAI_ONLY).split("/") if piece not in around]
    assert set(words) == {piece for piece in path.split("/") if piece not in around}


@pytest.mark.parametrize("path", [*EXAMPLES, *(f"{door}/files/a" for door in DOORS), "/v1beta/files", "/v1/files/a"])
def test_a_right_path_is_what_it_was(path: str) -> None:
    assert meant(path, OPENAI_ONLY) == path
