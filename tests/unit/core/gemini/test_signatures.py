"""Thought signatures kept by call id."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.gemini.signatures import SENTINEL, SignatureStore, standard


def test_what_was_remembered_is_found() -> None:
    store = SignatureStore()
    store.remember("call_1", "AAAA")
    assert (store.find("call_1"), store.find("call_2")) == ("AAAA", None)


def test_nothing_is_not_remembered() -> None:
    store = SignatureStore()
    store.remember("", "AAAA")
    store.remember("call_1", "")
    assert (store.find(""), store.find("call_1")) == (None, None)


def test_the_least_recently_used_is_forgotten_first() -> None:
    store = SignatureStore(2)
    store.remember("a", "AAAA")
    store.remember("b", "BBBB")
    store.find("a")
    store.remember("c", "CCCC")
    assert [store.find(name) for name in "abc"] == ["AAAA", None, "CCCC"]


def test_a_newer_signature_replaces_the_older() -> None:
    store = SignatureStore(1)
    store.remember("a", "AAAA")
    store.remember("a", "BBBB")
    assert store.find("a") == "BBBB"


@given(st.binary(min_size=1))
def test_both_alphabets_are_one_signature(signature: bytes) -> None:
    plain, url_safe = base64.b64encode(signature).decode(), base64.urlsafe_b64encode(signature).decode()
    assert standard(url_safe.rstrip("=")) == standard(url_safe) == standard(plain) == plain


def test_the_sentinel_is_what_google_documents() -> None:
    assert base64.b64decode(SENTINEL) == b"skip_thought_signature_validator"
