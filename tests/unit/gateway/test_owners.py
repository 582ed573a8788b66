"""Who made what, and with which key."""

import pytest

from gemini_balance.core.errors import BadRequest, NotFound
from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.owners import DAY, Owners, outermost
from gemini_balance.storage.memory import MemoryResources
from tests.unit.gateway.stage import Hands

pytestmark = pytest.mark.anyio
A, B = KeyId("a"), KeyId("b")


async def owners(**names: str) -> Owners:
    """Of the client `me`: name → key, with `_` for the slash."""
    made = Owners(MemoryResources(), Hands())
    for name, key in names.items():
        await made.note("me", name.replace("_", "/"), KeyId(key))
    return made


async def test_all_that_a_request_names_lives_with_one_key() -> None:
    made = await owners(files_x="a", files_y="a", cachedContents_c="b")
    assert await made.pin("me", []) is None
    assert await made.pin("me", ["files/x", "files/y"]) == A
    assert await made.pin("me", ["cachedContents/c"]) == B


async def test_resources_of_two_keys_are_an_error_that_names_both() -> None:
    made = await owners(files_x="a", cachedContents_c="b")
    with pytest.raises(BadRequest) as apart:
        await made.pin("me", ["files/x", "cachedContents/c"])
    assert apart.value.message.startswith("files/x and cachedContents/c live with different API keys, ")
    assert "Make both anew, one right after the other: what a token makes within 60 s" in apart.value.message


@pytest.mark.parametrize("name", ["files/x", "files/unknown"])
async def test_what_is_anothers_is_not_told_from_what_is_nobodys(name: str) -> None:
    made = await owners(files_x="a")
    with pytest.raises(NotFound) as missing:
        await made.pin("they", [name])
    assert missing.value.message == f"{name} was not found, or it is not this token's."


async def test_what_is_inside_belongs_to_whoever_has_the_outermost() -> None:
    made = await owners()
    await made.note("me", "fileSearchStores/s/upload/operations/o", A)
    assert await made.pin("me", ["fileSearchStores/s", "fileSearchStores/s/documents/d"]) == A
    assert outermost("models/m/operations/o") == "models/m/operations/o"


async def test_what_google_keeps_for_two_days_is_not_remembered_for_ever() -> None:
    clock, store = Hands(), MemoryResources()
    await Owners(store, clock).note("me", "files/x", A)
    assert await Owners(store, clock).key_of("me", "files/x") == A
    clock.time += 4 * DAY
    assert await Owners(store, clock).key_of("me", "files/x") is None
    assert await Owners(store, clock).owned("me", "files") == {}


async def test_it_is_written_before_it_returns_and_read_again_after_a_restart() -> None:
    store = MemoryResources()
    await Owners(store, Hands()).note("me", "batches/b", B)
    again = Owners(store, Hands())
    assert await again.pin("me", ["batches/b"]) == B
    assert await again.owned("me", "batches") == {B: {"batches/b"}}
    await again.forget("me", "batches/b")
    assert await again.key_of("me", "batches/b") is None


async def test_what_does_not_fit_into_memory_is_asked_of_the_store() -> None:
    made = Owners(MemoryResources(), Hands(), most=2)
    for number in range(5):
        await made.note("me", f"files/{number}", A)
    assert [await made.key_of("me", f"files/{number}") for number in range(5)] == [A] * 5
