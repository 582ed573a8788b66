"""The header that shows a token, RFC 6750, section 2.1."""

from __future__ import annotations


def token_in(authorization: bytes) -> bytes:
    """The token of an `Authorization` header's value; empty where it shows none, or by another scheme."""
    scheme, _, token = authorization.partition(b" ")
    return token.strip() if scheme.lower() == b"bearer" else b""
