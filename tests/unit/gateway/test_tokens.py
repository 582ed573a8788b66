"""Client tokens."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from gemini_balance.core.allowance import Allowance
from gemini_balance.core.call import Principal
from gemini_balance.core.errors import BadRequest, MinuteSpent, NotFound, NotSignedIn
from gemini_balance.gateway.stores import Change, KeptToken, Off, Origin
from gemini_balance.gateway.token_rows import Terms
from gemini_balance.gateway.tokens import TokenBook
from gemini_balance.storage.memory.tokens import MemoryTokens
from tests.unit.gateway.stage import Hands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

pytestmark = pytest.mark.anyio

PEPPER = b"pepper"
CLOCK = Hands()
BOOK = TokenBook(MemoryTokens(), PEPPER, CLOCK, ["sk-alpha-1234", "short", "ключ-ключ-1"])


class Noting(MemoryTokens):
    """A store that remembers who did what."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []
        self.broken = False

    async def put(self, tokens: Sequence[KeptToken], change: Change) -> None:
        self.changes.append(change)
        await super().put(tokens, change)

    async def used(self, last: Mapping[str, float]) -> None:
        if self.broken:
            raise OSError("the disk is full")
        await super().used(last)


@dataclass
class House:
    """A store, and gateways that start with it."""

    store: Noting = field(default_factory=Noting)
    clock: Hands = field(default_factory=Hands)

    async def start(self, *listed: str) -> TokenBook:
        book = TokenBook(self.store, PEPPER, self.clock, listed)
        await book.begin()
        return book


def offs(book: TokenBook) -> dict[str, Off]:
    return {row.name: row.off for row in book.all(deleted=True)}


def told(changes: Iterable[Change]) -> list[tuple[str, str, Any, Any]]:
    return [
        (one.who, one.action, one.before and json.loads(one.before), one.after and json.loads(one.after))
        for one in changes
    ]


