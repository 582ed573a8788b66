"""Client tokens."""

import pytest

from gemini_balance.core.call import Principal
from gemini_balance.gateway.tokens import TokenBook

BOOK = TokenBook(["sk-alpha-1234", "short", "ключ-ключ-1"], b"pepper")


@pytest.mark.parametrize(
    ("token", "principal"),
    [
        (b"sk-alpha-1234", Principal("…1234", "815ff66dd71cccd3")),
        (b"short", Principal("…", "f9b0078b5df596d2")),
        ("ключ-ключ-1".encode(), Principal("…юч-1", "ea90d95cb03361eb")),
        (b"sk-alpha-123", None),
        (b"sk-alpha-12345", None),
        (b"SK-ALPHA-1234", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_a_token_is_known_or_not(token: bytes, principal: Principal | None) -> None:
    assert BOOK.find(token) == principal


def test_the_book_keeps_no_secret() -> None:
    assert "alpha" not in repr(vars(BOOK))


def test_a_book_without_tokens_lets_nobody_in() -> None:
    book = TokenBook([], b"pepper")
    assert (len(book), book.find(b"")) == (0, None)


def test_tokens_of_one_name_have_ids_of_their_own_that_stay() -> None:
    again = TokenBook(["sk-other-1234", "sk-alpha-1234"], b"another pepper")
    mine, other = again.find(b"sk-alpha-1234"), again.find(b"sk-other-1234")
    assert mine is not None
    assert other is not None
    assert (mine.name, mine == BOOK.find(b"sk-alpha-1234")) == (other.name, True)
    assert mine.id != other.id
    assert (BOOK.by_id(mine.id), BOOK.by_id(other.id)) == (mine, None)
