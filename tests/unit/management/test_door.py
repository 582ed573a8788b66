"""What every endpoint has in common: who comes in, how requests are read, and what answers look like."""

from __future__ import annotations

from typing import Any

import pytest

from gemini_balance.core.session_cookie import OVER_HTTP, OVER_TLS, taken_back
from gemini_balance.management.answers import HEADERS
from gemini_balance.management.endpoint import MEGABYTE
from tests.unit.management.stage import AUTH_TOKEN, CLIENT_TOKEN, HOST, Answered, Managed, managed

pytestmark = pytest.mark.anyio
PASSWORD = {"password": AUTH_TOKEN}


async def signed_in(gateway: Managed) -> dict[str, str]:
    """The headers of a browser with a session."""
    answer = await gateway.ask("POST", "/session", PASSWORD, {})
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


async def test_the_operators_token_opens_the_door() -> None:
    answer = await managed().ask("GET", "/session")
    assert (answer.status, answer.json) == (200, {"name": "operator", "must_change": False})
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert not any(name.startswith("access-control-") for name in answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Bearer {CLIENT_TOKEN}"},
        {"authorization": f"Basic {AUTH_TOKEN}"},
        {"authorization": "Bearer"},
        {"authorization": f"Bearer {AUTH_TOKEN}é"},
        {"x-goog-api-key": AUTH_TOKEN},
        {"cookie": f"{OVER_TLS}=forged"},
        {"cookie": f"{OVER_HTTP}=forged"},
        {"cookie": f"{OVER_TLS}="},
    ],
    ids=str,
)
async def test_nobody_else_comes_in(headers: dict[str, str]) -> None:
    answer = await managed().ask("GET", "/session", headers=headers)
    assert answer.error == (401, "not_signed_in", None)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_value_that_is_a_client_token_too_is_no_operators() -> None:
    gateway = managed(ALLOWED_TOKENS=AUTH_TOKEN)
    assert (await gateway.ask("GET", "/session")).status == 401
    assert (await gateway.ask("POST", "/session", PASSWORD, {})).status == 200


async def test_a_session_is_a_cookie_that_no_script_and_no_other_site_sees() -> None:
    answer = await managed().ask("POST", "/session", PASSWORD, {"origin": f"https://{HOST}"})
    assert answer.json == {"name": "operator", "must_change": False}
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert (name, rest.partition("; ")[2]) == (OVER_TLS, "Path=/; Secure; HttpOnly; SameSite=Strict")


async def test_over_plain_http_it_is_one_that_browsers_keep_there() -> None:
    answer = await managed().ask("POST", "/session", PASSWORD, {})
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert (name, rest.partition("; ")[2]) == (OVER_HTTP, "Path=/; HttpOnly; SameSite=Strict")


async def test_a_session_may_look_and_ends_with_signing_out() -> None:
    gateway = managed()
    cookie = await signed_in(gateway)
    assert (await gateway.ask("GET", "/session", headers=cookie)).status == 200
    answer = await gateway.ask("DELETE", "/session", headers=cookie | {"sec-fetch-site": "same-origin"})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["set-cookie"] in taken_back()


async def test_signing_out_everywhere_ends_all_sessions() -> None:
    gateway = managed()
    cookie = await signed_in(gateway)
    answer = await gateway.ask("DELETE", "/session", query="everywhere=true")
    assert answer.status == 204
    assert (await gateway.ask("GET", "/session", headers=cookie)).status == 401


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 204),
        ({"sec-fetch-site": "same-site", "origin": f"http://{HOST}"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"origin": f"http://{HOST}"}, 204),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[half"}, 403),
        ({}, 403),
    ],
    ids=str,
)
async def test_with_a_session_only_our_own_pages_change_anything(told: dict[str, str], status: int) -> None:
    gateway = managed()
    cookie = await signed_in(gateway)
    assert (await gateway.ask("DELETE", "/session", headers=cookie | told)).status == status


async def test_a_page_of_another_site_cannot_sign_its_visitor_in() -> None:
    answer = await managed().ask("POST", "/session", PASSWORD, {"sec-fetch-site": "cross-site"})
    assert answer.error == (403, "permission_denied", None)
    assert "set-cookie" not in answer.headers


