"""From a request's headers and query to who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from gemini_balance.core.errors import NotSignedIn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gemini_balance.core.call import Principal
    from gemini_balance.gateway.tokens import TokenBook

HEADERS = (b"x-goog-api-key", b"x-api-key")


def authenticate(headers: Mapping[bytes, bytes], query: bytes, book: TokenBook) -> Principal:
    """Raises NotSignedIn. A request may carry a token in several places; one that we know is enough."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme == b"Bearer" and (principal := book.find(token)):  # nearly every call
        return principal
    found = False
    for token in _candidates(headers, query):
        if principal := book.find(token):
            return principal
        found = True
    if found:
        raise NotSignedIn("This token is not one of this gateway's. Check it against ALLOWED_TOKENS.")
    raise NotSignedIn("No token was sent. Send `Authorization: Bearer TOKEN` or `x-goog-api-key: TOKEN`.")


def shows_token(headers: Mapping[bytes, bytes], query: bytes) -> bool:
    """Does the request carry anything that could be a token?"""
    return any(True for _ in _candidates(headers, query))


def _candidates(headers: Mapping[bytes, bytes], query: bytes) -> Iterator[bytes]:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() == b"bearer" and token.strip():
        yield token.strip()
    for name in HEADERS:
        if value := headers.get(name):
            yield value
    if b"key=" in query:
        yield from (value.encode() for value in parse_qs(query.decode("latin-1")).get("key", ()))
