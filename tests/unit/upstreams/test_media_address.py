"""What may be asked for, read from a URL by the one parser that also decides where to connect."""

import pytest

from gemini_balance.gateway.ports import MediaFailed, Origin
from gemini_balance.upstreams.media_address import media_address, redirected


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("https://example.com", Origin(True, "example.com", 443), "/"),
        ("http://example.com/a.png?x=1#part", Origin(False, "example.com", 80), "/a.png?x=1"),
        ("HTTPS://EXAMPLE.com./A", Origin(True, "example.com", 443), "/A"),
        ("http://example.com:8080/", Origin(False, "example.com", 8080), "/"),
        ("http://example.com:0/", Origin(False, "example.com", 0), "/"),
        ("https://bücher.example/ü ü", Origin(True, "xn--bcher-kva.example", 443), "/%C3%BC%20%C3%BC"),
        ("http://１２７。0。0。1/", Origin(False, "127.0.0.1", 80), "/"),
        ("http://[::1]:81/", Origin(False, "::1", 81), "/"),
        ("http://0x7f.1/", Origin(False, "0x7f.1", 80), "/"),
        ("https://x.example/a%20b?q=[1]&r=%2F", Origin(True, "x.example", 443), "/a%20b?q=[1]&r=%2F"),
        ("https://x.example/a\r\nX-Evil: 1", Origin(True, "x.example", 443), "/aX-Evil:%201"),
        ("https://x.example/\x00\x7f|^", Origin(True, "x.example", 443), "/%00%7F%7C%5E"),
        ("https://x.example/\udcc3\udcbc", Origin(True, "x.example", 443), "/%C3%BC"),
    ],
)
def test_an_address_is_where_to_connect_and_what_to_ask_for(url: str, origin: Origin, target: str) -> None:
    assert media_address(url) == (origin, target)


def test_an_address_in_brackets_is_written_in_one_way() -> None:
    assert media_address("http://[::FFFF:7F00:1]/") == media_address("http://[0:0::ffff:127.0.0.1]/")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/a", "only http"),
        ("file:///etc/passwd", "only http"),
        ("gopher://127.0.0.1/", "only http"),
        ("//example.com/a", "only http"),
        ("example.com/a.png", "only http"),
        ("https://user:secret@example.com/", "user name or a password"),
        ("https://user@example.com/", "user name or a password"),
        ("https://@example.com/", "user name or a password"),
        ("https:///a.png", "host name"),
        ("https://exa mple.com/", "host name"),
        ("https://evil.example\\.internal/", "host name"),
        ("https://ex\x00ample.com/", "host name"),
        ("https://a..b/", "host name"),
        (f"https://{'a' * 64}.example/", "host name"),
        ("https://-a.example/", "host name"),
        ("https://[::1/", "understood"),
        ("https://[zz]/", "understood"),
        ("https://example.com:99999/", "understood"),
        ("https://example.com:x/", "understood"),
        ("https://example.com:-1/", "understood"),
    ],
)
def test_everything_else_is_refused_with_a_reason(url: str, why: str) -> None:
    with pytest.raises(MediaFailed, match=why):
        media_address(url)


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/b", "https://a.example/b"),
        ("b?x", "https://a.example/dir/b?x"),
        ("//c.example/b", "https://c.example/b"),
        ("http://c.example/", "http://c.example/"),
    ],
)
def test_a_redirect_may_be_relative(location: str, leads_to: str) -> None:
    assert redirected("https://a.example/dir/a", location) == leads_to


@pytest.mark.parametrize("location", ["", "http://[/"])
def test_a_redirect_that_leads_nowhere_is_refused(location: str) -> None:
    with pytest.raises(MediaFailed):
        redirected("https://a.example/", location)
