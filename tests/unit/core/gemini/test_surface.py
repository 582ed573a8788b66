"""What a path of Google's is."""

import pytest

from gemini_balance.core.gemini.surface import (
    Door,
    ModelMethod,
    Resource,
    is_impossible,
    model_method,
    of_models,
    resource,
)


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        ("models/gemini-x:generateContent", ModelMethod("gemini-x", "generateContent")),
        ("models/m:notYetKnown", ModelMethod("m", "notYetKnown")),
        ("tunedModels/t:generateContent", ModelMethod("tunedModels/t", "generateContent")),
        ("dynamic/d:streamGenerateContent", ModelMethod("dynamic/d", "streamGenerateContent")),
        ("tunedModels/t:transferOwnership", None),
        ("models/m", None),
        ("models/m:", None),
        ("models/:x", None),
        ("models/m:x y", None),
        ("models/m:x\r\nHost: y", None),
        ("files/a:download", None),
        ("", None),
    ],
)
def test_methods_are_asked_of_models(tail: str, found: ModelMethod | None) -> None:
    assert model_method(tail) == found


@pytest.mark.parametrize(("method", "names"), [("embedContent", False), ("batchGenerateContent", True), ("new", True)])
def test_a_method_that_is_not_known_to_answer_only_may_name_something(method: str, names: bool) -> None:
    assert ModelMethod("m", method).names is names


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        ("GET files", Resource("files", lists=True)),
        ("POST files", Resource("files", creates=True)),
        ("POST files:register", Resource("files", creates=True)),
        ("GET files/a", Resource("files", "files/a")),
        ("DELETE files/a", Resource("files", "files/a", removes=True)),
        ("GET files/a:download", Resource("files", "files/a")),
        ("PATCH cachedContents/c", Resource("cachedContents", "cachedContents/c")),
        ("POST batches/b:cancel", Resource("batches", "batches/b")),
        ("POST fileSearchStores/s:importFile", Resource("fileSearchStores", "fileSearchStores/s")),
        ("GET fileSearchStores/s/documents", Resource("fileSearchStores", "fileSearchStores/s")),
        ("DELETE fileSearchStores/s/documents/d", Resource("fileSearchStores", "fileSearchStores/s")),
        ("GET fileSearchStores/s/upload/operations/o", Resource("fileSearchStores", "fileSearchStores/s")),
        ("POST tunedModels/t:transferOwnership", Resource("tunedModels", "tunedModels/t")),
        ("GET models/m/operations/o", Resource("models/m/operations", "models/m/operations/o")),
        ("GET models/m/operations", Resource("models/m/operations", lists=True)),
        ("POST interactions/i/cancel", Resource("interactions", "interactions/i")),
        ("POST webhooks/w:ping", Resource("webhooks", "webhooks/w")),
        ("PUT environments/e/files/a/b.txt", Resource("environments", "environments/e")),
        ("GET files//a", None),
        ("GET files/../models", None),
        ("GET ", None),
        ("GET models/m", None),
        ("GET a b", None),
    ],
)
def test_resources_are_known_by_their_outermost_name(request_: str, found: Resource | None) -> None:
    method, tail = request_.split(" ", 1)
    assert resource(method, tail) == found


@pytest.mark.parametrize(
    ("tail", "found"),
    [
        ("models", Resource("models")),
        ("models/gemini-2.5-flash", Resource("models")),
        ("models/m:notYetKnown", Resource("models")),
        ("dynamic/d", Resource("dynamic")),
        ("tunedModels/t", None),  # somebody's
        ("models/m/operations/o", None),
        ("models/..", None),
        ("models/m:", None),
        ("models/a%2f..%2ffiles", None),
        ("models/m\n", None),
    ],
)
def test_models_are_everybodys(tail: str, found: Resource | None) -> None:
    assert of_models(tail) == found


@pytest.mark.parametrize(
    ("name", "impossible"),
    [
        ("fileSearchStores/_invalid_name", True),
        ("corpora/a_b", True),
        ("fileSearchStores/a-b", False),
        ("fileSearchStores/A", False),  # Google might read it as `a`, which may be somebody's
        ("fileSearchStores/a_b ", False),
        ("fileSearchStores/a_b%2f", False),
        ("fileSearchStores/ä_b", False),
        ("fileSearchStores/_a/documents/d", False),
        ("interactions/v1_a", False),
        ("notYetKnown/_a", False),
        ("", False),
    ],
)
def test_some_names_google_never_gives(name: str, impossible: bool) -> None:
    assert is_impossible(name) is impossible


def test_only_a_plain_door_lists() -> None:
    assert resource("GET", "files", Door.UPLOAD) == Resource("files", door=Door.UPLOAD)


@pytest.mark.parametrize(
    ("found", "addressed"),
    [
        (Resource("files"), True),
        (Resource("models/m/operations", "models/m/operations/o"), True),
        (Resource("generatedFiles"), True),
        (Resource("fileSearchStores", door=Door.UPLOAD), True),
        (Resource("cachedContents"), False),
        (Resource("interactions"), False),
    ],
)
def test_some_replies_tell_addresses(found: Resource, addressed: bool) -> None:
    assert found.addressed is addressed
