"""Bytes on the wire: event streams, JSON arrays and the one JSON codec."""
