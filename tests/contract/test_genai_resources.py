"""Google's own client against the fake Google: what it uploads, stores and asks for again works over a real socket."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from google import genai
from google.genai import errors, types
from google.genai.interactions import Interaction, InteractionCompletedEvent, InteractionCreatedEvent

from gemini_balance.simulator import Resources, RunningSimulator, SimulatorConfig, serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = "gemini-3.6-flash"
KEY = "AIzaSim-amber-1"
STRANGER = "AIzaSim-basil-1"
PIECE = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def google() -> Iterator[RunningSimulator]:
    # A simulated second passes in a millisecond, so that what takes time is done at the next look.
    config = SimulatorConfig(clock_speed=1000.0, resources=Resources(video_bytes=100_000))
    with serve_in_thread(config) as running:
        yield running


def client_of(google: RunningSimulator, key: str = KEY, version: str | None = None) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=google.url, api_version=version))


@pytest.fixture(params=[None, "v1beta"], ids=["default version", "v1beta"])
def client(google: RunningSimulator, request: pytest.FixtureRequest) -> Iterator[genai.Client]:
    with client_of(google, version=request.param) as opened:
        yield opened


def test_files_are_uploaded_listed_used_and_deleted(client: genai.Client, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_bytes(b"x" * (PIECE + 10))
    file = client.files.upload(file=notes, config={"display_name": "Notes"})
    assert (file.display_name, file.mime_type, file.size_bytes) == ("Notes", "text/plain", PIECE + 10)
    assert file.name is not None
    assert client.files.get(name=file.name) == file
    assert file.name in [one.name for one in client.files.list(config={"page_size": 1})]
    answer = client.models.generate_content(model=MODEL, contents=["Read this", file])
    assert "Read this" in (answer.text or "")
    client.files.delete(name=file.name)
    with pytest.raises(errors.ClientError) as gone:
        client.files.get(name=file.name)
    assert (gone.value.code, gone.value.status) == (403, "PERMISSION_DENIED")


def test_a_file_from_memory_belongs_to_its_project(client: genai.Client, google: RunningSimulator) -> None:
    file = client.files.upload(file=io.BytesIO(b"{}"), config={"mime_type": "application/json"})
    with client_of(google, STRANGER) as stranger, pytest.raises(errors.ClientError) as refused:
        stranger.models.generate_content(model=MODEL, contents=["Read this", file])
    assert refused.value.code == 403


def test_a_type_that_does_not_exist_is_refused(client: genai.Client) -> None:
    with pytest.raises(errors.APIError, match="Unsupported MIME type: bad/mime_type"):
        client.files.upload(file=io.BytesIO(b"test"), config={"mime_type": "bad/mime_type"})


@pytest.mark.anyio
@pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")
async def test_the_async_client_uploads_too(google: RunningSimulator) -> None:
    async with client_of(google).aio as client:
        file = await client.files.upload(file=io.BytesIO(b"abc"), config={"mime_type": "text/plain"})
        assert file.size_bytes == 3


def test_caches_are_made_used_prolonged_and_deleted(client: genai.Client) -> None:
    config = types.CreateCachedContentConfig(contents="word " * 2000, system_instruction="Be brief.", ttl="3600000s")
    cache = client.caches.create(model=MODEL, config=config)
    assert cache.name is not None
    answer = client.models.generate_content(model=MODEL, contents="Hi", config={"cached_content": cache.name})
    assert cache.usage_metadata is not None
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.cached_content_token_count == cache.usage_metadata.total_token_count
    changed = client.caches.update(name=cache.name, config={"ttl": "7200000s"})
    assert changed.expire_time is not None
    assert cache.expire_time is not None
    assert changed.expire_time > cache.expire_time
    assert cache.name in [one.name for one in client.caches.list()]
    client.caches.delete(name=cache.name)
    with pytest.raises(errors.ClientError):
        client.caches.get(name=cache.name)


def test_batches_answer_inline(client: genai.Client) -> None:
    requests: list[types.InlinedRequestDict] = [
        {"contents": [{"role": "user", "parts": [{"text": f"[[sim: text=answer{n}]]"}]}], "metadata": {"key": str(n)}}
        for n in range(2)
    ]
    made = client.batches.create(model=MODEL, src=requests, config={"display_name": "mine"})
    done = finished(client, made)
    assert done.dest is not None
    answers = done.dest.inlined_responses or []
    assert [one.response.text if one.response else None for one in answers] == ["answer0", "answer1"]
    assert made.name in [one.name for one in client.batches.list()]
    assert made.name is not None
    client.batches.delete(name=made.name)


def test_batches_answer_by_file(client: genai.Client) -> None:
    line = b'{"key": "a", "request": {"contents": [{"parts": [{"text": "[[sim: text=one]]"}]}]}}\n'
    file = client.files.upload(file=io.BytesIO(line), config={"mime_type": "application/jsonl"})
    assert file.name is not None
    done = finished(client, client.batches.create(model=MODEL, src=file.name))
    assert done.dest is not None
    assert done.dest.file_name is not None
    sent = client.files.download(file=done.dest.file_name)
    assert sent.startswith(b'{"key":"a","response":')


def finished(client: genai.Client, batch: types.BatchJob) -> types.BatchJob:
    for _ in range(1000):
        assert batch.name is not None
        batch = client.batches.get(name=batch.name)
        if batch.state == types.JobState.JOB_STATE_SUCCEEDED:
            return batch
    raise TimeoutError


def test_a_batch_is_cancelled(google: RunningSimulator) -> None:
    with client_of(google) as client:
        made = client.batches.create(model=MODEL, src=[types.InlinedRequest(contents="Hi")])
        assert made.name is not None
        client.batches.cancel(name=made.name)
        assert client.batches.get(name=made.name).state in (
            types.JobState.JOB_STATE_CANCELLED,
            types.JobState.JOB_STATE_SUCCEEDED,
        )


def test_stores_take_uploads_and_files(client: genai.Client) -> None:
    store = client.file_search_stores.create(config={"display_name": "Mine"})
    assert store.name is not None
    uploaded = client.file_search_stores.upload_to_file_search_store(
        file_search_store_name=store.name,
        file=io.BytesIO(b"Paris"),
        config={"mime_type": "text/plain", "display_name": "Paris"},
    )
    assert uploaded.response is not None
    file = client.files.upload(file=io.BytesIO(b"Oslo"), config={"mime_type": "text/plain"})
    assert file.name is not None
    operation = client.file_search_stores.import_file(file_search_store_name=store.name, file_name=file.name)
    while not operation.done:
        operation = client.operations.get(operation)
    documents = list(client.file_search_stores.documents.list(parent=store.name))
    assert len(documents) == 2
    assert store.name in [one.name for one in client.file_search_stores.list()]
    client.file_search_stores.delete(name=store.name, config={"force": True})


def whole(answered: object) -> Interaction:
    assert isinstance(answered, Interaction)
    return answered


def test_interactions_are_made_gone_on_with_and_deleted(client: genai.Client) -> None:
    first = whole(client.interactions.create(model=MODEL, input="Hi [[sim: text=Hello]]"))
    assert first.output_text == "Hello"
    assert first.id
    second = whole(client.interactions.create(model=MODEL, input="And now?", previous_interaction_id=first.id))
    assert "turn 2] And now?" in (second.output_text or "")
    assert second.usage is not None
    assert second.usage.total_tokens
    assert client.interactions.get(first.id).status == "completed"
    client.interactions.delete(first.id)
    with pytest.raises(Exception, match=r"not found"):
        client.interactions.get(first.id)


def test_interactions_are_streamed(client: genai.Client) -> None:
    stream = client.interactions.create(model=MODEL, input="Hi", stream=True)
    assert not isinstance(stream, Interaction)
    with stream:
        events = list(stream)
    assert isinstance(events[0], InteractionCreatedEvent)
    assert isinstance(events[-1], InteractionCompletedEvent)
    assert events[0].interaction.id == events[-1].interaction.id


def test_interactions_run_in_the_background(google: RunningSimulator) -> None:
    with client_of(google) as client:
        begun = whole(client.interactions.create(model=MODEL, input="Hi", background=True))
        assert begun.id
        while client.interactions.get(begun.id).status == "in_progress":
            pass
        assert client.interactions.get(begun.id).output_text


@pytest.mark.filterwarnings("ignore::google.genai.errors.ExperimentalWarning")
def test_ephemeral_tokens_are_made(google: RunningSimulator) -> None:
    with client_of(google, version="v1alpha") as client:
        token = client.auth_tokens.create(config={"uses": 1})
    assert (token.name or "").startswith("auth_tokens/")
