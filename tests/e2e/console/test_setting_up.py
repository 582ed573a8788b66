"""Tokens, models and options over sockets: what is refused changes nothing, and no secret is ever in a page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.e2e.processes import gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gemini_balance import simulator
    from tests.e2e.processes import Answer, GatewayProcess

PASSWORD = "a sentence of my own"
SECRET = "hush-nobody-shall-read-this"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
PAGES = ("tokens", "tokens/new", "models", "options", "options/history", "options/import")
FOREIGN = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture(scope="module")
def served(
    running_google: simulator.RunningSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[GatewayProcess]:
    settings = {"AUTH_TOKEN": PASSWORD, "ALERT_SECRET": SECRET, "CUSTOM_HEADERS": json.dumps({"x-own": SECRET})}
    with gateway(running_google, tmp_path_factory.mktemp("setting-up"), **settings) as running:
        yield running


@pytest.fixture(scope="module")
def cookie(served: GatewayProcess) -> str:
    body = urlencode({"password": PASSWORD}).encode()
    return served.request("POST", "/console/sign-in", body, FORM).headers["set-cookie"].partition(";")[0]


def _get(served: GatewayProcess, cookie: str, path: str) -> Answer:
    return served.request("GET", f"/console/{path}", headers={"Cookie": cookie})


def _post(served: GatewayProcess, cookie: str, path: str, fields: Any = (), **headers: str) -> Answer:
    body = urlencode(fields, doseq=True).encode()
    return served.request("POST", f"/console/{path}", body, FORM | {"Cookie": cookie} | headers)


def _standing(served: GatewayProcess, name: str) -> Any:
    return served.request("GET", f"/api/admin/v1/options/{name}", headers={"Authorization": f"Bearer {PASSWORD}"}).json


def _ids(served: GatewayProcess, cookie: str) -> list[str]:
    return sorted(set(re.findall("token-[0-9a-f]{16}", _get(served, cookie, "tokens").body.decode())))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_a_secret(served: GatewayProcess, cookie: str, path: str) -> None:
    shown = _get(served, cookie, path)
    assert (shown.status, SECRET.encode() in shown.body) == (200, False)


def test_options_are_saved_all_or_none_and_what_was_typed_comes_back(served: GatewayProcess, cookie: str) -> None:
    typed = {"max_retries": "9", "was.max_retries": "3", "patience": "1e9", "was.patience": "20"}
    refused = _post(served, cookie, "options/save", typed)
    assert (refused.status, b'value="1e9"' in refused.body, b'value="9"' in refused.body) == (422, True, True)
    assert _standing(served, "max_retries")["value"] == 3
    saved = _post(served, cookie, "options/save", {**typed, "patience": "30"})
    assert (saved.status, saved.headers["location"]) == (303, "/console/options")
    assert [_standing(served, name)["value"] for name in ("max_retries", "patience")] == [9, 30.0]
    back = _post(served, cookie, "options/save", {"was.max_retries": "9", "reset": ["max_retries", "patience"]})
    assert back.status == 303
    assert [_standing(served, name)["value"] for name in ("max_retries", "patience")] == [3, 30.0]


def test_a_preview_changes_nothing_and_a_typed_secret_is_not_in_it(served: GatewayProcess, cookie: str) -> None:
    told = _post(served, cookie, "options/preview", {"alert_secret": f"new-{SECRET}", "was.alert_secret": ""})
    assert (told.status, b"Signature of alerts" in told.body, SECRET.encode() in told.body) == (200, True, False)
    refused = _post(
        served,
        cookie,
        "options/save",
        {"alert_secret": f"new-{SECRET}", "was.alert_secret": "", "time_out": "x", "was.time_out": "300"},
    )
    assert (refused.status, SECRET.encode() in refused.body) == (422, False)
    assert _standing(served, "alert_secret")["source"] == "environment"


@pytest.mark.parametrize(
    "document", ["", "[]", '{"version": 2, "options": {}}', '{"version": 1, "options": {"patience": -1}}']
)
def test_an_import_that_can_t_be_read_is_refused_beside_its_field(
    served: GatewayProcess, cookie: str, document: str
) -> None:
    for action in ("preview", "apply"):
        refused = _post(served, cookie, f"options/import/{action}", {"document": document})
        assert (refused.status, b'id="document-error"' in refused.body) == (422, True)


def test_a_token_is_told_once_and_its_page_is_gone_once_it_is_revoked(served: GatewayProcess, cookie: str) -> None:
    before = _ids(served, cookie)
    made = _post(served, cookie, "tokens/new/make", {"name": "scratch", "secret": f"sk-{SECRET}"})
    assert (made.status, made.body.count(f"sk-{SECRET}".encode()), made.headers["cache-control"]) == (
        201,
        1,
        "no-store",
    )
    taken = _post(served, cookie, "tokens/new/make", {"name": "again", "secret": f"sk-{SECRET}"})
    assert (taken.status, SECRET.encode() in taken.body) == (422, False)
    (new,) = (one for one in _ids(served, cookie) if one not in before)
    page = _get(served, cookie, f"tokens/{new}")
    assert (page.status, SECRET.encode() in page.body) == (200, False)
    assert _post(served, cookie, f"tokens/{new}/revoke").headers["location"] == "/console/tokens"
    assert _get(served, cookie, f"tokens/{new}").status == 404
    assert _post(served, cookie, f"tokens/{new}/enable").status == 404


@pytest.mark.parametrize("action", ["options/save", "tokens/new/make", "tokens/token-0123456789abcdef/revoke"])
def test_nothing_is_done_without_a_session_or_for_another_site(
    served: GatewayProcess, cookie: str, action: str
) -> None:
    assert _post(served, "", action).headers["location"] == "/console/sign-in"
    assert _post(served, cookie, action, **FOREIGN).status == 403


def test_a_model_that_no_key_lists_has_no_page(served: GatewayProcess, cookie: str) -> None:
    assert _get(served, cookie, "models/nonsense").status == 404
    assert _get(served, cookie, "models/gemini-2.5-flash").status == 200
