"""Which proxy a key's requests go through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gemini_balance.core.pool import KeyId, KeySpec
from gemini_balance.gateway.probing import PROBE
from gemini_balance.upstreams.gemini_api.upstream import GeminiApi

if TYPE_CHECKING:
    from gemini_balance.gateway.ports import Origin

PROXIES = ("http://one.example:1", "http://two.example:2", "socks5://three.example:3")
KEYS = [KeySpec(KeyId(f"key-{n}"), f"secret-{n}") for n in range(40)]


def origin(key: KeySpec, *proxies: str) -> Origin:
    return GeminiApi("https://google.example/v1beta", proxies).request(PROBE.route, key).origin


def test_without_a_proxy_google_is_asked_directly() -> None:
    assert origin(KEYS[0]).proxy == ""


def test_each_key_goes_through_the_same_of_all_proxies_every_time() -> None:
    first, again = ([origin(key, *PROXIES).proxy for key in KEYS] for _ in range(2))
    assert (first, set(first)) == (again, set(PROXIES))


def test_a_keys_own_proxy_goes_before_those_of_all() -> None:
    own = replace(KEYS[0], proxy="http://user:word@own.example:9")
    assert origin(own, *PROXIES) == origin(own) == (True, "google.example", 443, "http://user:word@own.example:9")
