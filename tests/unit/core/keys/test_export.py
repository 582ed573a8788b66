"""What is written out is read again as it was, and without secrets where they are not asked for."""

from __future__ import annotations

from io import StringIO

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys import Doubt, Entry, Format, previewed, read, read_values, written
from gemini_balance.core.keys.entry import checked

GOOGLE = st.text("abcXYZ019_-", min_size=35, max_size=35).map("AIza{}".format)
ANY = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
WORDS = st.frozensets(st.from_regex(r"[^\s,;|]{1,20}", fullmatch=True), max_size=3)
TEXT = st.text(max_size=40).map(str.strip)
ENTRIES = st.lists(
    st.builds(
        Entry,
        key=GOOGLE | ANY,
        label=TEXT,
        project=TEXT,
        tags=WORDS,
        notes=TEXT,
        weight=st.integers(1, 1000),
        models=WORDS,
        proxy=st.sampled_from(["", "http://user:pass$word'@host.example:1", "socks5://h:9"]),
        paid=st.booleans(),
        upstream=st.sampled_from([GEMINI_API, VERTEX_EXPRESS]),
    ).map(checked),
    min_size=1,
    max_size=4,
    unique_by=lambda entry: entry.key,
)
SOME = [
    Entry(key="AIza" + "a" * 31 + "wxyz", label='Anna "A", the first', proxy="http://user:hush@host.example:1"),
    Entry(key="AIza" + "b" * 31 + "1234", upstream=VERTEX_EXPRESS),
]


@pytest.mark.parametrize("form", [Format.JSON, Format.CSV])
@given(entries=ENTRIES)
def test_all_that_is_told_of_a_key_comes_back(form: Format, entries: list[Entry]) -> None:
    assert read(written(entries, form, plain=True)).entries == tuple(entries)


@given(entries=ENTRIES)
def test_an_environment_comes_back_too_the_express_keys_last(entries: list[Entry]) -> None:
    again = read(written(entries, Format.ENV, plain=True)).entries
    assert again == tuple(sorted(entries, key=lambda entry: entry.upstream == VERTEX_EXPRESS))


@given(entries=ENTRIES)
def test_an_exported_environment_can_be_put_into_a_dotenv_file(entries: list[Entry]) -> None:
    values = dotenv_values(stream=StringIO(written(entries, Format.ENV, plain=True)))
    again = read_values({name: value for name, value in values.items() if value is not None}).entries
    assert again == tuple(sorted(entries, key=lambda entry: entry.upstream == VERTEX_EXPRESS))


@given(keys=st.lists(GOOGLE, min_size=1, unique=True))
def test_of_a_text_the_keys_come_back(keys: list[str]) -> None:
    entries = tuple(Entry(key=key) for key in keys)
    assert read(written(entries, Format.TEXT, plain=True)).entries == entries


@pytest.mark.parametrize("form", list(Format))
def test_without_being_asked_no_secret_is_written(form: Format) -> None:
    text = written(SOME, form, plain=False)
    assert [word for word in ("aaaa", "bbbb", "hush") if word in text] == []
    assert "wxyz" in text


@pytest.mark.parametrize("form", list(Format))
def test_what_was_written_without_secrets_is_not_taken_for_keys(form: Format) -> None:
    preview = previewed(read(written(SOME, form, plain=False)), {})
    assert (preview.taken(suspicious=True), {item.doubt for item in preview.items} <= {Doubt.MASKED}) == ([], True)


def test_a_table_looks_like_this() -> None:
    assert written(SOME, Format.CSV, plain=False) == (
        "key,label,project,tags,notes,weight,models,proxy,tier,upstream\r\n"
        '…wxyz,"Anna ""A"", the first",,,,1,,http://user:…@host.example:1,free,gemini_api\r\n'
        "…1234,,,,,1,,,free,vertex_express\r\n"
    )


def test_an_environment_looks_like_this() -> None:
    assert written([Entry(key="AIzaA", tags=frozenset("ab")), Entry(key="AIzaB")], Format.ENV, plain=True) == (
        'API_KEYS=\'[{"key":"AIzaA","tags":["a","b"]},"AIzaB"]\'\n'
    )
