"""Use cases → management API."""

from __future__ import annotations

import secrets
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from gemini_balance.api.clients import PublicUrl, client_of
from gemini_balance.core.call import GEMINI_API, VERTEX_EXPRESS
from gemini_balance.gateway.accounts import Operators, Own
from gemini_balance.gateway.forecasts import Forecasts
from gemini_balance.management.cases import UseCases
from gemini_balance.management.door import Management, Whereabouts
from gemini_balance.storage.memory.accounts import MemoryAccounts
from gemini_balance.storage.passwords import Argon2

if TYPE_CHECKING:
    from gemini_balance.app.kept import Kept
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.options import OptionBook
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import ChangeLog
    from gemini_balance.gateway.tokens import TokenBook
    from gemini_balance.settings import Settings


def operators_of(settings: Settings, kept: Kept, tokens: TokenBook, clock: Clock) -> Operators:
    """A client token that AUTH_TOKEN has, too, is no operator's."""
    own = Own(settings.auth_token, lambda token: tokens.find(token) is not None)
    secret = kept.secrets.sessions if kept.secrets else secrets.token_bytes(32)
    accounts = kept.accounts or MemoryAccounts()
    return Operators(accounts, Argon2(), secret, clock, own, kept.first_password, _tell)


def _tell(words: str) -> None:
    """A person, never the log."""
    sys.stdout.write(words)
    sys.stdout.flush()


def forecasts_of(gateway: Gateway, vertex: Gateway) -> Forecasts:
    return Forecasts({GEMINI_API: gateway.pool, VERTEX_EXPRESS: vertex.pool}, gateway.clock)


def management_of(
    operators: Operators, book: OptionBook, changes: ChangeLog, forecasts: Forecasts, public: PublicUrl
) -> Management:
    cases = UseCases(version("gemini-balance"), operators, book, changes, forecasts)
    trusted = public.trusted
    return Management(cases, Whereabouts(public.of, lambda scope, headers: client_of(scope, headers, trusted)))
