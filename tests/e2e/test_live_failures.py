"""Live: keys that fail, quotas that end, clients that leave, and a gateway that goes."""

from __future__ import annotations

import asyncio
import json
import signal
from typing import TYPE_CHECKING

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.e2e.live_calls import (
    MINE,
    begun,
    failing,
    heard,
    nothing_runs,
    opened,
    record,
    url,
)
from tests.e2e.processes import KEYS, control, gateway
from tests.unit.simulator.google_live import MODEL, SETUP, closed, said, talk

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("error", ["leaked", "key_invalid", "rpd", "suspended"])
async def test_a_key_that_fails_is_replaced_before_the_conversation_begins(
    google: RunningSimulator, tmp_path: Path, error: str
) -> None:
    with failing(google, tmp_path, error, "amber", "basil") as served:
        answers = [await begun(served) for _ in range(4)]
        asked = [request["key"] for request in heard(served)]
    assert answers == [{"setupComplete": {}}] * 4
    assert sorted(asked)[-4:] == ["AIzaSim-cedar-1"] * 4
    assert len(asked) == len(set(asked)) + 3  # those that failed are not asked again


async def test_strict_asks_one_key_and_hides_what_is_said_about_it(google: RunningSimulator, tmp_path: Path) -> None:
    with failing(google, tmp_path, "leaked", "amber", "basil", "cedar") as served:
        async with opened(url(served, house="/gemini")) as socket:
            code, reason = await closed(socket, SETUP)
        asked = len(heard(served))
    assert (code, reason[:32], asked) == (1011, "No API key of this gateway is us", 1)


async def test_a_quota_that_is_spent_everywhere_is_told(google: RunningSimulator, tmp_path: Path) -> None:
    with failing(google, tmp_path, "rpd", "amber", "basil", "cedar") as served:
        async with opened(url(served, house="/gemini")) as socket:
            strict = await closed(socket, SETUP)
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP)
        asked = [request["key"] for request in heard(served)]
    assert [strict[0], told[0]] == [1011, 1011]
    assert strict[1].startswith("You exceeded your current quota")
    assert told[1].startswith(f"Every key that may use {MODEL} rests for its quota.")
    assert sorted(asked) == sorted(KEYS)


async def test_a_quota_that_ends_in_the_middle_lets_the_key_rest(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, API_KEYS=KEYS[0], PATIENCE="0") as served:
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP, said("[[sim: fault=rpd]]"))
        line = await record(served, socket)
        async with opened(url(served)) as socket:
            again = await closed(socket, SETUP)
        assert len(heard(served)) == 1
    assert (told[0], told[1][:31], again[0]) == (1011, "You exceeded your current quota", 1011)
    assert (line["status"], line["attempts"][0]["status"], line["attempts"][0]["until"] > 0) == (101, 429, True)


async def test_music_is_asked_for_under_its_own_name(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        async with opened(url(served, "BidiGenerateMusic", house="/gemini")) as socket:
            code, _ = await closed(socket, {"setup": {"model": "models/lyria-3.5"}})
        [seen] = heard(served)
    assert (seen["path"].rpartition(".")[2], code) == ("BidiGenerateMusic", 1011)  # the fake Google plays none


async def test_an_idle_conversation_ends(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, LIVE_IDLE="0.5", TIME_OUT="1") as served:
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP)
        async with opened(url(served)) as socket:
            late = await closed(socket)
        await nothing_runs(served)
    assert told == (1001, "Nothing was said for long, so this gateway ended the conversation.")
    assert late == (1001, "No setup was sent in time.")


async def test_a_shutdown_ends_conversations_with_a_reason(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        async with opened(url(served)) as socket:
            await talk(socket, SETUP, said("hi"))
            served.process.send_signal(signal.SIGTERM)
            code, reason = await closed(socket)
        assert served.process.wait(5) == -signal.SIGTERM
        log = served.log.read_text()
    assert (code, reason[:34]) == (1012, "This gateway is shutting down. Con")
    assert '"ending":"shutting_down"' in log


async def test_google_out_of_reach_is_told(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, BASE_URL="http://127.0.0.1:9/v1beta") as served:
        async with opened(url(served)) as socket:
            told = await closed(socket, SETUP)
    assert told == (1011, "Google could not be reached.")


async def test_pages_of_other_origins_are_refused(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, ALLOWED_ORIGINS="https://a.example") as served:
        async with opened(url(served), MINE | {"Origin": "https://a.example"}) as socket:
            assert (await talk(socket, SETUP, said("hi")))[0] == {"setupComplete": {}}
        with pytest.raises(InvalidStatus) as refused:
            await opened(url(served), MINE | {"Origin": "https://b.example"})
    assert refused.value.response.status_code == 403


async def test_who_leaves_before_google_answered_ends_the_wait(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path, API_KEYS=KEYS[0], PATIENCE="100") as served:
        control(google, default_project={"quotas": {"*": {"rpm": 1}}})
        await begun(served)
        async with opened(url(served)) as waiting:
            await waiting.send(json.dumps(SETUP))
            await asyncio.sleep(0.3)
        line = await record(served, waiting)
    assert (line["ending"], line["seconds"] < 5) == ("client_gone", True)


async def test_a_client_that_does_not_read_holds_google_back(google: RunningSimulator, tmp_path: Path) -> None:
    with gateway(google, tmp_path) as served:
        async with connect(url(served), additional_headers=MINE, proxy=None, max_queue=1, ping_interval=None) as socket:
            await socket.send(json.dumps(SETUP))
            await socket.recv()
            before = served.rss_mb
            await socket.send(json.dumps(said("[[sim: pad=80MB events=200 thoughts=0]]")))
            await asyncio.sleep(3)
            grown = served.rss_mb - before
            socket.transport.abort()
        await nothing_runs(served)
    assert grown < 20
