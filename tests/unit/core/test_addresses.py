"""Every special range of both protocols, and every way to hide an IPv4 address in an IPv6 one."""

import pytest

from gemini_balance.core.addresses import AllowedHosts, is_public

PUBLIC = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
    "::ffff:808:808",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
)
NOT_PUBLIC = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",  # Alibaba's metadata
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # Azure's host
    "169.254.0.1",
    "169.254.169.254",  # everybody's metadata
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",  # Oracle's metadata
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::8.8.8.8",  # IPv4-compatible, long given up
    "::ffff:0:8.8.8.8",  # translated
    "100::1",  # discarded
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "3ffe:831f::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # Amazon's metadata
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:ffff::8.8.8.8",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:c0a8:101::1",
    "2606:4700:4700::1111%eth0",  # a zone is of this machine's
    "fe80::1%eth0",
)
NO_ADDRESSES = ("", "example.com", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "127.1", "8.8.8.8.", " 8.8.8.8", "[::1]")


@pytest.mark.parametrize("address", PUBLIC)
def test_global_unicast_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_special_addresses_are_not_public_however_they_are_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_canonical_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("images.internal", "10.9.9.9", True),
        ("other.internal", "10.9.9.9", False),
        ("other.internal", "10.1.2.3", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("x", "::ffff:127.0.0.1", True),
        ("x", "64:ff9b::10.1.2.3", True),
        ("x", "127.0.0.2", False),
        ("x", "fe80::1%eth0", False),
        ("x", "nonsense", False),
    ],
)
def test_an_operator_allows_names_addresses_and_networks(host: str, address: str, allowed: bool) -> None:
    hosts = AllowedHosts(("Images.Internal.", "10.1.0.0/16", "127.0.0.1", "[::1]"))
    assert hosts.allow(host, address) is allowed


def test_nothing_is_allowed_by_default() -> None:
    assert not AllowedHosts(()).allow("localhost", "127.0.0.1")


def test_a_network_that_is_none_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/33"):
        AllowedHosts(("10.0.0.0/33",))
