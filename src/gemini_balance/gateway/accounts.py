"""Who may operate: one account, whose password is AUTH_TOKEN, or one that was made at the first start."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gemini_balance.core import sessions
from gemini_balance.core.errors import BadRequest, NotSignedIn, TooManyAttempts
from gemini_balance.core.throttle import Throttle, place_of
from gemini_balance.gateway.stores import Account, Change, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import AccountStore, FirstPassword, PasswordHasher

NAME = "operator"
SHORTEST = 10  # characters of a new password
LONGEST = 1000
RANDOM = 15  # bytes of a password that is made
WRONG = "The password is wrong."
WAIT = "Too many wrong passwords. Try again in {seconds:.0f} s; until then even the right one is refused."
IN_ENVIRONMENT = "The password is AUTH_TOKEN of the environment: change it there, and start anew."
TOLD = """
The operator's password: {password}
{where}It must be changed at the first sign-in.
"""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Operator:
    """Who operates. While `must_change`, nothing but a change of the password may be allowed."""

    name: str
    must_change: bool = False
    session: str = ""  # its id; empty for who showed AUTH_TOKEN


@dataclass(frozen=True, slots=True)
class Own:
    """What is the environment's: AUTH_TOKEN, empty for none, and whether a value is a client token's."""

    auth_token: str = ""
    is_client: Callable[[bytes], bool] = lambda _: False


class Operators:
    """The account is a snapshot in memory, so that no request waits for the database."""

    def __init__(
        self,
        store: AccountStore,
        passwords: PasswordHasher,
        secret: bytes,
        clock: Clock,
        own: Own | None = None,
        first: FirstPassword | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`secret` signs sessions, and lasts as long as the accounts; `tell` shows a person a password."""
        self._store, self._passwords, self._clock, self._first, self._tell = store, passwords, clock, first, tell
        self._own = own or Own()
        self._secret = secret
        self._auth = self._digest(self._own.auth_token.encode()) if self._own.auth_token else None
        # Who signed in with another AUTH_TOKEN did not sign in with this one.
        self._signing = hmac.digest(secret, self._auth or b"", "sha256")
        self._account = Account(name=NAME, hash="", initial=False, changed=0.0)
        self._throttle = Throttle()
        self._changing = asyncio.Lock()

    async def begin(self) -> None:
        """Before the first request: where nobody has a password, one is made, written down and told."""
        await self.reload()
        if self._auth is None and not self._account.hash:
            await self._make_first()

    async def reload(self) -> None:
        """Another process may have changed it."""
        async with self._changing:
            self._account = await self._store.get(NAME) or self._account

    @property
    def must_change(self) -> bool:
        """Is the password still the one that was made for the operator?"""
        return self._account.initial and self._auth is None

    def bearer(self, token: bytes, client: str) -> Operator | None:
        """Who shows this token: AUTH_TOKEN, or a session's value. `client` is the address that tries.

        A client token is never an operator's, even where both lists have it. Raises TooManyAttempts.
        """
        if (operator := self.session(token.decode("latin-1"))) is not None:
            return operator
        if self._auth is None or not token:
            return None
        self._check_wait(place_of(client))
        if hmac.compare_digest(self._digest(token), self._auth) and not self._own.is_client(token):
            return Operator(NAME)
        self._throttle.begin(self._clock.now(), place_of(client))
        return None

    def session(self, cookie: str) -> Operator | None:
        """Whose session this value is, as `sign_in` gave it."""
        session = self._open(cookie)
        return Operator(session.account, self.must_change, session.id) if session is not None else None

    def renewed(self, cookie: str) -> str:
        """The value that shall replace it, since its session was seen now; empty while it may stay."""
        session = self._open(cookie)
        later = sessions.renewed(session, self._clock.now()) if session is not None else None
        return sessions.signed(later, self._signing) if later is not None else ""

    async def sign_in(self, password: str, client: str) -> str:
        """The value of a new session. `client` is the address that tries. Raises NotSignedIn, TooManyAttempts."""
        epoch = self._account.epoch  # of the password that is looked at
        await self._check(password, place_of(client))
        return self._begun(epoch)

    async def change_password(self, operator: Operator, old: str, new: str) -> str:
        """The value of the one session that is left, a new one: all others end.

        Raises BadRequest, NotSignedIn where `old` is wrong, TooManyAttempts.
        """
        if self._auth is not None:
            raise BadRequest(IN_ENVIRONMENT)
        _check_new(old, new)
        if self._own.is_client(new.encode()):
            raise BadRequest("This is a client token: whoever has it could operate. Take another.", param="new")
        await self._check(old, f"session {operator.session}")
        hashed = await self._passwords.hash(new)
        await self._change("change password", hash=hashed, initial=False)
        self._drop_first()
        return self._begun(self._account.epoch)

    async def sign_out_everywhere(self, who: str = NAME) -> None:
        """All sessions end."""
        await self._change("sign out everywhere", who)

    async def reset(self, who: str) -> str:
        """A new password, to be changed at the next sign-in; all sessions end. Raises BadRequest with AUTH_TOKEN."""
        if self._auth is not None:
            raise BadRequest(IN_ENVIRONMENT)
        password = secrets.token_urlsafe(RANDOM)
        await self._change("reset password", who, hash=await self._passwords.hash(password), initial=True)
        if self._first is not None:
            try:
                self._first.replace(password)
            except OSError as error:
                log.warning("The new password could not be written down: %s", error)
        return password

    async def _check(self, password: str, place: str) -> None:
        """Counts as wrong until it is known to be right: many at once are no way around the wait."""
        self._check_wait(place)
        self._throttle.begin(self._clock.now(), place)
        if not await self._is_right(password):
            log.warning("A wrong password was tried from %s.", place)
            raise NotSignedIn(WRONG)
        self._throttle.right(place)

    def _check_wait(self, place: str) -> None:
        if wait := self._throttle.wait(self._clock.now(), place):
            raise TooManyAttempts(WAIT.format(seconds=max(wait, 1.0)), wait)

    async def _is_right(self, password: str) -> bool:
        if self._auth is not None:
            return hmac.compare_digest(self._digest(password.encode()), self._auth)
        hashed = self._account.hash
        return bool(hashed) and len(password) <= LONGEST and await self._passwords.verify(hashed, password)

    def _open(self, cookie: str) -> sessions.Session | None:
        session = sessions.verified(cookie, self._signing, self._clock.now())
        return session if session is not None and session.epoch == self._account.epoch else None

    def _begun(self, epoch: int) -> str:
        begun = sessions.begun(NAME, epoch, self._clock.now(), secrets.token_hex(8))
        return sessions.signed(begun, self._signing)

    async def _change(self, action: str, who: str = NAME, **fields: str | bool) -> None:
        """Whoever asked may leave meanwhile: what is stored counts here, too."""
        await asyncio.shield(self._store_changed(action, who, fields))

    async def _store_changed(self, action: str, who: str, fields: Mapping[str, str | bool]) -> None:
        async with self._changing:
            kept = await self._store.get(NAME) or self._account
            now = self._clock.unix()
            account = replace(kept, changed=now, epoch=kept.epoch + 1, **fields)
            await self._store.put(account, _changed(now, who, action))
            self._account = account

    async def _make_first(self) -> None:
        """Of many processes that start at once one makes it; whoever shares the folder tells the same one."""
        password, where = self._written(secrets.token_urlsafe(RANDOM))
        hashed, now = await self._passwords.hash(password), self._clock.unix()
        account = replace(self._account, hash=hashed, initial=True, changed=now, epoch=self._account.epoch + 1)
        change = _changed(now, "environment", "make first password")
        if account.epoch > 1:  # AUTH_TOKEN was the password before
            await self._store.put(account, change)
        elif not await self._store.add(account, change):
            return await self._defer(password)
        self._account = account
        return self._tell(TOLD.format(password=password, where=where))

    async def _defer(self, password: str) -> None:
        """Another process was first. What was written down here may not be its password."""
        await self.reload()
        if not await self._passwords.verify(self._account.hash, password):
            self._drop_first()

    def _written(self, password: str) -> tuple[str, str]:
        """The first password, and where it can be read again."""
        if self._first is None:
            return password, ""
        try:
            return self._first.keep(password), f"It is also in {self._first.place}, until it is changed.\n"
        except OSError as error:
            log.warning("The first password could not be written down: %s", error)
            return password, ""

    def _drop_first(self) -> None:
        if self._first is not None:
            try:
                self._first.drop()
            except OSError as error:
                log.warning("The file with the first password could not be removed: %s", error)

    def _digest(self, value: bytes) -> bytes:
        return hmac.digest(self._secret, b"password:" + value, "sha256")


def _check_new(old: str, new: str) -> None:
    if not SHORTEST <= len(new) <= LONGEST:
        raise BadRequest(f"A password has {SHORTEST} to {LONGEST} characters.", param="new")
    if new == old:
        raise BadRequest("The new password is the old one.", param="new")


def _changed(now: float, who: str, action: str) -> Change:
    return Change(at=now, who=who, subject=Subject.ACCOUNT, target=NAME, action=action)
