"""Another secret for a key that is known: what was said of it and what it did stay, what it was is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core.errors import Conflict
from gemini_balance.core.keys import Entry, Reading, Standing, UnusableKey, key_id, previewed
from gemini_balance.gateway.key_edits import deleted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gemini_balance.core.pool import KeyId
    from gemini_balance.gateway.stores import KeptKey


class SecretTaken(Conflict):
    """`holder`: the key that has it."""

    def __init__(self, holder: KeyId, *, own: bool) -> None:
        text = "This key has that secret already." if own else f"Another key has that secret already: {holder}."
        super().__init__(text, param="secret")
        self.holder, self.own = holder, own


def renewed(key: KeptKey, secret: str, holders: Mapping[KeyId, KeyId]) -> KeptKey:
    """With this secret. `holders`: whose each secret is. Raises SecretTaken, UnusableKey."""
    (seen,) = previewed(Reading((Entry(key=secret, upstream=key.upstream),)), holders).items
    if seen.holder is not None and (seen.holder != key.id or secret == key.secret):
        raise SecretTaken(seen.holder, own=seen.holder == key.id)
    if seen.standing not in (Standing.NEW, Standing.KEPT):  # its first secret may come back
        raise UnusableKey(seen.why, param="secret")
    return replace(key, secret=secret)


def left_behind(before: KeptKey, after: KeptKey, now: float) -> list[KeptKey]:
    """What keeps the environment from bringing back a secret that went and is no more what its key is called by."""
    own = key_id(before.secret, before.upstream)
    if before.secret == after.secret or own == before.id:
        return []
    return [deleted(replace(before, id=own), now)]
