"""Continuation tokens are remembered with their key before they leave."""

import pytest
from msgspec.structs import replace

from gemini_balance.core.gemini.references import continuation
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.continuing import Continuing
from gemini_balance.gateway.owners import Owners
from gemini_balance.storage.memory import MemoryResources
from tests.unit.gateway.stage import STREAM, UNARY, Line, Stage, event, says

pytestmark = pytest.mark.anyio

CANDIDATE = {"content": {"role": "model", "parts": [{"text": "And"}]}, "finishReason": "CONTINUATION"}
GOES_ON = event(candidates=[CANDIDATE | {"continuationToken": "tok-1"}])


@pytest.mark.parametrize("cut", range(1, len(GOES_ON), 7))
async def test_a_token_in_a_stream_is_known_wherever_the_stream_is_cut(cut: int) -> None:
    stage = Stage(Line([says("Hello"), GOES_ON[:cut], GOES_ON[cut:]]))
    owners = await played(stage, stream=True)
    assert stage.page.seen == says("Hello") + GOES_ON
    assert await owners.key_of("me", continuation("tok-1")) == KeyId(stage.asked)


async def test_a_token_in_a_whole_answer_is_known() -> None:
    stage = Stage(Line([GOES_ON.removeprefix(b"data: ").strip()], 200, "application/json"))
    owners = await played(stage, stream=False)
    assert await owners.key_of("me", continuation("tok-1")) == KeyId(stage.asked)
    assert await owners.key_of("they", continuation("tok-1")) is None


async def played(stage: Stage, *, stream: bool) -> Owners:
    owners = Owners(MemoryResources(), stage.clock)
    reply = Continuing(stage.page, owners, "me", stage.story)
    await stage.gateway.execute(replace(STREAM if stream else UNARY, verbatim=True), reply, stage.story)
    assert stage.page.finished
    return owners
