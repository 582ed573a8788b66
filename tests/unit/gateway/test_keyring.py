"""Keys are kept first, and served with at once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec
import pytest

from gemini_balance.core.call import VERTEX_EXPRESS
from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import Entry, Format, Reading, Standing, UnusableKey, read
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.key import Project, Source
from gemini_balance.gateway.key_edits import KeyEdit
from gemini_balance.gateway.key_findings import Verdicts
from gemini_balance.gateway.key_views import ALL, KeyFilter, KeyState, only
from gemini_balance.gateway.stores import Off, Tier
from gemini_balance.storage.memory.changes import MemoryChanges
from tests.unit.gateway.ring_stage import SECRETS, WHO, RingStage, entry, id_of
from tests.unit.gateway.stage import Line, says

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from gemini_balance.gateway.keyring import Keyring
    from gemini_balance.gateway.stores import Change

pytestmark = pytest.mark.anyio
NOW = 1_800_000_100.0


async def test_the_environments_keys_are_taken_in_and_serve() -> None:
    stage = await RingStage(Line([says("Hello", "STOP")]), listed="AB").loaded()
    await stage.play()
    assert stage.states() == {"A": "ready", "B": "ready"}
    assert [(change.who, change.target, change.action, change.after) for change in await stage.history()] == [
        ("environment", "2 keys", "import", '{"new":2}')
    ]


async def test_a_second_start_with_the_same_list_changes_nothing() -> None:
    first = await RingStage(listed="AB").loaded()
    again = await RingStage(listed="AB", before=first).loaded()
    assert (again.states(), len(await again.history())) == (first.states(), 1)


async def test_what_is_listed_no_longer_is_off_until_it_returns(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stage = await RingStage(listed="AB").loaded()
    stage = await RingStage(listed="B", before=stage).loaded()
    assert stage.states() == {"A": "disabled unlisted", "B": "ready"}
    assert stage.ring.view(id_of("A")).since == NOW
    stage = await RingStage(listed="AB", before=stage).loaded()
    assert stage.states() == {"A": "ready", "B": "ready"}
    assert [record.getMessage() for record in caplog.records] == [
        "Keys of the environment: 2 new",
        "Keys of the environment: 1 not listed any more, and off",
        "Keys of the environment: 1 listed again",
    ]
    assert [secret for secret in SECRETS.values() if secret in caplog.text] == []


async def test_a_key_that_was_added_by_hand_needs_no_list() -> None:
    stage = await RingStage(listed="A").loaded()
    await stage.add(entry("B"))
    stage = await RingStage(listed="A", before=stage).loaded()
    assert stage.states() == {"A": "ready", "B": "ready"}


async def test_a_deleted_key_stays_deleted_until_it_is_added_by_hand() -> None:
    stage = await RingStage(listed="AB").loaded()
    assert await stage.ring.delete(only(id_of("A")), WHO) == [id_of("A")]
    assert [key.secret for key in await stage.store.all() if key.off is Off.DELETED] == [""]
    stage = await RingStage(listed="AB", before=stage).loaded()
    assert stage.states() == {"B": "ready"}
    assert stage.ring.preview(Reading((entry("A"),))).items[0].standing is Standing.NEW
    await stage.add(entry("A"))
    assert stage.states() == {"A": "ready", "B": "ready"}


async def test_what_the_operator_switched_off_stays_off_whatever_is_listed() -> None:
    stage = await RingStage(listed="AB").loaded()
    await stage.ring.disable(only(id_of("A")), WHO)
    for listed in ("B", "AB"):
        stage = await RingStage(listed=listed, before=stage).loaded()
        assert stage.states() == {"A": "disabled operator", "B": "ready"}
    assert await stage.ring.enable(ALL, WHO) == [id_of("A")]
    assert stage.states() == {"A": "ready", "B": "ready"}


async def test_an_import_tells_of_each_key_what_became_of_it() -> None:
    stage = await RingStage(listed="A").loaded()
    text = "\n".join([SECRETS["A"], SECRETS["B"], SECRETS["B"], "AIzaSyShort"])
    seen = await stage.ring.bring_in(read(text), WHO)
    assert [item.standing.value for item in seen.items] == ["kept", "new", "duplicate", "suspicious"]
    assert stage.states() == {"A": "ready", "B": "ready"}


async def test_both_upstreams_have_pools_of_their_own() -> None:
    stage = await RingStage().loaded()
    await stage.add(entry("A"), entry("A", upstream=VERTEX_EXPRESS))
    assert [list(gateway.pool.keys) for gateway in stage.gateways.values()] == [
        [id_of("A")],
        [entry("A", upstream=VERTEX_EXPRESS).id],
    ]


async def test_a_change_is_served_with_and_noted_without_secrets() -> None:
    stage = await RingStage(listed="A").loaded()
    proxy = "http://user:hush@proxy.example:1"
    edit = KeyEdit(weight=5, project="p", add_tags=frozenset({"night"}), proxy=proxy, tier=Tier.PAID)
    assert await stage.ring.change(only(id_of("A")), edit, WHO) == [id_of("A")]
    spec = stage.pool.keys[id_of("A")].spec
    assert (spec.weight, spec.project, spec.tags, spec.proxy, spec.paid) == (
        5,
        "p (paid)",
        frozenset({"night"}),
        proxy,
        True,
    )
    change = (await stage.history())[-1]
    assert (change.target, change.action) == (id_of("A"), "set")
    assert msgspec.json.decode(change.after or "") == {
        "project": "p",
        "tags": ["night"],
        "weight": 5,
        "proxy": "http://user:…@proxy.example:1",
        "tier": "paid",
    }
    assert "hush" not in str(await stage.history())


async def test_a_change_that_can_not_be_kept_changes_no_key() -> None:
    stage = await RingStage(listed="AB").loaded()
    with pytest.raises(UnusableKey, match="weight"):
        await stage.ring.change(ALL, KeyEdit(weight=0), WHO)
    assert ({view.weight for view in stage.ring.views()}, len(await stage.history())) == ({1}, 1)


async def test_tags_are_added_and_taken_from_all_that_a_filter_finds() -> None:
    stage = await RingStage().loaded()
    await stage.add(entry("A", tags=frozenset({"x", "y"})), entry("B", tags=frozenset({"x"})), entry("C"))
    edit = KeyEdit(add_tags=frozenset({"z"}), remove_tags=frozenset({"x"}))
    assert len(await stage.ring.change(KeyFilter(tag="x"), edit, WHO)) == 2
    assert [view.tags for view in stage.ring.views()] == [["y", "z"], ["z"], []]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (ALL, "ABC"),
        (KeyFilter(state=KeyState.DISABLED), "B"),
        (KeyFilter(reason="operator"), "B"),
        (KeyFilter(project="p"), "A"),
        (KeyFilter(project=""), "BC"),
        (KeyFilter(tag="x"), "AB"),
        (KeyFilter(tag=""), "C"),
        (KeyFilter(tier=Tier.PAID), "C"),
        (KeyFilter(upstream="vertex_express"), ""),
        (KeyFilter(text="ANNA"), "A"),
        (KeyFilter(text="second"), "B"),
        (KeyFilter(tag="x", state=KeyState.READY), "A"),
        (KeyFilter(ids=frozenset()), ""),
    ],
)
async def test_keys_are_found_by_what_is_told_of_them(where: KeyFilter, found: str) -> None:
    stage = await RingStage().loaded()
    tag = frozenset({"x"})
    await stage.add(entry("A", label="Anna", project="p", tags=tag), entry("B", notes="the second", tags=tag))
    await stage.add(entry("C", paid=True))
    await stage.ring.disable(only(id_of("B")), WHO)
    assert {view.id for view in stage.ring.views(where)} == {id_of(name) for name in found}


async def test_a_dead_key_is_shown_with_its_reason_and_since_when_until_it_is_reset() -> None:
    stage = await RingStage(listed="AB").loaded()
    stage.pool.condemn(NOW - 5, id_of("A"), Cause.KEY_DEAD)
    view = stage.ring.view(id_of("A"))
    assert (view.state, view.reason, view.since) == (KeyState.INVALID, "key_dead", NOW - 5)
    assert await stage.ring.reset(KeyFilter(state=KeyState.INVALID), WHO) == [id_of("A")]
    assert stage.states() == {"A": "ready", "B": "ready"}


async def test_a_view_shows_the_last_four_characters_and_no_password() -> None:
    stage = await RingStage().loaded()
    await stage.add(entry("A", proxy="http://user:hush@proxy.example:1"))
    shown = msgspec.json.encode(stage.ring.views()).decode()
    assert (SECRETS["A"] in shown, "hush" in shown, "…efXY" in shown) == (False, False, True)


async def test_known_keys_are_told_by_their_ids_also_deleted_ones_and_others_are_left_out() -> None:
    stage = await RingStage(listed="AB").loaded()
    await stage.ring.delete(only(id_of("A")), WHO)
    told = stage.ring.known([id_of("A"), id_of("B"), "nobody"])
    assert {name: view.reason for name, view in told.items()} == {id_of("A"): "deleted", id_of("B"): ""}


async def test_a_key_is_called_by_its_id_its_label_or_its_last_characters() -> None:
    stage = await RingStage(listed="A").loaded()
    await stage.ring.change(only(id_of("A")), KeyEdit(label="Main 04"), WHO)
    tail = SECRETS["A"][-4:]
    asked = (id_of("A"), "main 04", tail.lower(), f"…{tail}", "main", "")
    assert [[id_of("A")] == stage.ring.called(text) for text in asked] == [True, True, True, True, False, False]


async def test_who_waits_is_served_by_a_key_that_is_added() -> None:
    stage = await RingStage().loaded()
    assert stage.pool.usable() == 0
    await stage.add(entry("A"))
    assert stage.pool.usable() == 1


async def test_what_is_not_there_is_told() -> None:
    stage = await RingStage(listed="A").loaded()
    for asked in (lambda: stage.ring.view("key-none"), lambda: stage.verifier.job("none")):
        with pytest.raises(NotFound):
            asked()
    with pytest.raises(NotFound):
        await stage.ring.confirm("group-none", WHO)


async def test_an_export_with_secrets_is_noted() -> None:
    stage = await RingStage(listed="A").loaded()
    assert await stage.ring.export(ALL, Format.TEXT, WHO) == "…efXY\n"
    assert len(await stage.history()) == 1
    assert await stage.ring.export(ALL, Format.TEXT, WHO, plain=True) == SECRETS["A"] + "\n"
    assert (await stage.history())[-1].action == "export"


async def grouped() -> RingStage:
    stage = await RingStage(listed="ABC").loaded()
    keys = [stage.pool.keys[id_of(name)] for name in "AB"]
    stage.pool.regroup(NOW, list(keys), [Project("group-a", Source.INFERRED, keys)])
    assert [view.inferred for view in stage.ring.views()].count("group-a") == 2
    return stage


async def test_a_confirmed_group_is_one_project_from_then_on() -> None:
    stage = await grouped()
    assert sorted(await stage.ring.confirm("group-a", WHO)) == sorted([id_of("A"), id_of("B")])
    stage = await RingStage(listed="ABC", before=stage).loaded()
    assert sorted(view.project for view in stage.ring.views()) == ["", "group-a", "group-a"]
    assert stage.ring.groups() == []


async def test_a_rejected_group_is_none_any_more() -> None:
    stage = await grouped()
    await stage.ring.reject("group-a", WHO)
    assert (stage.ring.groups(), {view.project for view in stage.ring.views()}) == ([], {""})


async def test_a_group_may_be_given_a_name_of_the_operators() -> None:
    stage = await grouped()
    await stage.ring.confirm("group-a", WHO, "amber")
    assert (sorted(view.project for view in stage.ring.views()), stage.ring.groups()) == (["", "amber", "amber"], [])
    again = await grouped()
    with pytest.raises(UnusableKey):
        await again.ring.confirm("group-a", WHO, "x" * 501)
    assert [group.name for group in again.ring.groups()] == ["group-a"]


class Elsewhere(MemoryChanges):
    """As another process sees them: all were made elsewhere."""

    def __init__(self, source: MemoryChanges) -> None:
        super().__init__()
        self._rows = source._rows

    async def others(self, after: int) -> list[int]:
        return [row.id for row in self._rows if row.id > after]


async def test_other_processes_hear_that_keys_share_nothing() -> None:
    stage = await grouped()
    other = await RingStage(before=stage).loaded()
    keys = [other.pool.keys[id_of(name)] for name in "ABC"]
    other.pool.regroup(NOW, list(keys), [Project("group-b", Source.INFERRED, keys)])
    other.ring._changes = Elsewhere(stage.changes)
    await stage.ring.reject("group-a", WHO)
    await other.ring.reload()
    assert other.ring.groups() == []


async def test_a_rest_that_is_over_is_none() -> None:
    stage = await RingStage(listed="AB").loaded()
    for name, seconds in (("A", -1.0), ("B", 60.0)):
        stage.pool.keys[id_of(name)].cool(stage.clock.now() + seconds, Cause.KEY_REFUSED, NOW)
    assert stage.states() == {"A": "ready", "B": "cooling key_refused"}
    assert [view.until is None for view in stage.ring.views()] == [True, False]


async def test_a_key_says_when_it_was_used_last() -> None:
    stage = await RingStage(Line([says("Hello", "STOP")]), listed="A").loaded()
    assert stage.ring.view(id_of("A")).used is None
    began = stage.clock.now()
    await stage.play()
    assert (stage.ring.view(id_of("A")).used or 0.0) >= began


class Unhurried(MemoryChanges):
    """What is noted is noted before who noted it hears of it."""

    def __init__(self) -> None:
        super().__init__()
        self.noted, self.goes_on = asyncio.Event(), asyncio.Event()

    async def add(self, change: Change) -> None:
        await super().add(change)
        self.noted.set()
        await self.goes_on.wait()


@pytest.mark.parametrize(
    "act",
    [
        lambda ring: ring.reject("group-a", WHO),
        lambda ring: ring.find(Verdicts(dead={id_of("A"): Cause.KEY_DEAD}), WHO, "check"),
    ],
    ids=["reject", "find"],
)
async def test_what_is_noted_is_done_though_who_asked_left_meanwhile(
    act: Callable[[Keyring], Coroutine[None, None, None]],
) -> None:
    stage = await grouped()
    before = stage.states(), len(stage.ring.groups())
    stage.ring._changes = changes = Unhurried()
    caller = asyncio.create_task(act(stage.ring))
    await changes.noted.wait()
    caller.cancel()
    changes.goes_on.set()
    await asyncio.gather(caller, return_exceptions=True)
    async with asyncio.timeout(5):
        while (stage.states(), len(stage.ring.groups())) == before:  # noqa: ASYNC110  (nothing tells when)
            await asyncio.sleep(0)
    assert caller.cancelled()


async def test_an_entry_that_is_paid_in_the_environment_serves_what_is_for_those() -> None:
    stage = await RingStage(listed="A").loaded()
    again = RingStage(before=stage)
    again.ring._listed = [Entry(key=SECRETS["A"], paid=True)]
    await again.loaded()
    assert again.ring.view(id_of("A")).tier is Tier.PAID
