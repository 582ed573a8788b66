"""What the gateway doesn't know of Google's API: the caller hears what Google says to it, word for word."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.e2e.processes import KEYS, TOKEN, GatewayProcess

if TYPE_CHECKING:
    from gemini_balance.simulator import RunningSimulator

UNFORESEEN = (
    "DELETE /v1beta/models/gemini-2.5-flash",
    "PATCH /v1beta/models/123?updateMask=displayName",
    "POST /v1beta/models",
    "GET /v1beta/models/gemini-2.5-flash:notYetKnown",
    "GET /v1beta/not-yet-known",
    "GET /v1beta/notYetKnown?pageSize=7",
    "POST /v1alpha/not-yet-known",
    "GET /v1beta/fileSearchStores/_nobodys",
    "DELETE /v1beta/fileSearchStores/_nobodys/documents/d",
)


def at_google(google: RunningSimulator, request: str) -> tuple[int, str, bytes]:
    method, path = request.split(" ")
    connection = http.client.HTTPConnection(urlsplit(google.url).netloc, timeout=10)
    connection.request(method, path, None, {"x-goog-api-key": KEYS[0]})
    reply = connection.getresponse()
    told = reply.status, reply.headers["content-type"], reply.read()
    connection.close()
    return told


@pytest.mark.parametrize("prefix", ["", "/gemini"])
@pytest.mark.parametrize("request_", UNFORESEEN)
def test_google_answers_for_itself(
    served: GatewayProcess, google: RunningSimulator, request_: str, prefix: str
) -> None:
    method, path = request_.split(" ")
    answer = served.request(method, f"{prefix}{path}", None, {"x-goog-api-key": TOKEN})
    told = answer.status, answer.headers["content-type"], answer.body
    assert told == at_google(google, request_)
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("request_", UNFORESEEN)
def test_it_is_asked_for_nobody_without_a_token(served: GatewayProcess, request_: str) -> None:
    method, path = request_.split(" ")
    answer = served.request(method, path, None, {"x-goog-api-key": "no"})
    assert (answer.status, answer.json["error"]["status"]) == (401, "UNAUTHENTICATED")
