"""What an import would do is shown first, and no key is shown whole."""

from __future__ import annotations

import pytest

from gemini_balance.core.keys import Doubt, Entry, Standing, key_id, masked, previewed, read
from gemini_balance.core.keys.entry import UnusableKey, checked

A, B, C = ("AIzaSy" + letter * 3 + "0123456789-_0123456789abcdefXY" for letter in "ABC")
OTHER = "zk9-0123456789abcdef"


def test_new_duplicate_kept_and_suspicious_keys_are_told_apart() -> None:
    preview = previewed(read(f"{A}\n{B}\n{A}\nAIzaSyTooShort\n{OTHER}"), {key_id(B): key_id(B)})
    assert [(item.shown, item.standing, item.doubt) for item in preview.items] == [
        ("…efXY", Standing.NEW, None),
        ("…efXY", Standing.KEPT, None),
        ("…efXY", Standing.DUPLICATE, None),
        ("…hort", Standing.SUSPICIOUS, Doubt.TOO_SHORT),
        ("…cdef", Standing.NEW, Doubt.UNKNOWN_SHAPE),
    ]
    assert [entry.key for entry in preview.taken()] == [A, OTHER]
    assert [entry.key for entry in preview.taken(suspicious=True)] == [A, "AIzaSyTooShort", OTHER]


@pytest.mark.parametrize(
    ("key", "doubt"),
    [
        ("AIzaSyA", Doubt.TOO_SHORT),
        ("AQ.Ab8", Doubt.TOO_SHORT),
        ("abc123", Doubt.TOO_SHORT),
        (f"{A} {B}", Doubt.SPACES),
        (f"{A}\n", Doubt.SPACES),
        ("AIzaSy" + "*" * 33, Doubt.MASKED),
        ("AIzaSyAB…wxyz", Doubt.MASKED),
        ("AIzaSyAB....wxyz", Doubt.MASKED),
        ("AIzaSyxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Doubt.PLACEHOLDER),
        ("YOUR_GEMINI_API_KEY_HERE", Doubt.PLACEHOLDER),
        ("<your key 1234567890>".replace(" ", ""), Doubt.PLACEHOLDER),
        ("AIzaSyÄ0123456789", Doubt.UNPRINTABLE),
        (OTHER, Doubt.UNKNOWN_SHAPE),
        (A + "0", Doubt.UNKNOWN_SHAPE),
        (A, None),
        ("AQ.Ab8RN6Lx0123456789", None),
    ],
)
def test_what_looks_like_no_key_is_told_why(key: str, doubt: Doubt | None) -> None:
    reading = read("")
    (item,) = previewed(type(reading)((Entry(key=key),)), {}).items
    assert (item.doubt, bool(item.why)) == (doubt, doubt is not None)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(key=A, weight=0), "A weight is a whole number from 1 to 1000."),
        (Entry(key=A, tags=frozenset({"a,b"})), "A tag or a model is one word without commas, semicolons and bars."),
        (
            Entry(key=A, proxy="ftp://user:hush@host:1"),
            "A proxy is written like http://user:password@host:port; it may begin with http:// or socks4:// or socks5://.",
        ),
        (
            Entry(key=A, proxy="http://host"),
            "A proxy is written like http://user:password@host:port; it may begin with http:// or socks4:// or socks5://.",
        ),
        (Entry(key=A, label="x" * 501), "A label or a project has up to 500 characters, notes up to 10,000."),
        (Entry(key="two words"), "A key is printable characters without spaces."),
    ],
)
def test_what_can_not_be_kept_is_refused_in_words_that_show_no_secret(entry: Entry, why: str) -> None:
    with pytest.raises(UnusableKey) as refused:
        checked(entry)
    assert refused.value.message == why


def test_the_last_four_characters_are_shown_of_a_key_that_is_long_enough() -> None:
    assert [masked(key) for key in (A, "12345678", "123456789", "")] == ["…efXY", "…", "…6789", "…"]
    assert A not in repr(Entry(key=A))


def test_the_same_secret_has_an_id_of_its_own_for_each_upstream() -> None:
    assert [entry.id for entry in (Entry(key="AIzaA"), Entry(key="AIzaA", upstream="vertex_express"))] == [
        "key-" + key_id("AIzaA").partition("-")[2],
        "vertex-" + key_id("AIzaA").partition("-")[2],
    ]
