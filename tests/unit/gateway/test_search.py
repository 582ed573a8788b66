"""Looking for calls one by one."""

import pytest

from gemini_balance.core.errors import BadRequest, NotFound
from gemini_balance.gateway.calls import CallFilter
from gemini_balance.gateway.search import Search
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.storage.journal.memory import MemoryCalls
from gemini_balance.storage.memory.changes import MemoryChanges
from tests.contract.calls import NOON, call, failed
from tests.unit.gateway.test_statistics import Clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def calls() -> MemoryCalls:
    return MemoryCalls()


@pytest.fixture
def search(calls: MemoryCalls) -> Search:
    return Search(calls, MemoryChanges(), Clock(NOON))


async def test_a_call_that_is_not_there_is_not_found(search: Search) -> None:
    with pytest.raises(NotFound, match="no call with the request id 'x'"):
        await search.one("x")


@pytest.mark.parametrize("most", [0, 201])
async def test_a_page_has_a_size_that_can_be_had(search: Search, most: int) -> None:
    with pytest.raises(BadRequest, match="A page holds 1 to 200 calls"):
        await search.page(CallFilter(), most)


async def test_forgetting_leaves_the_calls_and_tells_who_did_it(
    calls: MemoryCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gemini_balance.gateway.search.AT_ONCE", 2)
    changes = MemoryChanges()
    await calls.write([call(), *(failed(NOON + at) for at in range(5)), failed(NOON - 9)])
    assert await Search(calls, changes, Clock(NOON)).forget(CallFilter(since=NOON), "operator") == 5
    left = (await calls.search(CallFilter(failed=True), 10)).calls
    assert [one.error is None for one in left] == [True] * 5 + [False]
    assert await changes.page(None, 10) == [
        Change(
            at=NOON,
            who="operator",
            subject=Subject.JOURNAL,
            target="5 error details",
            action="delete",
            id=1,
        )
    ]
