"""The one JSON encoder. Decoders are built once beside the types they decode."""

from __future__ import annotations

import msgspec

_ENCODER = msgspec.json.Encoder()

encode = _ENCODER.encode
"""Any struct, dict, list or scalar to compact UTF-8 JSON."""