@pytest.mark.parametrize(
    ("token", "principal"),
    [
        (b"sk-alpha-1234", Principal("…1234", "token-5fa1f51db7507dc7")),
        (b"short", Principal("…", "token-c96fd135832d953a")),
        ("ключ-ключ-1".encode(), Principal("…юч-1", "token-3ae6fd4a17dd9e1b")),
        (b"sk-alpha-123", None),
        (b"sk-alpha-12345", None),
        (b"SK-ALPHA-1234", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_a_token_is_known_or_not(token: bytes, principal: Principal | None) -> None:
    assert BOOK.find(token) == principal


async def test_the_book_keeps_no_secret() -> None:
    book = await House().start("sk-alpha-1234")
    made = await book.make(Terms(name="mine"), "operator")
    assert "alpha" not in repr(vars(book))
    assert made.secret not in repr(vars(book)) + repr(made)


def test_a_book_without_tokens_lets_nobody_in() -> None:
    book = TokenBook(MemoryTokens(), PEPPER, CLOCK)
    assert (len(book), book.find(b"")) == (0, None)


def test_tokens_of_one_name_have_ids_of_their_own_that_stay() -> None:
    again = TokenBook(MemoryTokens(), PEPPER, CLOCK, ["sk-other-1234", "sk-alpha-1234"])
    mine, other = again.find(b"sk-alpha-1234"), again.find(b"sk-other-1234")
    assert mine is not None
    assert other is not None
    assert (mine.name, mine == BOOK.find(b"sk-alpha-1234")) == (other.name, True)
    assert mine.id != other.id
    assert (BOOK.by_id(mine.id), BOOK.by_id(other.id)) == (mine, None)


async def test_a_token_that_is_made_is_told_once_and_serves_with_all_its_terms() -> None:
    house = House()
    book = await house.start()
    models, tags = frozenset({"models/gemini-2.5-pro", "gemini-2.5-flash"}), frozenset({" mine "})
    expires = house.clock.time + 60
    terms = Terms(name=" 翻译 ", models=models, tags=tags, rpm=5, tokens_per_day=9, expires=expires)
    token, secret = await book.make(terms, "operator")
    assert secret.startswith("sk-")
    assert len(secret) >= 43
    bare = frozenset({"gemini-2.5-pro", "gemini-2.5-flash"})
    allowance = Allowance(5, 9, expires)
    assert book.find(secret.encode()) == Principal("翻译", token.id, bare, frozenset({"mine"}), allowance)
    assert book.all() == await house.store.all() == [token]
    assert (token.shown, token.origin, token.created) == (secret[-4:], Origin.OPERATOR, house.clock.time)
    said = {
        "name": "翻译",
        "models": sorted(bare),
        "tags": ["mine"],
        "rpm": 5,
        "tokens_per_day": 9,
        "expires": expires,
    }
    assert told(house.store.changes) == [("operator", "make", None, said)]


@pytest.mark.parametrize(
    ("terms", "param", "says"),
    [
        (Terms(), "name", "1 to 100"),
        (Terms(name=" "), "name", "1 to 100"),
        (Terms(name="a\nb"), "name", "printable"),
        (Terms(name="x" * 101), "name", "1 to 100"),
        (Terms(name="a", models=frozenset({"a b"})), "models", "'a b' can't be"),
        (Terms(name="a", models=frozenset({""})), "models", "'' can't be"),
        (Terms(name="a", models=frozenset(map(str, range(201)))), "models", "At most 200 models"),
        (Terms(name="a", tags=frozenset({" "})), "tags", "A tag has"),
        (Terms(name="a", tags=frozenset(map(str, range(201)))), "tags", "At most 200 tags"),
        (Terms(name="a", rpm=-1), "rpm", "between 0 and 100000"),
        (Terms(name="a", rpm=100_001), "rpm", "between 0 and 100000"),
        (Terms(name="a", tokens_per_day=10**16), "tokens_per_day", "between 0 and"),
        (Terms(name="a", expires=CLOCK.time), "expires", "must lie ahead"),
    ],
)
async def test_terms_that_make_no_sense_are_refused_by_their_name(terms: Terms, param: str, says: str) -> None:
    book = await House().start()
    with pytest.raises(BadRequest, match=says) as refused:
        await book.make(terms, "operator")
    assert (refused.value.param, book.all()) == (param, [])


@pytest.mark.parametrize("secret", ["short", "with a space", "ключ-ключ-1", "x" * 513])
async def test_a_secret_that_no_client_can_send_or_anybody_can_guess_is_refused(secret: str) -> None:
    with pytest.raises(BadRequest, match="8 to 512 printable ASCII") as refused:
        await (await House().start()).make(Terms(name="a"), "operator", secret)
    assert refused.value.param == "secret"


async def test_a_token_is_there_once() -> None:
    book = await House().start("sk-alpha-1234")
    with pytest.raises(BadRequest, match=book.all()[0].id):
        await book.make(Terms(name="again"), "operator", "sk-alpha-1234")


async def test_only_what_is_said_changes_and_who_said_it_is_noted() -> None:
    house = House()
    book = await house.start()
    token, secret = await book.make(Terms(name="old", rpm=5), "operator")
    changed = await book.change(token.id, Terms(name="new", expires=None), "command line")
    assert changed == replace(token, name="new")
    assert book.find(secret.encode()) == Principal("new", token.id, allowance=Allowance(5, 0, inf))
    await book.change(token.id, Terms(rpm=0), "operator")
    assert book.find(secret.encode()) == Principal("new", token.id)
    assert told(house.store.changes)[1:] == [
        ("command line", "change", {"name": "old"}, {"name": "new"}),
        ("operator", "change", {"rpm": 5}, {"rpm": 0}),
    ]


async def test_a_token_can_be_disabled_enabled_and_deleted_for_good() -> None:
    house = House()
    book = await house.start()
    token, secret = await book.make(Terms(name="a"), "operator")
    house.clock.time += 5
    off = await book.disable(token.id, "operator")
    assert (off.off, off.off_since, book.find(secret.encode())) == (Off.OPERATOR, house.clock.time, None)
    assert await book.disable(token.id, "operator") == off
    assert await book.enable(token.id, "operator") == token
    assert book.find(secret.encode()) is not None
    await book.delete(token.id, "operator")
    assert (book.find(secret.encode()), book.by_id(token.id), book.all()) == (None, None, [])
    for use in (book.enable, book.disable, book.delete):
        with pytest.raises(NotFound):
            await use(token.id, "operator")
    assert [change.action for change in house.store.changes] == ["make", "disable", "enable", "delete"]


async def test_the_environments_tokens_come_go_and_return() -> None:
    house = House()
    assert offs(await house.start("sk-alpha-1", "sk-beta-2")) == {"…ha-1": Off.NO, "…ta-2": Off.NO}
    without = await house.start("sk-beta-2", "sk-gamma-3")
    assert offs(without) == {"…ha-1": Off.UNLISTED, "…ta-2": Off.NO, "…ma-3": Off.NO}
    assert without.find(b"sk-alpha-1") is None
    assert "no longer in ALLOWED_TOKENS" in without.why_not(b"sk-alpha-1")
    assert offs(await house.start("sk-alpha-1", "sk-beta-2", "sk-gamma-3")) == dict.fromkeys(offs(without), Off.NO)
    told_by = [(change.who, change.action, change.target) for change in house.store.changes]
    ids = {row.name: row.id for row in without.all()}
    assert told_by == [
        ("environment", "added", "2 tokens"),
        ("environment", "added", ids["…ma-3"]),
        ("environment", "unlisted", ids["…ha-1"]),
        ("environment", "returned", ids["…ha-1"]),
    ]


async def test_a_start_that_changes_nothing_writes_nothing() -> None:
    house = House()
    await house.start("sk-alpha-1")
    await house.start("sk-alpha-1")
    assert len(house.store.changes) == 1


async def test_what_an_operator_deleted_stays_deleted_until_it_is_made_by_hand() -> None:
    house = House()
    book = await house.start("sk-alpha-1")
    first = book.all()[0]
    await book.delete(first.id, "operator")
    book = await house.start("sk-alpha-1")
    assert book.find(b"sk-alpha-1") is None
    assert book.why_not(b"sk-alpha-1") == ""
    again = (await book.make(Terms(name="again"), "operator", "sk-alpha-1")).token
    assert (again.id, again.off, again.origin) == (first.id, Off.NO, Origin.OPERATOR)
    assert offs(await house.start()) == {"again": Off.NO}


async def test_what_an_operator_turned_off_stays_off_whatever_the_environment_lists() -> None:
    house = House()
    book = await house.start("sk-alpha-1")
    await book.disable(book.all()[0].id, "operator")
    for listed in ([], ["sk-alpha-1"]):
        assert offs(await house.start(*listed)) == {"…ha-1": Off.OPERATOR}


async def test_one_that_is_enabled_though_it_is_not_listed_stays_so() -> None:
    house = House()
    await house.start("sk-alpha-1")
    book = await house.start()
    await book.enable(book.all()[0].id, "operator")
    assert offs(await house.start()) == {"…ha-1": Off.NO}


async def test_what_another_process_did_is_seen_after_a_reload_and_never_lost() -> None:
    house = House()
    here, there = await house.start(), await house.start()
    token, secret = await there.make(Terms(name="theirs"), "operator")
    assert here.find(secret.encode()) is None
    await here.make(Terms(name="ours"), "operator")
    assert here.find(secret.encode()) is not None
    await there.change(token.id, Terms(rpm=3), "operator")
    await here.change(token.id, Terms(name="both"), "operator")
    await there.reload()
    assert there.find(secret.encode()) == Principal("both", token.id, allowance=Allowance(3))


async def test_of_gateways_whose_lists_differ_the_newest_decides_and_the_other_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    first = await house.start("sk-alpha-1", "sk-beta-2")
    await house.start("sk-beta-2")
    for _ in range(2):
        await first.reload()
    assert first.find(b"sk-alpha-1") is None
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "1 of this one's are off" in warnings[0]


async def test_when_a_token_was_used_is_seen_at_once_and_written_in_batches() -> None:
    house = House()
    book = await house.start("sk-alpha-1")
    caller = book.find(b"sk-alpha-1")
    assert caller is not None
    book.admit(5.0, caller)
    assert ([row.last_used for row in book.all()], [row.last_used for row in await house.store.all()]) == (
        [5.0],
        [None],
    )
    house.store.broken = True
    await book.save_used()
    assert [row.last_used for row in book.all()] == [5.0]
    house.store.broken = False
    await book.save_used()
    assert ([row.last_used for row in book.all()], [row.last_used for row in await house.store.all()]) == (
        [5.0],
        [5.0],
    )


async def test_limits_are_the_tokens_own_and_follow_its_changes() -> None:
    book = await House().start()
    token, secret = await book.make(Terms(name="a", rpm=1, expires=CLOCK.time + 60), "operator")
    caller = book.find(secret.encode())
    assert caller is not None
    book.admit(CLOCK.time, caller)
    with pytest.raises(MinuteSpent):
        book.admit(CLOCK.time, caller)
    await book.change(token.id, Terms(rpm=2), "operator")
    caller = book.find(secret.encode())
    assert caller is not None
    book.admit(CLOCK.time, caller)
    with pytest.raises(NotSignedIn, match="expired"):
        book.admit(CLOCK.time + 60, caller)
    book.spend(caller, 7)
    assert book.used_today(token.id) == 7


async def test_whatever_was_a_client_token_is_known_as_one() -> None:
    book = await House().start("sk-alpha-1")
    await book.delete(book.all()[0].id, "operator")
    assert (book.knows(b"sk-alpha-1"), book.knows(b"sk-alpha-2")) == (True, False)


class Unhurried(Noting):
    """What is written is written before the writer hears of it."""

    def __init__(self) -> None:
        super().__init__()
        self.written, self.goes_on = asyncio.Event(), asyncio.Event()
        self.goes_on.set()

    async def put(self, tokens: Sequence[KeptToken], change: Change) -> None:
        await super().put(tokens, change)
        self.written.set()
        await self.goes_on.wait()


async def test_a_disabled_token_opens_nothing_though_who_disabled_it_left_meanwhile() -> None:
    store = Unhurried()
    book = await House(store).start("sk-alpha-1234")
    store.written.clear()
    store.goes_on.clear()
    caller = asyncio.create_task(book.disable(book.all()[0].id, "operator"))
    await store.written.wait()
    caller.cancel()
    store.goes_on.set()
    await asyncio.gather(caller, return_exceptions=True)
    async with asyncio.timeout(5):
        while book.find(b"sk-alpha-1234") is not None:  # noqa: ASYNC110  (nothing tells when)
            await asyncio.sleep(0)
    assert caller.cancelled()
