"""Thought signatures: opaque bytes that this Google gives with a part and knows again when they come back."""

import base64
import hashlib

from gemini_balance.simulator.scalars import decode_bytes

# What callers without a signature may send instead, raw or as base64: documented by Google, used by its own CLI.
SENTINELS = (b"skip_thought_signature_validator", b"context_engineering_is_the_way_to_go")
# Real signatures are protobuf messages that begin with field 1 or 2; 230 of 230 recorded ones do.
_REAL_STARTS = (0x0A, 0x12)
_MARK = b"gemini-balance-simulator/"


def sign(subject: str) -> str:
    """The signature for a function call of this name, or for a text."""
    payload = _MARK + _seal(subject)
    return base64.b64encode(bytes((0x12, len(payload))) + payload).decode()


def is_valid(signature: str, subject: str) -> bool:
    """Whether `signature` (padded standard base64) is a sentinel, one of ours for `subject`, or looks real."""
    raw = decode_bytes(signature)
    if raw in SENTINELS or _as_text(signature) in SENTINELS:
        return True
    if raw[2:].startswith(_MARK):
        return raw[2:] == _MARK + _seal(subject)
    return bool(raw) and raw[0] in _REAL_STARTS


def _as_text(signature: str) -> bytes:
    """The signature before it was read as base64: a raw sentinel is url-safe base64 by luck."""
    return signature.rstrip("=").replace("/", "_").replace("+", "-").encode()


def _seal(subject: str) -> bytes:
    return hashlib.blake2s(subject.encode(), digest_size=24).hexdigest().encode()
