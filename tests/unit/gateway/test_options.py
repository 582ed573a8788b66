"""The options in force, and what operators change of them."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from gemini_balance.core.options import OptionError, Options, options_from
from gemini_balance.gateway.options import Import, OptionBook, Planned, Source, Standing
from gemini_balance.gateway.stores import Change, Subject
from gemini_balance.storage.memory.changes import MemoryChanges
from gemini_balance.storage.memory.options import MemoryOptions
from tests.unit.gateway.stage import Hands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gemini_balance.core.options import Json

pytestmark = pytest.mark.anyio
ENVIRONMENT = options_from({"MAX_RETRIES": "5", "PATIENCE": "20"})


class Scene:
    """A book on a store in memory, and every snapshot that somebody who watches was given."""

    def __init__(self, environment: Options = ENVIRONMENT) -> None:
        self.changes = MemoryChanges()
        self.store = MemoryOptions(self.changes)
        self.book = self.another(environment)
        self.seen: list[Options] = []
        self.book.watch(self.seen.append)

    def another(self, environment: Options = ENVIRONMENT) -> OptionBook:
        """A book of another process on the same store."""
        return OptionBook(environment, self.store, self.changes, Hands())

    async def set(self, **values: Json) -> list[Change]:
        return await self.book.set(values, "operator")


async def test_what_was_changed_goes_before_the_environment_which_goes_before_the_default() -> None:
    scene = Scene()
    await scene.set(max_retries=7)
    assert [scene.book.standing(name) for name in ("MAX_RETRIES", "PATIENCE", "TIME_OUT")] == [
        Standing("max_retries", 7, Source.OVERRIDE, 5),
        Standing("patience", 20.0, Source.ENVIRONMENT, 20.0),
        Standing("time_out", 300.0, Source.DEFAULT, 300.0),
    ]


async def test_whoever_watches_is_given_the_snapshot_at_once_and_after_each_change() -> None:
    scene = Scene()
    await scene.set(max_retries=7, time_out=60)
    assert scene.seen == [ENVIRONMENT, replace(ENVIRONMENT, max_retries=7, time_out=60.0)]
    assert scene.book.current is scene.seen[-1]


async def test_a_change_that_changes_nothing_is_told_to_nobody_and_noted_nowhere() -> None:
    scene = Scene()
    await scene.set(max_retries=7)
    assert await scene.set(max_retries=7) == []
    assert (len(scene.seen), await scene.changes.latest()) == (2, 1)


async def test_the_value_that_holds_anyway_may_be_nailed_down() -> None:
    scene = Scene()
    assert len(await scene.set(max_retries=5)) == 1
    assert (scene.book.source("max_retries"), len(scene.seen)) == (Source.OVERRIDE, 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"patience": 5, "max_retries": 99}, "MAX_RETRIES must be between 0 and 20, not 99."),
        ({"patience": 5, "route_header": "on"}, 'ROUTE_HEADER: "on" is not true or false.'),
        ({"patience": 5, "patient": 5}, "There is no option 'patient'. Did you mean PATIENCE?"),
        ({"patience": 5, "PATIENCE": 6}, "PATIENCE is given twice."),
    ],
)
async def test_where_one_value_can_not_be_taken_none_is(values: dict[str, Json], sentence: str) -> None:
    scene = Scene()
    with pytest.raises(OptionError) as refused:
        await scene.book.set(values, "operator")
    assert str(refused.value) == sentence
    assert (await scene.store.all(), scene.seen) == ({}, [ENVIRONMENT])


async def test_a_reset_brings_back_what_the_environment_says() -> None:
    scene = Scene()
    await scene.set(max_retries=7, patience=3)
    await scene.book.reset(["MAX_RETRIES", "time_out"], "operator")
    assert (scene.book.current, await scene.store.all()) == (replace(ENVIRONMENT, patience=3.0), {"patience": "3.0"})


async def test_values_and_resets_are_saved_together_and_noted_as_what_they_are() -> None:
    scene = Scene()
    await scene.set(max_retries=7, patience=60)
    changes = await scene.book.save({"time_out": 60}, ["MAX_RETRIES"], "operator")
    assert [(one.target, one.action, one.before, one.after) for one in changes] == [
        ("time_out", "set", "300.0", "60.0"),
        ("max_retries", "reset", "7", "5"),
    ]
    assert scene.book.current == replace(ENVIRONMENT, patience=60.0, time_out=60.0)
    assert len(scene.seen) == 3


async def test_where_one_of_what_is_saved_can_t_be_taken_nothing_is_reset_either() -> None:
    scene = Scene()
    await scene.set(max_retries=7)
    with pytest.raises(OptionError):
        await scene.book.save({"time_out": 0}, ["max_retries"], "operator")
    assert scene.book.current == replace(ENVIRONMENT, max_retries=7)


async def test_the_history_says_who_changed_what_from_what() -> None:
    scene = Scene()
    await scene.set(max_retries=7)
    await scene.book.reset(["max_retries"], "command line")
    done = Change(
        at=Hands().unix(),
        who="operator",
        subject=Subject.OPTION,
        target="max_retries",
        action="set",
        before="5",
        after="7",
        id=1,
    )
    undone = structs.replace(done, id=2, who="command line", action="reset", before="7", after="5")
    assert await scene.book.history("MAX_RETRIES") == [undone, done]
    assert await scene.book.history(before=2, most=1) == [done]
    assert await scene.book.history("patience") == []


async def test_the_history_shows_no_value_that_may_be_a_secret() -> None:
    scene = Scene()
    await scene.set(custom_headers={"X-Gateway-Token": "hidden"})
    (done,) = await scene.book.history()
    assert (done.target, done.before, done.after) == ("custom_headers", '"…"', '"…"')


async def test_what_was_changed_outlives_the_process() -> None:
    scene = Scene()
    await scene.set(search_models=["a", "b"])
    again = scene.another()
    await again.reload()
    assert again.current == replace(ENVIRONMENT, search_models=("a", "b"))


async def test_what_another_process_changed_meanwhile_is_not_lost() -> None:
    scene = Scene()
    other = scene.another()
    await other.set({"patience": 3}, "operator")
    await scene.set(max_retries=7)
    assert scene.book.current == replace(ENVIRONMENT, max_retries=7, patience=3.0)
    await other.reset(["max_retries"], "operator")
    await scene.book.reload()
    assert scene.book.current == replace(ENVIRONMENT, patience=3.0)


async def test_what_the_store_holds_and_nobody_can_take_is_passed_over_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    await scene.store.put({"of_a_newer_version": "1", "max_retries": "99", "patience": "7.0"}, [])
    with caplog.at_level(logging.WARNING):
        await scene.book.reload()
        await scene.book.reload()
    assert scene.book.current == replace(ENVIRONMENT, patience=7.0)
    assert [record.args[0] for record in caplog.records if record.args] == ["of_a_newer_version", "max_retries"]  # type: ignore[index]  # a tuple
    await scene.set(max_retries=1)
    assert set(await scene.store.all()) == {"of_a_newer_version", "max_retries", "patience"}


async def test_one_who_does_not_take_the_new_options_keeps_them_from_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    later: list[Options] = []
    scene.book.watch(lambda options: _fails() if options.max_retries == 7 else None)
    scene.book.watch(later.append)
    await scene.set(max_retries=7)
    assert later[-1].max_retries == 7
    assert "did not take" in caplog.text


def _fails() -> None:
    raise RuntimeError


async def test_an_option_that_is_stored_is_applied_though_its_caller_has_left() -> None:
    scene = Scene()
    stored, go_on = asyncio.Event(), asyncio.Event()

    class Slow(MemoryOptions):
        async def put(self, values: Mapping[str, str | None], changes: Sequence[Change]) -> None:
            await super().put(values, changes)
            stored.set()
            await go_on.wait()

    book = OptionBook(ENVIRONMENT, Slow(scene.changes), scene.changes, Hands())
    caller = asyncio.create_task(book.set({"max_retries": 7}, "operator"))
    await stored.wait()
    caller.cancel()
    go_on.set()
    await asyncio.wait([caller])
    await asyncio.sleep(0)
    assert (caller.cancelled(), book.current.max_retries) == (True, 7)


async def test_a_store_that_fails_changes_nothing() -> None:
    scene = Scene()

    class Gone(MemoryOptions):
        async def put(self, values: Mapping[str, str | None], changes: Sequence[Change]) -> None:
            raise OSError

    book = OptionBook(ENVIRONMENT, Gone(scene.changes), scene.changes, Hands())
    with pytest.raises(OSError):  # noqa: PT011  (it has no message)
        await book.set({"max_retries": 7}, "operator")
    assert book.current == ENVIRONMENT


async def test_an_export_can_be_brought_in_elsewhere() -> None:
    scene, elsewhere = Scene(), Scene(Options())
    await scene.set(max_retries=7, thinking_budget_map={"m": -1})
    document = scene.book.export()
    assert document == {"version": 1, "options": {"max_retries": 7, "thinking_budget_map": {"m": -1}}}
    await elsewhere.set(patience=3)
    planned = (Planned("max_retries", 3, 7), Planned("thinking_budget_map", {}, {"m": -1}))
    assert elsewhere.book.preview(document) == Import(planned, ())
    assert await elsewhere.book.bring_in(document, "command line") == Import(planned, ())
    assert elsewhere.book.current == replace(Options(), max_retries=7, patience=3.0, thinking_budget_map=(("m", -1),))
    assert elsewhere.book.preview(document) == Import((), ())
    assert [(one.who, one.action) for one in await elsewhere.book.history(most=2)] == [("command line", "import")] * 2


async def test_a_preview_changes_nothing() -> None:
    scene = Scene()
    scene.book.preview({"version": 1, "options": {"max_retries": 7}})
    assert (scene.book.current, await scene.store.all()) == (ENVIRONMENT, {})


async def test_names_that_are_no_options_are_reported_or_refused() -> None:
    scene = Scene()
    document: Json = {"version": 1, "options": {"max_retries": 7, "of_a_newer_version": 1}}
    with pytest.raises(OptionError, match="There is no option 'of_a_newer_version'"):
        await scene.book.bring_in(document, "operator", strict=True)
    assert await scene.book.bring_in(document, "operator") == Import(
        (Planned("max_retries", 5, 7),), ("of_a_newer_version",)
    )


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "This one is not: Expected `object`, got `array`."),
        ({"options": {}}, "This one is not: Object missing required field `version`."),
        ({"version": 2, "options": {}}, "This import has the version 2; here only 1 can be read."),
        ({"version": 1, "options": {"max_retries": 99}}, "MAX_RETRIES must be between 0 and 20, not 99."),
    ],
)
async def test_a_document_that_can_not_be_read_is_refused(document: Json, sentence: str) -> None:
    with pytest.raises(OptionError) as refused:
        Scene().book.preview(document)
    assert refused.value.message.endswith(sentence)
