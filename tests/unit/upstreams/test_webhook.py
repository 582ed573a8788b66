"""Posting alerts over real sockets. On loopback nothing is public: what may be posted to is allowed by name."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import pytest

from gemini_balance.gateway.alerts import NotDelivered, Target
from gemini_balance.upstreams.webhook import Webhooks, signature
from tests.unit.gateway.stage import Hands
from tests.unit.upstreams.web import Names, Visit, host

if TYPE_CHECKING:
    from tests.unit.upstreams.web import Page

pytestmark = pytest.mark.anyio
PUBLIC = "127.0.0.2"
BODY = b'{"kind":"test"}'


async def takes(visit: Visit) -> None:
    await visit.say(b"HTTP/1.1 204 No Content\r\n\r\n")


def answers(status: bytes, *headers: bytes) -> Page:
    async def page(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 %b\r\n%b\r\n" % (status, b"".join(header + b"\r\n" for header in headers)))

    return page


async def reason(url: str, allowed: tuple[str, ...] = (), names: Names | None = None) -> str:
    hooks = Webhooks(Hands(), names) if names else Webhooks(Hands())
    with pytest.raises(NotDelivered) as failed:
        await hooks.send(Target(url, "", allowed), BODY)
    return str(failed.value)


async def test_an_alert_is_posted_with_a_signature_that_tells_when() -> None:
    clock = Hands()
    async with host(takes, PUBLIC) as hook:
        await Webhooks(clock).send(Target(f"http://{PUBLIC}:{hook.port}/a?b=c", "s3cret", (PUBLIC,)), BODY)
        (visit,) = hook.visits
    signed = hmac.new(b"s3cret", b"%d.%b" % (int(clock.unix()), BODY), hashlib.sha256).hexdigest()
    assert visit.head.decode().splitlines()[:-1] == [
        "POST /a?b=c HTTP/1.1",
        f"Host: {PUBLIC}:{hook.port}",
        "User-Agent: gemini-balance",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
        f"X-Gemini-Balance-Signature: t={int(clock.unix())},v1={signed}",
        "Connection: close",
    ]


async def test_without_a_secret_nothing_is_signed() -> None:
    async with host(takes, PUBLIC) as hook:
        await Webhooks(Hands()).send(Target(f"http://{PUBLIC}:{hook.port}/", "", (PUBLIC,)), BODY)
    assert b"Signature" not in hook.visits[0].head


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://169.254.169.254/"])
async def test_our_own_network_is_not_posted_to(url: str) -> None:
    told = await reason(url)
    assert told == "its host is not on the public internet (the operator may allow it with ALLOWED_WEBHOOK_HOSTS)"


async def test_a_name_that_leads_into_our_network_is_not_posted_to() -> None:
    told = await reason("http://hook.example/", names=Names({"hook.example": [["8.8.8.8", "10.0.0.1"]]}))
    assert told == "its host is not on the public internet (the operator may allow it with ALLOWED_WEBHOOK_HOSTS)"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://hook.example/", "only http:// and https:// addresses are fetched"),
        ("https://me:pass@hook.example/", "its address holds a user name or a password"),
        ("https://hook.invalid/", "its host name could not be resolved"),
    ],
)
async def test_an_address_that_can_not_be_posted_to_is_not(url: str, told: str) -> None:
    assert await reason(url, names=Names({})) == told


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (answers(b"500 Oops", b"Content-Length: 0"), "its server answered with status 500"),
        (
            answers(b"302 Found", b"Location: http://127.0.0.1/", b"Content-Length: 0"),
            "its server answered with status 302",
        ),
        (answers(b"nonsense"), "its server could not be reached"),
    ],
    ids=["fails", "leads elsewhere", "speaks no HTTP"],
)
async def test_what_is_not_taken_is_told(page: Page, told: str) -> None:
    async with host(page, PUBLIC) as hook:
        assert await reason(f"http://{PUBLIC}:{hook.port}/", (PUBLIC,)) == told


def test_nobody_can_repeat_a_post_later_or_change_it() -> None:
    assert (
        len({signature("s", 1, b"a"), signature("s", 2, b"a"), signature("s", 1, b"b"), signature("t", 1, b"a")}) == 4
    )
