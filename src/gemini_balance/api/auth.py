"""From a request's headers and query to who calls, and whether it may."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from gemini_balance.core.bearer import token_in
from gemini_balance.core.errors import NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gemini_balance.api.exchange import Exchange
    from gemini_balance.core.call import Principal
    from gemini_balance.gateway.tokens import TokenBook

HEADERS = (b"x-goog-api-key", b"x-api-key")
UNKNOWN = "This token is not one of this gateway's. Check it against ALLOWED_TOKENS."


def authenticate(headers: Mapping[bytes, bytes], query: bytes, book: TokenBook) -> Principal:
    """Raises NotSignedIn. A request may carry a token in several places; one that we know is enough."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme == b"Bearer" and (principal := book.find(token)):  # nearly every call
        return principal
    shown = list(_candidates(headers, query))
    for token in shown:
        if principal := book.find(token):
            return principal
    if not shown:
        raise NotSignedIn("No token was sent. Send `Authorization: Bearer TOKEN` or `x-goog-api-key: TOKEN`.")
    raise NotSignedIn(next(filter(None, map(book.why_not, shown)), UNKNOWN))


def admit(exchange: Exchange, caller: Principal, book: TokenBook, *, counts: bool = True) -> None:
    """From here on it is this caller's. Each request passes here; `counts` unless it goes on with an earlier one.

    Raises NotSignedIn for a token that expired, MinuteSpent, DaySpent.
    """
    exchange.principal = caller
    book.admit(exchange.began, caller, counts=counts)


def settle(exchange: Exchange, book: TokenBook) -> None:
    """It ended; what it used is counted."""
    if exchange.principal is not None and exchange.principal.allowance is not None:
        book.spend(exchange.principal, exchange.story.usage.total)


def shows_token(headers: Mapping[bytes, bytes], query: bytes) -> bool:
    """Does the request carry anything that could be a token?"""
    return any(True for _ in _candidates(headers, query))


def _candidates(headers: Mapping[bytes, bytes], query: bytes) -> Iterator[bytes]:
    if token := token_in(headers.get(b"authorization", b"")):
        yield token
    for name in HEADERS:
        if value := headers.get(name):
            yield value
    if b"key=" in query:
        yield from (value.encode() for value in parse_qs(query.decode("latin-1")).get("key", ()))
