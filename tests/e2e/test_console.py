"""The console over sockets: who gets in, what other sites' pages can't do, and what the browser is told."""

from __future__ import annotations

import base64
import gzip
import http.client
import re
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from gemini_balance.console.guard import HEADERS
from gemini_balance.console.nav import PAGES
from tests.e2e.console.visiting import Visitor
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import Answer, GatewayProcess

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PATHS = [f"/console{page.path}" for page in PAGES if "{" not in page.path]
LIVE = [f"/console/live{page.path}" for page in PAGES if page.live]
ACTIONS = [f"/console{page.path}/{name}" for page in PAGES for name in page.actions]
OWN = "a sentence of my own"
FOREIGN = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}]


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def session(served: GatewayProcess) -> str:
    """The cookie of a session, after the first password was changed."""
    first = _cookie(_sign_in(served, _first_password(served)))
    changed = _post(
        served, "/console/password", {"old": _first_password(served), "new": OWN, "again": OWN}, Cookie=first
    )
    assert (changed.status, changed.headers["location"]) == (303, "/console")
    return _cookie(changed)


def _first_password(served: GatewayProcess) -> str:
    return (served.log.parent / "data" / "initial-password").read_text().strip()


def _post(served: GatewayProcess, path: str, fields: dict[str, str], **headers: str) -> Answer:
    return served.request("POST", path, urlencode(fields).encode(), FORM | headers)


def _sign_in(served: GatewayProcess, password: str, to: str = "", **headers: str) -> Answer:
    return _post(served, "/console/sign-in", {"password": password, "to": to}, **headers)


