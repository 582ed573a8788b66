"""What is kept of calls, and for how long."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from gemini_balance.core.errors import NotFound
from tests.e2e.options.cases import case

if TYPE_CHECKING:
    from gemini_balance.gateway.calls import KeptCall
    from tests.e2e.options.running import Running

DAY = 86_400.0
LARGE = Random(1).randbytes(700_000).hex().encode()
"""More than a megabyte, and no JSON."""


def failed(gateway: Running, body: bytes = b"no JSON") -> str:
    """The id of a call that was refused, once it is in the journal."""
    answer = gateway.request("POST", "/v1/chat/completions", body)
    assert answer.status == 400, answer.body
    gateway.do(gateway.app.remembered.journal.flush())
    return answer.headers["x-request-id"]


def kept(gateway: Running, request: str) -> KeptCall | None:
    try:
        return gateway.do(gateway.app.remembered.search.one(request))
    except NotFound:
        return None


def kept_after(gateway: Running, days: float) -> KeptCall | None:
    """What is left of a call so many days later."""
    request = failed(gateway)
    gateway.clock.ahead += days * DAY
    gateway.do(gateway.app.remembered.retention.tidy())
    gateway.clock.ahead -= days * DAY
    return kept(gateway, request)


@case("auto_delete_request_logs_enabled", False, before=False, after=True, keeps=True)
def after_forty_days(gateway: Running) -> object:
    return kept_after(gateway, 40) is not None


@case("auto_delete_request_logs_days", 5, before=True, after=False, keeps=True)
def after_six_days(gateway: Running) -> object:
    return kept_after(gateway, 6) is not None


@case("journal_enabled", False, before=True, after=False, keeps=True)
def at_once(gateway: Running) -> object:
    return kept(gateway, failed(gateway)) is not None


@case("auto_delete_error_logs_enabled", False, before=False, after=True, keeps=True)
def details_after_ten_days(gateway: Running) -> object:
    found = kept_after(gateway, 10)
    assert found is not None
    return found.error is not None


@case("auto_delete_error_logs_days", 3, before=True, after=False, keeps=True)
def details_after_four_days(gateway: Running) -> object:
    found = kept_after(gateway, 4)
    assert found is not None
    return found.error is not None


@case(
    "journal_max_mb",
    1,
    before=True,
    after=False,
    keeps=True,
    ERROR_LOG_RECORD_REQUEST_BODY="true",
    ERROR_LOG_BODY_KB="1000",
)
def of_a_large_journal(gateway: Running) -> object:
    """Is a call still there when two of which more than a megabyte is kept have followed?"""
    first = failed(gateway)
    for _ in range(2):
        failed(gateway, LARGE)
    gateway.do(gateway.app.remembered.retention.tidy())
    return kept(gateway, first) is not None


def detail(gateway: Running, body: bytes) -> tuple[bool, int]:
    """Is what the caller was told kept, and how many characters of what it sent?"""
    found = kept(gateway, failed(gateway, body))
    assert found is not None
    return (False, 0) if found.error is None else (bool(found.error.message), len(found.error.body or ""))


@case("error_log_enabled", False, before=(True, 0), after=(False, 0), keeps=True)
def told(gateway: Running) -> object:
    return detail(gateway, b"no JSON")


@case("error_log_record_request_body", True, before=(True, 0), after=(True, 7), keeps=True)
def recorded(gateway: Running) -> object:
    return detail(gateway, b"no JSON")


@case("error_log_body_kb", 1, before=2_000, after=1_000, keeps=True, ERROR_LOG_RECORD_REQUEST_BODY="true")
def cut(gateway: Running) -> object:
    """To the kilobyte, and a mark that it was cut."""
    _, length = detail(gateway, b"no JSON " * 250)
    return round(length, -2)
