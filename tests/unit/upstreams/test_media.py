"""Fetching over real sockets: what is connected to, what is refused before, and the limits on the rest.

On loopback nothing is public, so 127.0.0.2 is allowed and plays the public internet; 127.0.0.1 plays our own network.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.addresses import AllowedHosts
from gemini_balance.gateway.ports import Fetched, MediaFailed
from gemini_balance.upstreams.media import MediaLimits, WebMedia
from tests.unit.upstreams.web import PNG, Names, Visit, found, host, moved, ok, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.upstreams.web import Page

pytestmark = pytest.mark.anyio
PUBLIC = "127.0.0.2"
LIMITS = MediaLimits(1000, 5.0)


def media(limits: MediaLimits = LIMITS, allowed: tuple[str, ...] = (PUBLIC,), names: Names | None = None) -> WebMedia:
    hosts = AllowedHosts(allowed)
    return WebMedia(hosts, limits, names) if names else WebMedia(hosts, limits)


async def fetched(page: Page, limits: MediaLimits = LIMITS, path: str = "/a.png") -> Fetched:
    async with host(page, PUBLIC) as public:
        return await media(limits).fetch(f"http://{PUBLIC}:{public.port}{path}")


async def reason(page: Page, limits: MediaLimits = LIMITS) -> str:
    with pytest.raises(MediaFailed) as failed:
        await fetched(page, limits)
    return failed.value.reason


async def refused(url: str, **known: list[list[str]]) -> str:
    with pytest.raises(MediaFailed) as failed:
        await media(names=Names({name.replace("_", "."): answers for name, answers in known.items()})).fetch(url)
    return failed.value.reason


async def test_an_image_comes_with_what_its_server_calls_it() -> None:
    assert await fetched(found(PNG, "image/png")) == Fetched("image/png", PNG)


async def test_nothing_but_the_address_is_told_to_the_server() -> None:
    async with host(found(), PUBLIC) as public:
        await media().fetch(f"http://{PUBLIC}:{public.port}/a%20b.png?size=2#top")
        lines = public.visits[0].head.decode().split("\r\n")
    assert lines[0] == "GET /a%20b.png?size=2 HTTP/1.1"
    assert [line.partition(":")[0] for line in lines[1:] if line] == ["Host", "User-Agent", "Accept", "Connection"]
    assert lines[1] == f"Host: {PUBLIC}:{public.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://LOCALHOST/",
        "http://localhost./",
        "http://１２７.0.0.1/",
        "http://0/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[64:ff9b::169.254.169.254]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1%25lo]/",
    ],
)
async def test_private_addresses_are_refused_however_they_are_written(url: str) -> None:
    with pytest.raises(MediaFailed, match=r"public internet|could not be resolved"):
        await media().fetch(url)


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    assert "public internet" in await refused("http://two.example/", two_example=[["8.8.8.8", "10.0.0.1"]])


async def test_a_port_other_than_80_and_443_is_refused_on_public_hosts() -> None:
    assert "ports 80 and 443" in await refused("http://site.example:8080/", site_example=[["8.8.8.8"]])
    assert "ports 80 and 443" in await refused("http://site.example:0/", site_example=[["8.8.8.8"]])


async def test_a_name_that_does_not_exist_is_said_to_be_that() -> None:
    assert "could not be resolved" in await refused("http://nowhere.example/")
    assert "could not be resolved" in await refused("http://empty.example/", empty_example=[[]])


async def test_an_allowed_name_may_lead_anywhere() -> None:
    async with host(found()) as private:
        names = Names({"images.internal": [["127.0.0.1"]]})
        got = await media(allowed=("images.internal",), names=names).fetch(f"http://images.internal:{private.port}/")
    assert got.data == PNG


async def test_the_judged_address_is_connected_to_whatever_the_name_says_a_moment_later() -> None:
    async with host(found(), PUBLIC) as public, host(found(b"secret"), port=public.port) as private:
        names = Names({"rebinding.example": [[PUBLIC], ["127.0.0.1"]]})
        fetcher, url = media(names=names), f"http://rebinding.example:{public.port}/"
        assert (await fetcher.fetch(url)).data == PNG
        with pytest.raises(MediaFailed, match="public internet"):
            await fetcher.fetch(url)
    assert (len(public.visits), private.visits, names.asked) == (1, [], ["rebinding.example"] * 2)


async def test_another_judged_address_is_tried_when_the_first_does_not_answer() -> None:
    async with host(found(), PUBLIC) as public:
        names = Names({"two.example": [["127.0.0.3", PUBLIC]]})
        fetcher = media(allowed=("127.0.0.0/8",), names=names)
        assert (await fetcher.fetch(f"http://two.example:{public.port}/")).data == PNG


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://127.0.0.1/", "public internet"),
        ("http://[::ffff:7f00:1]/", "public internet"),
        ("http://8.8.8.8:22/", "ports 80 and 443"),
        ("http://user:secret@8.8.8.8/", "user name or a password"),
        ("file:///etc/passwd", "only http"),
        ("", "nowhere"),
    ],
)
async def test_a_redirect_is_judged_like_the_first_address(location: str, why: str) -> None:
    assert why in await reason(moved(location))


async def test_the_private_host_of_a_redirect_is_never_connected_to() -> None:
    async with host(found(b"secret")) as private:
        assert "public internet" in await reason(moved(f"http://127.0.0.1:{private.port}/"))
    assert private.visits == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_three_redirects_are_followed(status: int) -> None:
    assert (await fetched(_stairs(3, status), path="/0")).data == PNG


async def test_a_fourth_redirect_is_not_followed() -> None:
    assert "more than 3 times" in await reason(_stairs(4, 302))


def _stairs(steps: int, status: int) -> Page:
    """Each step leads to the next, the last one to the image."""

    async def page(visit: Visit) -> None:
        step = int(visit.path[1:]) if visit.path[1:].isdigit() else 0
        await (found() if step == steps else moved(str(step + 1), status))(visit)

    return page


TOO_LARGE = "larger than 0.001 MB (MEDIA_MAX_MB)"


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (says(ok("Content-Length: 1001")), TOO_LARGE),
        (says(ok(), bytes(900), bytes(900)), TOO_LARGE),
        (says(ok("Transfer-Encoding: chunked"), *[b"1f4\r\n" + bytes(500) + b"\r\n"] * 3, b"0\r\n\r\n"), TOO_LARGE),
        (says(ok("Content-Length: 999"), bytes(500)), "was cut"),
        (says(ok("Content-Length: nonsense")), "was cut"),
        (says(ok("Content-Length: 5", "Content-Encoding: gzip") + b"12345"), "compressed"),
        (says(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), "status 404"),
        (says(b"HTTP/1.1 206 Partial\r\nContent-Length: 0\r\n\r\n"), "status 206"),
        (says(b"SSH-2.0-OpenSSH_9.9\r\n"), "was cut"),
        (says(), "was cut"),
    ],
)
async def test_what_can_not_be_taken_is_told(page: Page, why: str) -> None:
    assert why in await reason(page)


async def test_a_host_that_can_not_be_reached_is_told() -> None:
    async with host(found(), PUBLIC) as public:
        pass
    with pytest.raises(MediaFailed, match="could not be reached"):
        await media().fetch(f"http://{PUBLIC}:{public.port}/")


async def test_more_bytes_than_the_length_says_are_not_read() -> None:
    with contextlib.suppress(MediaFailed):
        assert len((await fetched(says(ok("Content-Length: 5"), bytes(5), bytes(500)))).data) == 5


@pytest.mark.parametrize("headers", [("Content-Length: 900",), ()])
async def test_a_slow_drip_ends_with_the_time_limit(headers: tuple[str, ...]) -> None:
    drip = says(ok(*headers), *[b"x"] * 900, pause=0.02)
    assert "longer than 0.2 s (MEDIA_TIME_OUT)" in await reason(drip, LIMITS._replace(seconds=0.2))


async def test_silence_ends_with_the_time_limit() -> None:
    assert "0.2 s" in await reason(says(b"", b"", pause=5), LIMITS._replace(seconds=0.2)) or "silent"


async def test_no_more_than_eight_are_fetched_at_a_time() -> None:
    async with host(says(ok("Content-Length: 4"), b"1234", pause=0.02), PUBLIC) as public:
        fetcher, url = media(), f"http://{PUBLIC}:{public.port}/"
        got = await asyncio.gather(*(fetcher.fetch(url) for _ in range(20)))
    assert (len(got), public.most_open) == (20, 8)


def _reading(most: list[int], headers: Callable[[int], bytes], size: int) -> Page:
    """Counts the bodies that are taken at the same time: each writes more than sockets and buffers hold."""
    under_way = 0

    async def page(visit: Visit) -> None:
        nonlocal under_way
        visit.writer.transport.set_write_buffer_limits(0)
        await visit.say(headers(size), bytes(size // 2))
        under_way += 1
        most.append(under_way)
        await visit.say(b"", bytes(size - size // 2), pause=0.05)
        under_way -= 1

    return page


@pytest.mark.parametrize("told", [True, False], ids=["length told", "length not told"])
async def test_no_more_than_64_mb_are_held_at_a_time(told: bool) -> None:
    size, most = 20_000_000, list[int]()
    page = _reading(most, lambda length: ok(f"Content-Length: {length}") if told else ok(), size)
    fetcher = media(MediaLimits(size, 20.0))
    peak = 0
    async with host(page, PUBLIC) as public:
        tasks = [asyncio.create_task(fetcher.fetch(f"http://{PUBLIC}:{public.port}/")) for _ in range(8)]
        while not all(task.done() for task in tasks):
            peak = max(peak, fetcher.held)
            await asyncio.sleep(0.005)
    assert [len(task.result().data) for task in tasks] == [size] * 8
    assert (peak, max(most), fetcher.held) == (60_000_000, 3, 0)


async def test_small_items_of_known_length_do_not_wait_for_large_shares() -> None:
    limits = MediaLimits(60_000, 5.0, in_flight=64_000)
    async with host(says(ok("Content-Length: 100"), bytes(100), pause=0.05), PUBLIC) as public:
        fetcher = media(limits)
        await asyncio.gather(*(fetcher.fetch(f"http://{PUBLIC}:{public.port}/") for _ in range(8)))
    assert public.most_open == 8


async def test_waiting_for_others_is_not_the_items_own_slowness() -> None:
    limits = MediaLimits(1000, 0.5, in_flight=1000)
    async with host(says(ok("Content-Length: 1000"), bytes(1000), pause=0.15), PUBLIC) as public:
        fetcher = media(limits)
        got = await asyncio.gather(*(fetcher.fetch(f"http://{PUBLIC}:{public.port}/") for _ in range(6)))
    assert [len(item.data) for item in got] == [1000] * 6


async def test_a_cancelled_fetch_ends_its_connection_and_frees_its_share() -> None:
    async with host(says(ok("Content-Length: 900"), *[b"x"] * 800, pause=0.05), PUBLIC) as public:
        fetcher = media(MediaLimits(1000, 5.0, at_once=1, in_flight=1000))
        url = f"http://{PUBLIC}:{public.port}/"
        first, second = (asyncio.create_task(fetcher.fetch(url)) for _ in range(2))
        await _until(lambda: fetcher.held == 900)
        first.cancel()
        await _until(lambda: len(public.visits) == 2 and fetcher.held == 900)
        second.cancel()
        await asyncio.wait([first, second])
        assert (first.cancelled(), second.cancelled(), fetcher.held) == (True, True, 0)
        await _until(lambda: public.gone == 2)


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  (what is waited for is seen from outside, and tells nobody)
            await asyncio.sleep(0.005)