async def test_guessing_passwords_slows_down() -> None:
    gateway = managed()
    answers = [await gateway.ask("POST", "/session", {"password": "wrong"}, {}) for _ in range(6)]
    assert [answer.status for answer in answers] == [401, 401, 401, 401, 401, 429]
    assert answers[-1].error == (429, "too_many_attempts", None)
    assert int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("raw", "param"),
    [
        (b'{"password": "a", "remember": true}', "remember"),
        (b"{}", "password"),
        (b'{"password": 7}', "password"),
        (b'{"password": "' + b"a" * 1001 + b'"}', "password"),
        (b"[]", None),
        (b"{", None),
        (b"", None),
        (b"null", None),
        (b'{"password": "\xff"}', None),
        (b'{"password": "\\ud800"}', None),
        (b'{"password": ' + b"[" * 100_000, "password"),
    ],
    ids=lambda raw: str(raw)[:40],
)
async def test_a_body_is_taken_strictly(raw: bytes, param: str | None) -> None:
    headers = {"content-type": "application/json"}
    answer = await managed().ask("POST", "/session", headers=headers, raw=raw)
    assert answer.error == (400, "invalid_request", param)


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limti=1", "limti"),
        ("subject=nothing", "subject"),
        ("after=%00", "after"),
        ("after=next", "after"),
        ("after=" + "9" * 30, "after"),
        ("&".join(f"a{n}=1" for n in range(200)), None),
    ],
    ids=lambda query: str(query)[:20],
)
async def test_a_query_is_taken_strictly(query: str, param: str | None) -> None:
    answer = await managed().ask("GET", "/changes", query=query)
    assert answer.error == (400, "invalid_request", param)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_is_json_and_says_so(kind: str) -> None:
    answer = await managed().ask("POST", "/session", PASSWORD, {"content-type": kind})
    assert answer.error == (415, "unsupported_media_type", None)


async def test_a_body_has_a_limit_told_or_not() -> None:
    headers = {"content-type": "application/json"}
    gateway = managed()
    too_large = b" " * (MEGABYTE + 1)
    answers = [
        await gateway.ask("POST", "/session", headers=headers | {"content-length": length}, raw=raw)
        for length, raw in [(str(MEGABYTE + 1), b"{}"), ("9" * 5000, b"{}"), ("1", too_large)]
    ]
    assert [answer.error for answer in answers] == [(413, "request_too_large", None)] * 3
    assert answers[0].headers["connection"] == "close"


async def test_another_method_is_told_which_there_are() -> None:
    answer = await managed().ask("PUT", "/session")
    assert answer.error == (405, "method_not_allowed", None)
    assert answer.headers["allow"] == "POST, GET, DELETE"


@pytest.mark.parametrize("path", ["/nothing", "", "/", "/session/", "/sessions", "/../session", "//session"])
async def test_what_is_not_there_is_said_to_be_missing(path: str) -> None:
    assert (await managed().ask("GET", path)).error == (404, "not_found", None)


@pytest.mark.parametrize("path", ["/api/admin", "/api/admin/", "/api/admin/v2/session"])
async def test_everything_below_the_prefix_is_this_doors(path: str) -> None:
    assert (await managed().ask("GET", path, prefix="")).error == (404, "not_found", None)


@pytest.mark.parametrize(
    "path",
    [
        "/api/administer",
        "/api//admin/v1/session",
        "//api/admin/v1/session",
        "/hf/v1/api/admin/v1/session",
        "/api/admin%2fv1",
    ],
)
async def test_no_other_path_leads_here(path: str) -> None:
    answer = await managed().ask("GET", path, prefix="")
    assert answer.status in {401, 404}
    assert "type" in answer.json["error"]


async def test_what_nobody_foresaw_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    gateway = managed()

    async def breaks(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(type(gateway.app.management.cases.changes), "page", breaks)
    answer: Answered = await gateway.ask("GET", "/changes")
    assert answer.error == (500, "internal_error", None)
    assert b"a secret" not in answer.body
    assert "GET /api/admin/v1/changes failed" in caplog.text
