"""What is found out of keys, whoever found it: told to the other processes, or waiting for an operator's word."""

from __future__ import annotations

import msgspec

from gemini_balance.core.outcome import Cause  # noqa: TC001  (msgspec asks for the types of the fields)
from gemini_balance.core.pool import KeyId  # noqa: TC001  (the same)


class Verdicts(msgspec.Struct, frozen=True):
    """What was found out of keys, told to the other processes in a change: an operator's word, or a check.

    Those `apart` share no project, any two of them.
    """

    well: list[KeyId] = []
    dead: dict[KeyId, Cause] = {}
    apart: list[KeyId] = []


class Group(msgspec.Struct, frozen=True):
    """Keys that are believed to share a project."""

    name: str
    keys: list[KeyId]
