"""Who may operate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.errors import BadRequest, NotSignedIn, TooManyAttempts
from gemini_balance.core.sessions import HOUR, IDLE
from gemini_balance.core.throttle import FREE
from gemini_balance.gateway.accounts import Operator, Operators, Own
from gemini_balance.storage.memory.accounts import MemoryAccounts
from tests.unit.gateway.stage import Hands

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import Account, Change

pytestmark = pytest.mark.anyio

SECRET = b"s" * 32
HOME = "203.0.113.7"


class Plain:
    """Implements `PasswordHasher`, without the slowness."""

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, hashed: str, password: str) -> bool:
        return hashed == f"hash of {password}"


class Slow(Plain):
    """Lets others come in between, as hashing in a thread does."""

    async def hash(self, password: str) -> str:
        await asyncio.sleep(0)
        return await super().hash(password)


@dataclass
class Note:
    """Implements `FirstPassword`."""

    password: str = ""
    place = "a note"

    def keep(self, password: str) -> str:
        self.password = self.password or password
        return self.password

    def replace(self, password: str) -> None:
        self.password = password

    def drop(self) -> None:
        self.password = ""


@dataclass
class House:
    """A gateway's operators, and what a second process at the same store sees."""

    store: MemoryAccounts = field(default_factory=MemoryAccounts)
    clock: Hands = field(default_factory=Hands)
    note: Note = field(default_factory=Note)
    told: list[str] = field(default_factory=list)

    def operators(self, auth_token: str = "", clients: tuple[bytes, ...] = ()) -> Operators:
        own = Own(auth_token, lambda token: token in clients)
        return Operators(self.store, Plain(), SECRET, self.clock, own, self.note, self.told.append)

    async def begun(self, auth_token: str = "", clients: tuple[bytes, ...] = ()) -> Operators:
        operators = self.operators(auth_token, clients)
        await operators.begin()
        return operators


async def test_the_first_start_makes_a_password_writes_it_down_and_tells_it_once() -> None:
    house = House()
    operators = await house.begun()
    assert house.note.password in house.told[0]
    await house.begun()
    assert len(house.told) == 1
    cookie = await operators.sign_in(house.note.password, HOME)
    who = operators.session(cookie)
    assert who is not None
    assert (who.name, who.must_change) == ("operator", True)


async def test_of_two_that_start_at_once_one_makes_the_password() -> None:
    house = House()
    first, second = house.operators(), house.operators()
    await first.begin()
    await second.begin()
    await second.sign_in(house.note.password, HOME)
    assert len(house.told) == 1


async def test_of_two_machines_that_start_at_once_only_one_has_a_password_written_down() -> None:
    clock, store = Hands(), MemoryAccounts()
    here, there = Note(), Note()
    first, second = (Operators(store, Slow(), SECRET, clock, None, note) for note in (here, there))
    await asyncio.gather(first.begin(), second.begin())
    assert [bool(note.password) for note in (here, there)] == [True, False]
    for operators in (first, second):
        assert operators.session(await operators.sign_in(here.password, HOME)) is not None


async def test_a_changed_password_counts_everywhere_and_ends_all_sessions_but_the_new_one() -> None:
    house = House()
    operators, elsewhere = await house.begun(), await house.begun()
    first = house.note.password
    old = await operators.sign_in(first, HOME)
    who = operators.session(old)
    assert who is not None
    new = await operators.change_password(who, first, "correct horse battery")
    await elsewhere.reload()
    assert [one.session(old) for one in (operators, elsewhere)] == [None, None]
    for one in (operators, elsewhere):
        signed_in = one.session(new)
        assert signed_in is not None
        assert not signed_in.must_change
        with pytest.raises(NotSignedIn, match="wrong"):
            await one.sign_in(first, HOME)
        await one.sign_in("correct horse battery", HOME)
    assert house.note.password == ""


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("short", "10 to 1000"),
        ("x" * 1001, "10 to 1000"),
        ("the first one", "is the old one"),
        ("sk-client-token", "is a client token"),
    ],
)
async def test_a_password_that_would_not_protect_is_refused(new: str, says: str) -> None:
    house = House(note=Note("the first one"))
    operators = await house.begun(clients=(b"sk-client-token",))
    with pytest.raises(BadRequest, match=says):
        await operators.change_password(Operator("operator"), "the first one", new)


async def test_the_environments_token_is_bearer_and_password_and_needs_no_other() -> None:
    house = House()
    operators = await house.begun("the operators own")
    assert (house.told, house.note.password) == ([], "")
    assert operators.bearer(b"the operators own", HOME) == Operator("operator")
    assert operators.bearer(b"the operators", HOME) is None
    assert operators.bearer(b"", HOME) is None
    cookie = await operators.sign_in("the operators own", HOME)
    who = operators.session(cookie)
    assert who is not None
    assert not who.must_change
    with pytest.raises(BadRequest, match="AUTH_TOKEN"):
        await operators.change_password(who, "the operators own", "correct horse battery")
    with pytest.raises(BadRequest, match="AUTH_TOKEN"):
        await operators.reset("command line")


async def test_a_client_token_is_never_a_bearer_but_may_be_the_consoles_password() -> None:
    operators = await House().begun("sk-both", clients=(b"sk-both",))
    assert operators.bearer(b"sk-both", HOME) is None
    assert operators.session(await operators.sign_in("sk-both", HOME)) is not None


async def test_a_sessions_value_may_be_shown_as_a_bearer() -> None:
    operators = await House().begun("the operators own")
    cookie = await operators.sign_in("the operators own", HOME)
    assert operators.bearer(cookie.encode(), HOME) == operators.session(cookie)


