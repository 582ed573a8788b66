"""One call as several: all answers in order or one failure, and the story of all of them."""

import asyncio

import pytest
from msgspec.structs import replace

from gemini_balance.core.attempts import RetryPolicy
from gemini_balance.core.call import Operation
from gemini_balance.core.outcome import Cause, Usage
from gemini_balance.core.pool import Demand
from gemini_balance.gateway.failures import CallFailed
from gemini_balance.gateway.fan import AT_ONCE, fan
from gemini_balance.gateway.story import Story
from tests.unit.gateway.stage import MODEL, UNARY, Line, Scripted, ScriptedReply, Stage, refuses

pytestmark = pytest.mark.anyio
BROKEN = refuses(500, "An internal error has occurred.")
WRONG = refuses(400, "Invalid JSON payload received.")
SILENT = Line([None], content_type="application/json")


def says(text: str) -> Line:
    usage = '"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1,"totalTokenCount":4}'
    body = f'{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}]}},"finishReason":"STOP"}}],{usage}}}'
    return Line([body.encode()], content_type="application/json")


def routes(count: int) -> list[object]:
    return [replace(UNARY, body=b"%d" % n, demand=Demand(MODEL)) for n in range(count)]


async def fanned(stage: Stage, count: int) -> list[bytes]:
    return await fan(stage.gateway, routes(count), stage.story)  # type: ignore[arg-type]  # Routes, all of them


async def test_answers_come_in_the_order_of_the_routes() -> None:
    stage = Stage(*map(says, "abc"))
    answers = await fanned(stage, 3)
    assert [text in answer for text, answer in zip((b'"a"', b'"b"', b'"c"'), answers, strict=True)] == [True] * 3
    assert (stage.story.asked, stage.causes, stage.at_rest) == (3, ["answered"] * 3, True)
    assert stage.story.usage == Usage(prompt=9, output=3, total=12)


async def test_a_part_that_fails_is_asked_again_alone() -> None:
    stage = Stage(says("a"), BROKEN, says("b"), says("c"))
    answers = await fanned(stage, 3)
    assert b'"b"' in answers[1]
    assert (stage.story.asked, sorted(stage.causes)) == (4, ["answered"] * 3 + ["upstream_broken"])


async def test_one_failure_for_good_ends_the_others_and_is_what_is_told() -> None:
    stage = Stage(SILENT, WRONG, SILENT)
    with pytest.raises(CallFailed) as failed:
        await fanned(stage, 3)
    assert failed.value.outcome.cause is Cause.BAD_REQUEST
    assert (sorted(stage.causes), stage.at_rest) == (["bad_request", "client_gone", "client_gone"], True)


async def test_a_client_that_leaves_ends_all_and_the_story_is_kept() -> None:
    stage = Stage(SILENT, SILENT)
    task = asyncio.create_task(fanned(stage, 2))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (stage.causes, stage.at_rest) == (["client_gone"] * 2, True)


async def test_a_call_of_many_parts_leaves_keys_for_others() -> None:
    most = 0

    class Counting(Scripted):
        async def send(self, request: object) -> ScriptedReply:
            nonlocal most
            reply = await super().send(request)  # type: ignore[arg-type]  # nothing looks inside
            most = max(most, self.open)
            await asyncio.sleep(0)
            return reply

    stage = Stage(policy=RetryPolicy(0))
    stage.gateway.transport = stage.transport = Counting(iter([says("a")] * 30))
    assert len(await fanned(stage, 30)) == 30
    assert 1 < most <= AT_ONCE


async def test_embeddings_cost_their_prompt() -> None:
    stage = Stage(Line([b'{"embeddings":[],"usageMetadata":{"promptTokenCount":7}}'], content_type="application/json"))
    route = replace(UNARY, operation=Operation.METHOD, path=f"v1beta/models/{MODEL}:batchEmbedContents")
    await fan(stage.gateway, [route], stage.story)
    assert stage.story.usage == Usage(prompt=7, total=7)


def test_a_story_joins_the_parts_of_a_call() -> None:
    first, second, whole = Story(waited=1.0, asked=2), Story(waited=3.0, asked=1), Story("m")
    whole.join([first, second])
    assert (whole.asked, whole.waited, whole.model) == (3, 3.0, "m")
