"""Who is at the other end, and under which address they reach us."""

from typing import Any

import pytest

from gemini_balance.api.clients import LONGEST, PublicUrl, TrustedProxies, client_of

PROXY, FAR = "10.0.0.1", "203.0.113.9"


def scope(peer: str | None = PROXY, scheme: str = "http") -> dict[str, Any]:
    return {"client": (peer, 1) if peer else None, "scheme": scheme}


@pytest.mark.parametrize(
    ("networks", "host", "trusted"),
    [
        ((), PROXY, False),
        (("10.0.0.0/8",), PROXY, True),
        (("10.0.0.7/8",), PROXY, True),
        ((PROXY,), PROXY, True),
        ((PROXY,), "10.0.0.2", False),
        (("*",), "anything", True),
        (("::1", "fd00::/8"), "fd12::1", True),
        (("::1",), PROXY, False),
        (("10.0.0.0/8",), "", False),
        (("10.0.0.0/8",), "unix:", False),
    ],
)
def test_a_proxy_is_trusted_by_its_network(networks: tuple[str, ...], host: str, trusted: bool) -> None:
    assert (host in TrustedProxies(networks)) is trusted


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not-a-network"):
        TrustedProxies(("not-a-network",))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        pytest.param(FAR, b"", FAR, id="directly"),
        pytest.param(FAR, b"1.2.3.4", FAR, id="a stranger's claim"),
        pytest.param(PROXY, b"", PROXY, id="our proxy says nothing"),
        pytest.param(PROXY, b"1.2.3.4", "1.2.3.4", id="our proxy says who"),
        pytest.param(PROXY, b"6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4", id="behind two of ours, with a lie in front"),
        pytest.param(PROXY, b"10.0.0.3, 10.0.0.2", "10.0.0.3", id="from inside"),
        pytest.param(None, b"1.2.3.4", "", id="a socket without an address"),
    ],
)
def test_the_callers_address(peer: str | None, forwarded: bytes, client: str) -> None:
    headers = {b"x-forwarded-for": forwarded} if forwarded else {}
    assert client_of(scope(peer), headers, TrustedProxies(("10.0.0.0/8",))) == client


def test_what_a_caller_calls_itself_is_no_longer_than_an_address() -> None:
    client = client_of(scope(PROXY), {b"x-forwarded-for": b"x" * 60_000}, TrustedProxies(("*",)))
    assert client == "x" * LONGEST


FORWARDED = {b"host": b"inner:8000", b"x-forwarded-proto": b"https, http", b"x-forwarded-host": b"a.example, b"}


@pytest.mark.parametrize(
    ("configured", "peer", "headers", "url"),
    [
        pytest.param("https://pub.example/base/", FAR, FORWARDED, "https://pub.example/base", id="PUBLIC_URL"),
        pytest.param("", FAR, {b"host": b"inner:8000"}, "http://inner:8000", id="the request's host"),
        pytest.param("", FAR, FORWARDED, "http://inner:8000", id="a stranger's claim"),
        pytest.param("", PROXY, FORWARDED, "https://a.example", id="our proxy's word"),
        pytest.param("", PROXY, {b"host": b"inner"}, "http://inner", id="our proxy says nothing"),
        pytest.param("", None, FORWARDED, "http://inner:8000", id="a socket without an address"),
    ],
)
def test_the_address_we_hand_out(configured: str, peer: str | None, headers: dict[bytes, bytes], url: str) -> None:
    assert PublicUrl(configured, TrustedProxies(("10.0.0.0/8",))).of(scope(peer), headers) == url
