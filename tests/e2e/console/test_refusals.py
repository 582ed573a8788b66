"""Every page and every action of the console refuses whoever has no session, and what another site's page sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.console import paths
from gemini_balance.console.nav import PAGES
from tests.e2e.console.visiting import Visitor, signed_in
from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import GatewayProcess

PASSWORD = "password-of-the-operator"
SHOWN = [f"{paths.HOME}{page.path}" for page in PAGES]
LIVE = [f"{paths.LIVE}{page.path}" for page in PAGES if page.live]
ACTIONS = [f"{paths.HOME}{page.path}/{name}" for page in PAGES for name in page.actions]
NOBODY = ("", "gemini-balance=forged", "__Host-gemini-balance=AAAA.BBBB")
OTHERS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "HX-Request": "true"},
]


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    with gateway(running_google, tmp_path_factory.mktemp("refusals"), AUTH_TOKEN=PASSWORD) as running:
        yield running


@pytest.fixture(scope="module")
def operator(served: GatewayProcess) -> Visitor:
    return signed_in(served, PASSWORD)


@pytest.fixture(autouse=True)
def nothing_changes(served: GatewayProcess, operator: Visitor) -> Iterator[None]:
    """Whatever is refused leaves no trace among the changes, and the session goes on."""

    def changes() -> int:
        told = served.request("GET", "/api/admin/v1/changes?limit=1", headers={"Authorization": f"Bearer {PASSWORD}"})
        return int(told.json["items"][0]["id"])

    before = changes()
    yield
    assert changes() == before
    assert operator.get(paths.HOME).status == 200


@pytest.mark.parametrize("cookie", NOBODY)
def test_nobody_sees_a_page_or_what_changes_on_it(served: GatewayProcess, cookie: str) -> None:
    for path in (*SHOWN, *LIVE):
        led = Visitor(served, cookie).get(path)
        assert (led.status, led.headers["location"].partition("?")[0], led.body) == (303, paths.SIGN_IN, b""), path
        told = Visitor(served, cookie).get(path, **{"HX-Request": "true"})
        assert (told.status, told.headers["hx-redirect"], told.body) == (401, paths.SIGN_IN, b""), path


@pytest.mark.parametrize("cookie", NOBODY)
def test_nobody_does_anything(served: GatewayProcess, cookie: str) -> None:
    for path in ACTIONS:
        led = Visitor(served, cookie).post(path, {})
        assert (led.status, led.headers["location"], led.body) == (303, paths.SIGN_IN, b""), path


@pytest.mark.parametrize("headers", OTHERS, ids=str)
def test_another_site_s_page_does_nothing_in_the_operator_s_name(operator: Visitor, headers: dict[str, str]) -> None:
    for path in (*ACTIONS, paths.SIGN_OUT, paths.PASSWORD, paths.LOOK):
        assert operator.post(path, {}, **headers).status == 403, path


def test_an_origin_that_is_not_ours_is_refused_where_the_browser_tells_no_more(
    served: GatewayProcess, operator: Visitor
) -> None:
    for path in ACTIONS:
        for origin in ("https://elsewhere.example", "null", f"{served.url}0"):
            headers = {"Cookie": operator.cookie, "Origin": origin}
            assert served.request("POST", path, b"", headers).status == 403, path


def test_an_action_is_never_done_by_a_link(operator: Visitor) -> None:
    """A path with a name in it may stand for a page of that name: then it is shown, and nothing more."""
    for path in ACTIONS:
        assert operator.get(path).status in (200, 404, 405), path
