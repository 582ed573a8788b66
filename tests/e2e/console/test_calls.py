"""Calls, a call and errors over sockets: what is asked for in a URL, and what can't be."""

from __future__ import annotations

import http.client
import re
import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.e2e.console.visiting import signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import Answer, GatewayProcess

PASSWORD = "a sentence of my own"
ROW = re.compile(r'<tr id="call-([0-9a-f]{22})"')


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("calls"), AUTH_TOKEN=PASSWORD) as running:
        yield running


@pytest.fixture(scope="module")
def ids(served: GatewayProcess) -> dict[str, str]:
    """Request ids of calls that are in the journal."""
    sent = {
        "whole": served.chat("Hello"),
        "rescued": served.chat("[[sim: fault=rpd times=1]] once"),
        "failed": served.chat("[[sim: fault=internal]] always"),
        "refused": served.chat("Hello", model="no-such-model"),
        "stranger": served.request("POST", "/v1/chat/completions", b"{}"),
    }
    time.sleep(1.6)  # the journal is written once a second
    return {name: answer.headers["x-request-id"] for name, answer in sent.items()}


@pytest.fixture(scope="module")
def session(served: GatewayProcess, ids: dict[str, str]) -> dict[str, str]:
    assert ids
    return {"Cookie": signed_in(served, PASSWORD).cookie, "Accept-Language": "en"}


def _shown(served: GatewayProcess, session: dict[str, str], path: str) -> Answer:
    return served.request("GET", path, headers=session)


def test_a_call_leads_to_the_playground_and_what_can_t_be_made_there_does_not(
    served: GatewayProcess, session: dict[str, str], ids: dict[str, str]
) -> None:
    page = _shown(served, session, f"/console/calls/{ids['failed']}").body.decode()
    assert f'href="/console/playground?call={ids["failed"]}"' in page
    again = _shown(served, session, f"/console/playground?call={ids['failed']}")
    assert (again.status, "What it had sent is not kept" in again.body.decode()) == (200, True)
    stranger = _shown(served, session, f"/console/calls/{ids['stranger']}").body.decode()
    assert "playground?call=" not in stranger
    for call in (ids["stranger"], "nowhere", "%22%3E%3Cimg%3E"):
        assert _shown(served, session, f"/console/playground?call={call}").status == 404


@pytest.mark.parametrize(
    ("query", "title"),
    [("", "5 calls"), ("?range=1h&status=4xx", "2 calls"), ("?outcome=rescued", "1 of 5 calls")],
    ids=["all", "some", "what sums do not know"],
)
def test_above_the_list_stands_how_many_there_were(
    served: GatewayProcess, session: dict[str, str], query: str, title: str
) -> None:
    page = _shown(served, session, f"/console/calls{query}").body.decode()
    assert f"<h2>{title}</h2>" in page
    assert "data-chart=" in page


ASKED = {
    "": ["stranger", "refused", "failed", "rescued", "whole"],
    "?outcome=not_whole": ["stranger", "refused", "failed", "rescued"],
    "?outcome=rescued": ["rescued"],
    "?outcome=refused": ["stranger", "refused"],
    "?status=502": ["failed"],
    "?status=4xx": ["stranger", "refused"],
    "?model=no-such-model": ["refused"],
    "?class=invalid_api_key&range=1h": ["stranger"],
    "?q=token&status=401": ["stranger"],
    "?token=nobody": [],
    "?key=nobody": [],
    "?range=7d&since=2020-01-01T00:00": ["stranger", "refused", "failed", "rescued", "whole"],
    "?until=2020-01-01T00:00": [],
}


def test_a_url_says_which_calls_are_shown_the_newest_first(
    served: GatewayProcess, session: dict[str, str], ids: dict[str, str]
) -> None:
    names = {one: name for name, one in ids.items()}
    seen = {query: ROW.findall(_shown(served, session, f"/console/calls{query}").body.decode()) for query in ASKED}
    assert {query: [names[one] for one in found] for query, found in seen.items()} == ASKED
    by_id = _shown(served, session, f"/console/calls?q={ids['failed'][:18]}").body.decode()
    assert ROW.findall(by_id) == [ids["failed"]]


def test_a_page_goes_on_where_the_one_before_ended(
    served: GatewayProcess, session: dict[str, str], ids: dict[str, str]
) -> None:
    number = int(ids["failed"][:11], 16) << 21
    older = _shown(served, session, f"/console/calls?before={number}").body.decode()
    assert ROW.findall(older) == [ids["rescued"], ids["whole"]]
    assert ("hx-sse:connect" in older, ">Newest</a>" in older) == (False, True)


NONSENSE = "\0\ud800'\"><b>%_\\🙂"
NUMBERS = ("-1", "0", "9" * 18, "9" * 19, "9" * 40, quote("٣"), "1e9", "")


def test_nothing_that_stands_in_a_url_breaks_a_page(served: GatewayProcess, session: dict[str, str]) -> None:
    odd = quote(NONSENSE, safe="", errors="surrogatepass")
    names = ("q", "outcome", "token", "model", "key", "status", "class", "range", "since", "until", "before")
    paths = [f"/console/calls?{name}={odd}" for name in names]
    paths += [f"/console/calls?before={number}&status={number}" for number in NUMBERS]
    paths += [f"/console/errors?range={odd}", f"/console/calls?q={'x' * 6000}"]
    assert {path: _shown(served, session, path).status for path in paths} == dict.fromkeys(paths, 200)


def test_a_request_id_that_nobody_had_leads_nowhere(served: GatewayProcess, session: dict[str, str]) -> None:
    for request in ("0" * 22, "nonsense", "%00", "..%2f..", "f" * 22):
        assert _shown(served, session, f"/console/calls/{request}").status == 404


def test_a_call_s_page_tells_its_story(served: GatewayProcess, session: dict[str, str], ids: dict[str, str]) -> None:
    told = {name: _shown(served, session, f"/console/calls/{one}").body.decode() for name, one in ids.items()}
    said = {
        "whole": "Answered whole, by the first key.",
        "rescued": "Answered whole, at attempt 2.",
        "failed": "Failed: Google failed",
        "refused": "Refused: No such model",
        "stranger": "Refused: No token, or an unknown one",
    }
    assert {name: sentence for name, sentence in said.items() if sentence in told[name]} == said
    assert "Day quota spent." in told["rescued"]
    assert "curl http://127.0.0.1" in told["whole"]
    assert all(len(re.findall(r'<div class="lane t-', page)) >= 1 for page in told.values())


def test_errors_are_put_together_by_what_they_came_to(served: GatewayProcess, session: dict[str, str]) -> None:
    page = _shown(served, session, "/console/errors?range=1h").body.decode()
    assert set(re.findall(r'<tr id="class-(\w+)"', page)) == {"invalid_api_key", "model_unknown", "upstream_broken"}
    assert "3 calls failed." in page
    assert "60\N{NO-BREAK SPACE}% of the 5 calls in the last hour." in page


def test_what_is_watched_is_what_was_asked_for(
    served: GatewayProcess, session: dict[str, str], ids: dict[str, str]
) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as watching:
        watching.request("GET", "/console/live/calls?outcome=rescued", headers=session)
        stream = watching.getresponse()
        assert stream.getheader("content-type") == "text/event-stream; charset=utf-8"
        lines = b"".join(iter(stream.readline, b"\n")).decode()
    assert ROW.findall(lines) == [ids["rescued"]]
