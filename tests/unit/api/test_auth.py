"""Who calls: every place a token may be in."""

import pytest

from gemini_balance.api.auth import authenticate
from gemini_balance.core.errors import NotSignedIn
from gemini_balance.gateway.token_rows import Terms
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.storage.memory.tokens import MemoryTokens
from tests.unit.gateway.stage import Hands

BOOK = TokenBook(MemoryTokens(), b"pepper", Hands(), ["sk-good-token", "sk & odd=1"])
GOOD = b"sk-good-token"


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        pytest.param({b"authorization": b"Bearer " + GOOD}, b"", id="bearer"),
        pytest.param({b"authorization": b"bearer   " + GOOD + b" "}, b"", id="bearer, written otherwise"),
        pytest.param({b"x-goog-api-key": GOOD}, b"", id="Google's header"),
        pytest.param({b"x-api-key": GOOD}, b"", id="Anthropic's header"),
        pytest.param({}, b"key=sk-good-token", id="query"),
        pytest.param({}, b"alt=sse&key=sk-good%2Dtoken", id="query, escaped"),
        pytest.param({}, b"key=bad&key=sk-good-token", id="query, twice"),
        pytest.param({b"authorization": b"Bearer bad", b"x-goog-api-key": GOOD}, b"", id="one of two is known"),
        pytest.param({b"authorization": b"Basic eA==", b"x-api-key": GOOD}, b"", id="beside another scheme"),
    ],
)
def test_a_known_token_is_found_wherever_it_is(headers: dict[bytes, bytes], query: bytes) -> None:
    assert authenticate(headers, query, BOOK).name == "…oken"


def test_a_token_of_odd_characters_is_found_in_a_query() -> None:
    assert authenticate({}, b"key=sk+%26+odd%3D1", BOOK).name == "…dd=1"


NONE = "No token was sent. Send `Authorization: Bearer TOKEN` or `x-goog-api-key: TOKEN`."
UNKNOWN = "This token is not one of this gateway's. Check it against ALLOWED_TOKENS."


@pytest.mark.parametrize(
    ("headers", "query", "sentence"),
    [
        ({}, b"", NONE),
        ({b"authorization": b"Bearer "}, b"", NONE),
        ({b"authorization": b"Bearer"}, b"", NONE),
        ({b"authorization": b"Basic " + GOOD}, b"", NONE),
        ({b"authorization": GOOD}, b"", NONE),
        ({b"x-api-key": b""}, b"key=", NONE),
        ({}, b"monkey=sk-good-token", NONE),
        ({b"authorization": b"Bearer bad"}, b"", UNKNOWN),
        ({b"x-goog-api-key": b"bad"}, b"key=worse", UNKNOWN),
        ({b"x-goog-api-key": GOOD.upper()}, b"", UNKNOWN),
        ({b"x-goog-api-key": b"\xff\xfe"}, b"", UNKNOWN),
        ({}, b"key=%FF%FE", UNKNOWN),
    ],
)
def test_without_a_known_token_nobody_enters(headers: dict[bytes, bytes], query: bytes, sentence: str) -> None:
    with pytest.raises(NotSignedIn) as refused:
        authenticate(headers, query, BOOK)
    assert refused.value.message == sentence


@pytest.mark.anyio
async def test_a_token_that_is_off_is_told_why_and_one_that_is_deleted_is_unknown() -> None:
    book = TokenBook(MemoryTokens(), b"pepper", Hands())
    token, secret = await book.make(Terms(name="mine"), "operator")
    headers = {b"authorization": b"Bearer unknown", b"x-api-key": secret.encode()}
    await book.disable(token.id, "operator")
    with pytest.raises(NotSignedIn, match=r"^This token is disabled\. The operator can enable it again\.$"):
        authenticate(headers, b"", book)
    await book.delete(token.id, "operator")
    with pytest.raises(NotSignedIn, match="is not one of this gateway's"):
        authenticate(headers, b"", book)
