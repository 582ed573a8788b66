"""Thought signatures that callers don't bring back: kept by the id of the tool call they came with."""

from __future__ import annotations

SENTINEL = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
"""Base64 of `skip_thought_signature_validator`, by which Google waives the check: the last resort."""
EMBEDDED = "__thought__"
"""What some clients put between a call's id and its signature."""
_STANDARD = str.maketrans("-_", "+/")


class SignatureStore:
    """The latest signatures, the least recently used forgotten first. Only what one process has seen."""

    __slots__ = ("_capacity", "_held")

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._held: dict[str, str] = {}

    def remember(self, call_id: str, signature: str) -> None:
        if not call_id or not signature:
            return
        self._held.pop(call_id, None)
        self._held[call_id] = standard(signature)
        if len(self._held) > self._capacity:
            del self._held[next(iter(self._held))]

    def find(self, call_id: str) -> str | None:
        """The signature as padded standard base64."""
        signature = self._held.pop(call_id, None)
        if signature is not None:
            self._held[call_id] = signature  # found again is used again
        return signature


def standard(signature: str) -> str:
    """One spelling for the same bytes: google-genai sends them back in the URL-safe alphabet, without padding."""
    text = signature.translate(_STANDARD).rstrip("=")
    return text + "=" * (-len(text) % 4)