def _cookie(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def test_the_first_password_has_to_be_changed_before_anything_else(served: GatewayProcess) -> None:
    first = {"Cookie": _cookie(_sign_in(served, _first_password(served)))}
    for path in PATHS:
        led = served.request("GET", path, headers=first)
        assert (led.status, led.headers["location"]) == (303, "/console/password")
    again = _post(served, "/console/password", {"old": "x", "new": OWN, "again": "other"}, **first)
    assert again.status == 422
    short = _post(served, "/console/password", {"old": "x", "new": "short", "again": "short"}, **first)
    assert short.status == 422


@pytest.mark.parametrize("path", [*PATHS, *LIVE, "/console/password", "/console/nowhere"])
def test_without_a_session_every_address_leads_to_the_door(served: GatewayProcess, path: str) -> None:
    for cookie in ("", "gemini-balance=forged", "__Host-gemini-balance=AAAA.BBBB"):
        led = served.request("GET", path, headers={"Cookie": cookie})
        assert (led.status, led.headers["location"].partition("?")[0], led.body) == (303, "/console/sign-in", b"")


@pytest.mark.parametrize("path", [*ACTIONS, "/console/password"])
def test_without_a_session_no_action_is_done(served: GatewayProcess, path: str) -> None:
    assert _post(served, path, {}).headers["location"] == "/console/sign-in"


def test_with_a_session_every_page_is_shown(served: GatewayProcess, session: str) -> None:
    served.chat("so that there is a call to look at", model="nonsense")
    visitor = Visitor(served, session)
    for page in PAGES:
        shown = visitor.get(visitor.address(page))
        assert (shown.status, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
def test_nothing_that_another_site_s_page_sends_is_done(
    served: GatewayProcess, session: str, foreign: dict[str, str]
) -> None:
    plain = {"Content-Type": FORM["Content-Type"], "Cookie": session}
    for path in ("/console/sign-in", "/console/sign-out", "/console/password", "/console/look", *ACTIONS):
        assert served.request("POST", path, b"", plain | foreign).status == 403
    assert served.request("GET", "/console", headers={"Cookie": session}).status == 200


@pytest.mark.parametrize("own", [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}], ids=str)
def test_our_own_pages_and_programs_may(served: GatewayProcess, own: dict[str, str]) -> None:
    headers = {"Content-Type": FORM["Content-Type"]} | own
    assert served.request("POST", "/console/look", b"theme=dark", headers).status == 303
    here = {"Origin": served.url, "Content-Type": FORM["Content-Type"]}
    assert served.request("POST", "/console/look", b"theme=dark", here).status == 303


def test_over_tls_the_cookie_is_bound_to_the_host_and_never_sent_without_tls(
    served: GatewayProcess, session: str
) -> None:
    secure = _sign_in(served, OWN, Origin="https://console.example").headers["set-cookie"]
    assert secure.startswith("__Host-gemini-balance=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(secure.split("; "))
    plain = _sign_in(served, OWN, Origin=served.url).headers["set-cookie"]
    assert plain.startswith("gemini-balance=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(plain.split("; "))
    assert "Secure" not in plain


@pytest.mark.parametrize(
    "to",
    ["https://elsewhere.example", "//elsewhere.example", "/hf/v1", "/console\\..", "/console/\r\nx: y", "/consolex"],
)
def test_the_door_leads_nowhere_but_into_the_console(served: GatewayProcess, session: str, to: str) -> None:
    assert _sign_in(served, OWN, to).headers["location"] == "/console"
    assert _sign_in(served, OWN, "/console/system?a=1").headers["location"] == "/console/system?a=1"


def test_whoever_follows_another_site_s_link_is_asked_to_come_by_itself(served: GatewayProcess) -> None:
    """Browsers send no strict cookie along with such a link; the second time they do."""
    come = served.request("GET", "/console/system?a=1", headers={"Sec-Fetch-Site": "cross-site"})
    assert (come.status, come.headers["refresh"]) == (200, "0; url=/console/system?a=1")


def test_htmx_is_told_where_the_door_is(served: GatewayProcess) -> None:
    told = served.request("GET", "/console", headers={"HX-Request": "true"})
    assert (told.status, told.headers["hx-redirect"]) == (401, "/console/sign-in")


@pytest.mark.parametrize("path", ["/console", "/console/sign-in", "/console/static/x/nothing.js", "/console/look"])
def test_every_answer_has_the_policy(served: GatewayProcess, path: str) -> None:
    told = served.request("GET", path).headers
    assert {name: told[name] for name in HEADERS} == HEADERS


def test_files_are_fetched_once_and_packed(served: GatewayProcess) -> None:
    page = served.request("GET", "/console/sign-in").body.decode()
    address = re.findall(r"/console/static/[0-9a-f]+/console\.css", page)[0]
    plain = served.request("GET", address)
    packed = served.request("GET", address, headers={"Accept-Encoding": "gzip"})
    assert plain.headers["cache-control"] == packed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(packed.body) == plain.body
    other = served.request("GET", re.sub("/static/[0-9a-f]+/", "/static/0123456789ab/", address))
    assert (other.body, other.headers["cache-control"]) == (plain.body, "no-store")
    assert served.request("GET", "/console/static/x/../../door.py").status == 404


def test_the_language_is_the_browser_s_unless_another_one_was_chosen(served: GatewayProcess) -> None:
    def language(**headers: str) -> str:
        page = served.request("GET", "/console/sign-in", headers=headers).body.decode()
        return page.partition('<html lang="')[2].partition('"')[0]

    assert language(**{"Accept-Language": "zh-CN,zh;q=0.9"}) == "zh-CN"
    assert language(**{"Accept-Language": "zh-CN", "Cookie": "gemini-balance-language=en"}) == "en"
    chosen = _post(served, "/console/look", {"language": "zh", "to": "/console/sign-in"})
    assert (chosen.headers["location"], _cookie(chosen)) == ("/console/sign-in", "gemini-balance-language=zh")


SAID = ("[", '{"key": 1}', '{"key": "no.such"}', '{"key": "unknown.title", "tone": "none"}', '{"key": "overview.keys"}')


@pytest.mark.parametrize("said", SAID)
def test_what_was_told_before_is_not_believed_where_it_is_none_of_ours(
    served: GatewayProcess, session: str, said: str
) -> None:
    for value in (base64.urlsafe_b64encode(said.encode()).decode(), said.replace(" ", "")):
        shown = served.request("GET", "/console", headers={"Cookie": f"{session}; gemini-balance-said={value}"})
        assert (shown.status, b"data-toast" in shown.body.partition(b"<template")[0]) == (200, False)


def test_a_form_has_its_limit(served: GatewayProcess) -> None:
    large = served.request("POST", "/console/look", b"x" * 8_000_001, FORM)
    assert (large.status, b"8 MB" in large.body) == (413, True)


def test_the_root_leads_browsers_to_the_console_and_tells_others_the_addresses(served: GatewayProcess) -> None:
    led = served.request("GET", "/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (led.status, led.headers["location"], led.headers["vary"]) == (303, "/console", "Accept")
    assert served.request("GET", "/", headers={"Accept": "*/*"}).json["console"] == f"{served.url}/console"
    assert served.request("HEAD", "/", headers={"Accept": "text/html"}).status == 200


def test_a_page_that_is_looked_at_gets_what_changed_and_does_not_hold_up_the_end(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with gateway(running_google, tmp_path_factory.mktemp("ending"), AUTH_TOKEN=OWN) as served, ExitStack() as stack:
        cookie = _cookie(_sign_in(served, OWN))
        watching = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        stack.callback(watching.close)
        watching.request("GET", "/console/live", headers={"Cookie": cookie, "HX-Request": "true"})
        stream = watching.getresponse()
        assert stream.getheader("content-type") == "text/event-stream; charset=utf-8"
        first = stream.readline()
        assert first.startswith(b"data: ")
        began = time.monotonic()
        served.stop()
        assert time.monotonic() - began < 8


def test_guessing_gets_slower_and_the_door_says_for_how_long(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with gateway(running_google, tmp_path_factory.mktemp("guessing"), AUTH_TOKEN=OWN) as served:
        answers = [_sign_in(served, "wrong") for _ in range(30)]
        refused = next(answer for answer in answers if answer.status == 429)
        assert answers[0].status == 401
        assert int(refused.headers["retry-after"]) >= 1
        assert b"Too many wrong passwords" in refused.body