async def test_another_environment_token_ends_the_sessions_of_the_last() -> None:
    house = House()
    cookie = await (await house.begun("the first token")).sign_in("the first token", HOME)
    assert (await house.begun("the first token")).session(cookie) is not None
    assert (await house.begun("another token")).session(cookie) is None
    assert (await house.begun()).session(cookie) is None


async def test_without_the_environments_token_again_a_password_is_made() -> None:
    house = House()
    operators = await house.begun("the operators own")
    await operators.sign_out_everywhere()
    operators = await house.begun()
    assert operators.session(await operators.sign_in(house.note.password, HOME)) is not None
    assert operators.must_change


async def test_signing_out_everywhere_ends_every_session() -> None:
    house = House()
    operators, elsewhere = await house.begun(), await house.begun()
    cookie = await operators.sign_in(house.note.password, HOME)
    assert elsewhere.session(cookie) is not None
    await operators.sign_out_everywhere()
    await elsewhere.reload()
    assert [one.session(cookie) for one in (operators, elsewhere)] == [None, None]


async def test_a_session_ends_when_it_is_not_used_and_lasts_when_it_is() -> None:
    house = House()
    operators = await house.begun()
    cookie = await operators.sign_in(house.note.password, HOME)
    assert operators.renewed(cookie) == ""
    house.clock.time += 2 * HOUR
    later = operators.renewed(cookie)
    house.clock.time += IDLE - HOUR
    assert operators.session(cookie) is None
    assert operators.renewed(cookie) == ""
    assert operators.session(later) is not None


async def test_a_reset_password_is_told_and_must_be_changed() -> None:
    house = House()
    operators = await house.begun()
    cookie = await operators.sign_in(house.note.password, HOME)
    password = await operators.reset("command line")
    assert (operators.session(cookie), operators.must_change, house.note.password) == (None, True, password)
    await operators.sign_in(password, HOME)


async def test_guessing_slows_down_and_then_even_the_right_password_is_refused() -> None:
    house = House(note=Note("the first one"))
    operators = await house.begun()
    for _ in range(FREE + 1):
        with pytest.raises(NotSignedIn, match="wrong"):
            await operators.sign_in("a guess", HOME)
    with pytest.raises(TooManyAttempts, match="even the right one is refused") as refused:
        await operators.sign_in("the first one", HOME)
    assert (refused.value.status, refused.value.retry_after) == (429, 1.0)
    await operators.sign_in("the first one", "198.51.100.1")
    house.clock.time += 1
    await operators.sign_in("the first one", HOME)


async def test_guessing_the_environments_token_slows_down_too() -> None:
    house = House()
    operators = await house.begun("the operators own")
    for guess in range(FREE + 1):
        assert operators.bearer(b"guess %d" % guess, HOME) is None
    with pytest.raises(TooManyAttempts):
        operators.bearer(b"the operators own", HOME)
    house.clock.time += 1
    assert operators.bearer(b"the operators own", HOME) is not None


class Full:
    """Implements `FirstPassword`, on a disk that can't be written."""

    place = "a disk"

    def keep(self, password: str) -> str:
        raise OSError("read only")

    def replace(self, password: str) -> None:
        raise OSError("read only")

    def drop(self) -> None:
        raise OSError("read only")


async def test_a_folder_that_cannot_be_written_keeps_nobody_out() -> None:
    told: list[str] = []
    operators = Operators(MemoryAccounts(), Plain(), SECRET, Hands(), None, Full(), told.append)
    await operators.begin()
    password = told[0].split("password: ")[1].split()[0]
    who = operators.session(await operators.sign_in(password, HOME))
    assert who is not None
    await operators.change_password(who, password, "correct horse battery")
    assert await operators.reset("command line")


class Unhurried(MemoryAccounts):
    """What was read or written is known to whoever asked only when it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.held: list[asyncio.Event] = []  # for whom comes next

    async def get(self, name: str) -> Account | None:
        found = await super().get(name)
        await self._wait()
        return found

    async def put(self, account: Account, change: Change) -> None:
        await super().put(account, change)
        await self._wait()

    async def _wait(self) -> None:
        self.asked.set()
        if self.held:
            await self.held.pop().wait()

    def hold(self) -> asyncio.Event:
        self.asked.clear()
        self.held.append(goes_on := asyncio.Event())
        return goes_on


async def test_who_is_signed_out_everywhere_stays_so_though_an_older_account_is_just_being_read() -> None:
    house = House(store := Unhurried())
    operators = house.operators()
    await operators.begin()
    session = await operators.sign_in(house.note.password, HOME)
    goes_on = store.hold()
    reload = asyncio.create_task(operators.reload())
    await store.asked.wait()
    ended = asyncio.create_task(operators.sign_out_everywhere())
    for _ in range(10):
        await asyncio.sleep(0)
    goes_on.set()
    await asyncio.gather(reload, ended)
    assert operators.session(session) is None


async def test_sessions_end_though_who_ended_them_left_meanwhile() -> None:
    house = House(store := Unhurried())
    operators = house.operators()
    await operators.begin()
    session = await operators.sign_in(house.note.password, HOME)
    goes_on = store.hold()
    caller = asyncio.create_task(operators.sign_out_everywhere())
    await store.asked.wait()
    caller.cancel()
    goes_on.set()
    await asyncio.gather(caller, return_exceptions=True)
    async with asyncio.timeout(5):
        while operators.session(session) is not None:  # noqa: ASYNC110  (nothing tells when)
            await asyncio.sleep(0)
    assert caller.cancelled()
