"""Who may call, and who may operate."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gemini_balance.gateway.accounts import Operators, Own
from gemini_balance.gateway.state import StateKeeper
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.storage.memory.accounts import MemoryAccounts
from gemini_balance.storage.memory.tokens import MemoryTokens
from gemini_balance.storage.passwords import Argon2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gemini_balance.app.kept import Kept
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.settings import Settings

    Action = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Callers:
    """With the one that keeps what tokens used today, and what comes before the first call, in this order."""

    tokens: TokenBook
    operators: Operators
    keeper: StateKeeper | None
    begins: tuple[Action, ...]

    @property
    def reloads(self) -> tuple[Action, ...]:
        """When another process changed something."""
        return self.tokens.reload, self.operators.reload


def callers_of(settings: Settings, kept: Kept, clock: Clock) -> Callers:
    pepper = kept.secrets.pepper if kept.secrets else secrets.token_bytes(32)
    tokens = TokenBook(kept.tokens or MemoryTokens(), pepper, clock, settings.allowed_tokens)
    keeper = StateKeeper(tokens.allowances, clock, kept.allowances) if kept.allowances else None
    operators = _operators(settings, kept, clock, tokens)
    # Where nothing is kept nobody could sign in twice with a password that is made.
    begins = (tokens.begin, operators.begin) if kept.accounts else (tokens.begin,)
    return Callers(tokens, operators, keeper, begins)


def _operators(settings: Settings, kept: Kept, clock: Clock, tokens: TokenBook) -> Operators:
    signing = kept.secrets.sessions if kept.secrets else secrets.token_bytes(32)
    own = Own(settings.auth_token, tokens.knows)
    accounts = kept.accounts or MemoryAccounts()
    return Operators(accounts, Argon2(), signing, clock, own, kept.first_password, _show)


def _show(text: str) -> None:
    """To whoever started it, never to the log."""
    sys.stdout.write(text)
    sys.stdout.flush()
