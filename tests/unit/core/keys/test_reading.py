"""Keys are found in whatever is pasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.core.keys import Entry, read
from gemini_balance.core.keys.reading import Unread

A, B, C = ("AIzaSy" + letter * 3 + "0123456789-_0123456789abcdefXY" for letter in "ABC")
X = "AQ.Ab8RN6Lx0123456789-_abcdefghijkl"
OTHER = "zk9-0123456789abcdef"


def keys(text: str) -> list[str]:
    return [entry.key for entry in read(text).entries]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n{X}",
        f"{A}\r\n\r\n  {B}  \r\n{X}\r\n",
        f"{A},{B},{X}",
        f"{A}, {B} ; {X}",
        f"{A} {B}\t{X}",
        f'"{A}", "{B}", "{X}"',
        f"['{A}',\n '{B}',\n '{X}',]",
        f'["{A}", "{B}", "{X}"]',
        f"1. {A}\n2) {B}\n- {X}",
        f"Hello! My keys are {A}, then {B}. And the last one is `{X}`.",
        f"密钥：{A}，还有{B}；以及「{X}」。",
        f"https://example.com/v1?key={A}&alt=sse\ncurl -H 'x-goog-api-key: {B}'\n{X}: mine",
        f"\ufeff{A}|{B}|{X}",
        f"anna@example.com:{A}\nbert@example.com----{B}\n{X}",
    ],
)
def test_keys_of_googles_shapes_are_found_anywhere(text: str) -> None:
    assert keys(text) == [A, B, X]


def test_the_39_characters_are_a_key() -> None:
    assert {len(key) for key in (A, B, C)} == {39}


@pytest.mark.parametrize("text", [OTHER, f"{OTHER}\n", f"'{OTHER}',", f"{A}\n{OTHER}", f"{A},{OTHER}"])
def test_a_key_of_another_shape_is_found_where_it_stands_alone(text: str) -> None:
    assert OTHER in keys(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, these are no keys at all: see https://example.com/a/very/long/path/0123456789",
        "incomprehensibilities",
        f"the word {OTHER} stands in a sentence",
    ],
)
def test_words_are_no_keys(text: str) -> None:
    assert keys(text) == []


def test_what_stands_there_twice_is_read_twice() -> None:
    assert keys(f"{A} {B} {A}") == [A, B, A]


def test_a_masked_key_is_read_as_it_stands() -> None:
    assert keys("AIzaSy****xyzw AIzaSyA…wxyz AIzaSyAbc...wxyz") == [
        "AIzaSy****xyzw",
        "AIzaSyA…wxyz",
        "AIzaSyAbc...wxyz",
    ]


FULL = Entry(
    key=A,
    label="Anna",
    project="p-1",
    tags=frozenset({"night", "eu"}),
    notes="first, of two",
    weight=3,
    models=frozenset({"gemini-2.5-flash"}),
    proxy="http://proxy.example:1",
    paid=True,
)


@pytest.mark.parametrize(
    "text",
    [
        "key,label,project,tags,notes,weight,models,proxy,tier\n"
        f'{A},Anna,p-1,night eu,"first, of two",3,gemini-2.5-flash,http://proxy.example:1,paid\n{B},,,,,,,,\n',
        "Tier;Weight;API Key;Name;Project-ID;Tag;Comment;Model;Proxy;Colour\n"
        f'Paid;3;{A};Anna;p-1;"eu,night";first, of two;gemini-2.5-flash;http://proxy.example:1;red\nfree;1;{B};;;;;;;\n',
        "密钥\t名称\t项目\t标签\t备注\t权重\t模型\t代理\ttier\n"
        f"{A}\tAnna\tp-1\tnight|eu\tfirst, of two\t3\tgemini-2.5-flash\thttp://proxy.example:1\tpaid\n{B}\n",
        f'[{{"key": "{A}", "label": "Anna", "project": "p-1", "tags": ["night", "eu"], "notes": "first, of two", '
        f'"weight": 3, "models": ["gemini-2.5-flash"], "proxy": "http://proxy.example:1", "tier": "paid"}}, "{B}"]',
        f'{{"keys": [{{"apiKey": "{A}", "name": "Anna", "project_id": "p-1", "tags": "night eu", "remark": '
        '"first, of two", "weight": "3", "model": "gemini-2.5-flash", "proxy": "http://proxy.example:1", '
        f'"paid": true, "colour": "red"}}, "{B}"]}}',
    ],
    ids=["csv", "semicolons and synonyms", "tabs and Chinese", "json", "json with synonyms"],
)
def test_tables_and_json_tell_more_than_the_key(text: str) -> None:
    assert read(text).entries == (FULL, Entry(key=B))


def test_one_column_with_a_title_is_a_table() -> None:
    assert keys(f"key\n{A}\n{OTHER}\n") == [A, OTHER]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"key,weight\n{A},heavy", "A weight is a whole number from 1 to 1000."),
        (f"key,tier\n{A},gold", "A tier is free or paid."),
        (f'[{{"key": "{A}", "tags": 7}}]', "Tags and models are lists of words."),
        (f'[{{"key": "{A}", "upstream": "openai"}}]', "An upstream is gemini_api or vertex_express."),
    ],
)
def test_a_row_that_makes_no_sense_is_told(text: str, why: str) -> None:
    reading = read(text)
    assert (reading.entries, reading.unread) == ((), (Unread("…efXY", why),))


WELL_KNOWN = f"""# Of another gateway
API_KEYS=["{A}","{B}"]
ALLOWED_TOKENS=["sk-1234567890abcdef"]
AUTH_TOKEN=sk-1234567890abcdef
# API_KEYS=["{C}"]
VERTEX_API_KEYS=["{X}"]
PAID_KEY={C}
TEST_MODEL=gemini-1.5-flash
PROXIES=[]
MODEL_RATE_LIMITS='{{"gemini-1.5-flash": [15, 1000]}}'
SMMS_SECRET_TOKEN=0123456789abcdef0123456789abcdef
"""


def test_an_env_file_of_the_well_known_implementation_is_read() -> None:
    reading = read(WELL_KNOWN)
    assert reading.entries == (
        Entry(key=A),
        Entry(key=B),
        Entry(key=X, upstream=VERTEX_EXPRESS),
        Entry(key=C, paid=True),
    )
    assert (reading.tokens, reading.unread) == (("sk-1234567890abcdef",), ())


@pytest.mark.parametrize(
    "text",
    [
        f"GEMINI_API_KEY={A}\nGOOGLE_API_KEY='{B}'",
        f"export GEMINI_API_KEYS={A},{B}  # ours",
        f'API_KEYS="{A} {B}"',
        f'API_KEYS=\'["{A}", "{B}"]\'',
        f'API_KEYS=[\n  "{A}",\n  "{B}"\n]\nTIME_OUT=300',
        f"    environment:\n      - API_KEYS={A},{B}\n      - TZ=UTC",
        f"API_KEYS: {A},{B}",
        f"api_keys={A}\nMY_OWN_KEY={B}\n# OLD={C}",
        f'{{"API_KEYS": ["{A}", "{B}"], "TIME_OUT": 300}}',
    ],
)
def test_lines_of_an_environment_are_read(text: str) -> None:
    assert keys(text) == [A, B]


def test_who_imports_says_what_keys_are_for_where_the_text_does_not() -> None:
    upstreams = [
        entry.upstream for entry in read(f"VERTEX_API_KEYS={A}\nAPI_KEYS={B}\nPAID_KEY={C}", VERTEX_EXPRESS).entries
    ]
    assert upstreams == [VERTEX_EXPRESS, VERTEX_EXPRESS, GEMINI_API]
    assert [entry.upstream for entry in read(X, VERTEX_EXPRESS).entries] == [VERTEX_EXPRESS]


@given(st.text() | st.text(alphabet="[]{}\"',:=\n\\AIzaQ.*…key K_ES"))
def test_no_text_fails(text: str) -> None:
    read(text)
    read("API_KEYS=" + text)
    read("key,weight\n" + text)
    read("[" * 2_000 + text)


@given(st.lists(st.sampled_from([A, B, C, X]), min_size=1), st.sampled_from([" ", ",", "\n", "; ", '"\n"', "和"]))
def test_keys_are_found_whatever_parts_them(some: list[str], separator: str) -> None:
    assert keys(separator.join(some)) == some
