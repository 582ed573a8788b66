"""The runtime options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from msgspec import Meta

from gemini_balance.core.errors import NotFound
from gemini_balance.core.options import ROWS, OptionError, row_of, to_json
from gemini_balance.core.options.kinds import kind_of
from gemini_balance.core.options.rows import Group
from gemini_balance.gateway.options import Source
from gemini_balance.gateway.stores import Subject
from gemini_balance.management.changes import ChangeShown, ChangesPaging, page_of_changes
from gemini_balance.management.endpoint import Access, Asks, Endpoint, Model, Nothing, Page

if TYPE_CHECKING:
    from gemini_balance.core.options import Json
    from gemini_balance.gateway.options import Import, Standing
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked

Value = Annotated[Any, Meta(description="JSON of the option's type.")]


class OptionShown(Model, frozen=True, kw_only=True):
    """One option as it stands."""

    name: Annotated[str, Meta(description="Here.")]
    env: Annotated[str, Meta(description="In the environment.")]
    group: Annotated[Group, Meta(description="What it is about.")]
    value: Annotated[Any, Meta(description="In force.")]
    source: Annotated[Source, Meta(description="Where that comes from.")]
    otherwise: Annotated[Any, Meta(description="What it would be without the override.")]
    default: Annotated[Any, Meta(description="What it is where nobody says anything.")]
    expected: Annotated[str, Meta(description="What a value must be, in words.")]
    choices: Annotated[tuple[str, ...], Meta(description="The words that it may be; empty: any value of its type.")]
    low: Annotated[float | None, Meta(description="The least that it may be.")]
    high: Annotated[float | None, Meta(description="The most that it may be.")]
    help: Annotated[str, Meta(description="What it does.")]
    help_zh: Annotated[str, Meta(description="The same in Chinese.")]


class OptionsShown(Model, frozen=True, kw_only=True):
    """All options."""

    items: Annotated[tuple[OptionShown, ...], Meta(description="In the order of the page about settings.")]


class NewValue(Asks, frozen=True, kw_only=True):
    """A value to be set."""

    value: Value


class NewValues(Asks, frozen=True, kw_only=True):
    """Values to be set together: all of them, or none."""

    values: Annotated[dict[str, Any], Meta(description="By the option's name, here or in the environment.")]


class Exported(Asks, frozen=True, kw_only=True):
    """What operators changed."""

    version: Annotated[Literal[1], Meta(description="Of this form.")]
    options: Annotated[dict[str, Any], Meta(description="Values by name.")]


class HowToImport(Asks, frozen=True, kw_only=True):
    """How to import."""

    preview: Annotated[bool, Meta(description="Only say what would change.")] = False
    strict: Annotated[bool, Meta(description="Refuse names that are no options, instead of passing over them.")] = False


class PlannedShown(Model, frozen=True, kw_only=True):
    """What an import changes of one option."""

    name: Annotated[str, Meta(description="Of the option.")]
    before: Annotated[Any, Meta(description="What was.")]
    after: Annotated[Any, Meta(description="What is, or would be.")]


class Imported(Model, frozen=True, kw_only=True):
    """What an import came to."""

    changed: Annotated[tuple[PlannedShown, ...], Meta(description="Options whose values change.")]
    unknown: Annotated[tuple[str, ...], Meta(description="Names that are no options here: passed over.")]


async def list_options(cases: UseCases, _: Asked[Nothing, Nothing]) -> OptionsShown:
    return OptionsShown(items=tuple(map(_shown, cases.options.all())))


async def show_option(cases: UseCases, asked: Asked[Nothing, Nothing]) -> OptionShown:
    return _shown(cases.options.standing(_name(asked)))


async def set_options(cases: UseCases, asked: Asked[NewValues, Nothing]) -> OptionsShown:
    changes = await cases.options.set(asked.body.values, asked.operator.name)
    return OptionsShown(items=tuple(_shown(cases.options.standing(change.target)) for change in changes))


async def set_option(cases: UseCases, asked: Asked[NewValue, Nothing]) -> OptionShown:
    name = _name(asked)
    await cases.options.set({name: asked.body.value}, asked.operator.name)
    return _shown(cases.options.standing(name))


async def reset_option(cases: UseCases, asked: Asked[Nothing, Nothing]) -> OptionShown:
    name = _name(asked)
    await cases.options.reset([name], asked.operator.name)
    return _shown(cases.options.standing(name))


async def list_changes_of_option(cases: UseCases, asked: Asked[Nothing, ChangesPaging]) -> Page[ChangeShown]:
    return await page_of_changes(cases.changes, asked.query, Subject.OPTION, _name(asked))


async def export_options(cases: UseCases, _: Asked[Nothing, Nothing]) -> dict[str, Json]:
    return cases.options.export()


async def import_options(cases: UseCases, asked: Asked[Exported, HowToImport]) -> Imported:
    document: Json = {"version": asked.body.version, "options": asked.body.options}
    if asked.query.preview:
        return _imported(cases.options.preview(document, strict=asked.query.strict))
    return _imported(await cases.options.bring_in(document, asked.operator.name, strict=asked.query.strict))


def _imported(done: Import) -> Imported:
    changed = (PlannedShown(name=one.name, before=one.before, after=one.after) for one in done.planned)
    return Imported(changed=tuple(changed), unknown=done.unknown)


def _name(asked: Asked[Any, Any]) -> str:
    try:
        return row_of(asked.path["name"]).name
    except OptionError as error:
        raise NotFound(error.message) from error


def _shown(standing: Standing) -> OptionShown:
    row = ROWS[standing.name]
    choices = get_args(row.type)
    return OptionShown(
        name=row.name,
        env=row.env,
        group=row.group,
        value=standing.value,
        source=standing.source,
        otherwise=standing.otherwise,
        default=to_json(row.name, row.default),
        expected=kind_of(row.type).expected,
        choices=tuple(one for one in choices if isinstance(one, str)),
        low=row.low,
        high=row.high,
        help=row.help,
        help_zh=row.help_zh,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/options",
        handler=list_options,
        access=Access.OPERATOR,
        summary="All options, with where each value comes from.",
        answer=OptionsShown,
    ),
    Endpoint(
        method="PATCH",
        path="/options",
        handler=set_options,
        access=Access.OPERATOR,
        summary="Set several options, all of them or none; the answer holds those that changed.",
        body=NewValues,
        answer=OptionsShown,
    ),
    Endpoint(
        method="GET",
        path="/options/export",
        handler=export_options,
        access=Access.OPERATOR,
        summary="What operators changed, for an import here or elsewhere.",
        answer=Exported,
    ),
    Endpoint(
        method="POST",
        path="/options/import",
        handler=import_options,
        access=Access.OPERATOR,
        summary="Take over an export, all of it or nothing. Other options stay as they are.",
        body=Exported,
        query=HowToImport,
        answer=Imported,
    ),
    Endpoint(
        method="GET",
        path="/options/{name}",
        handler=show_option,
        access=Access.OPERATOR,
        summary="One option.",
        answer=OptionShown,
    ),
    Endpoint(
        method="PUT",
        path="/options/{name}",
        handler=set_option,
        access=Access.OPERATOR,
        summary="Set one option. It is in force at once, here and on every replica.",
        body=NewValue,
        answer=OptionShown,
    ),
    Endpoint(
        method="DELETE",
        path="/options/{name}",
        handler=reset_option,
        access=Access.OPERATOR,
        summary="Take an option's override back: what the environment or the default says is in force.",
        answer=OptionShown,
    ),
    Endpoint(
        method="GET",
        path="/options/{name}/changes",
        handler=list_changes_of_option,
        access=Access.OPERATOR,
        summary="Who changed an option, the latest first.",
        query=ChangesPaging,
        answer=Page[ChangeShown],
    ),
)
