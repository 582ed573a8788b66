"""The one JSON encoder. Decoders are built once beside the types they decode."""

from __future__ import annotations

import msgspec

_ENCODER = msgspec.json.Encoder()
_ANY = msgspec.json.Decoder(msgspec.Raw)

encode = _ENCODER.encode
"""Any struct, dict, list or scalar to compact UTF-8 JSON."""


def is_json(data: bytes) -> bool:
    """Is it one whole JSON document? Nothing is built of it."""
    try:
        _ANY.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
