"""Client tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, UnsetType

from gemini_balance.gateway.stores import Off, Origin
from gemini_balance.gateway.token_rows import MOST_NAMES, MOST_RPM, MOST_TOKENS, Terms
from gemini_balance.management.endpoint import Access, Asks, Endpoint, Line, Model, Moment, Nothing, Page
from gemini_balance.management.paging import Aged, page_of_aged

if TYPE_CHECKING:
    from gemini_balance.gateway.stores import KeptToken
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked

Name = Annotated[Line, Meta(description="1 to 100 printable characters.")]
Models = Annotated[frozenset[Line], Meta(max_length=MOST_NAMES, description="Models it may call; empty: all.")]
Tags = Annotated[
    frozenset[Line], Meta(max_length=MOST_NAMES, description="Only keys with one of these tags serve it; empty: all.")
]
Rpm = Annotated[int, Meta(ge=0, le=MOST_RPM, description="Requests a minute; 0: no limit.")]
PerDay = Annotated[int, Meta(ge=0, le=MOST_TOKENS, description="Tokens a day, by UTC; 0: no limit.")]
Expires = Annotated[Moment | None, Meta(description="When it ends; null: never.")]


class NewToken(Asks, frozen=True, kw_only=True):
    """A token to be made."""

    name: Name
    models: Models = frozenset()
    tags: Tags = frozenset()
    rpm: Rpm = 0
    tokens_per_day: PerDay = 0
    expires: Expires = None
    secret: Annotated[
        str,
        Meta(max_length=512, description="One that is in use elsewhere, of 8 characters or more; empty: a random one."),
    ] = ""


class TokenTerms(Asks, frozen=True, kw_only=True):
    """What shall be different. What is left out stays."""

    name: Name | UnsetType = UNSET
    models: Models | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    rpm: Rpm | UnsetType = UNSET
    tokens_per_day: PerDay | UnsetType = UNSET
    expires: Expires | UnsetType = UNSET


class TokenShown(Model, frozen=True, kw_only=True):
    """A client token. What it is itself is told once, when it is made."""

    id: Annotated[str, Meta(description="Names it here, and in the journal.")]
    name: Annotated[str, Meta(description="For people.")]
    shown: Annotated[str, Meta(description="Its last characters.")]
    models: Models
    tags: Tags
    rpm: Rpm
    tokens_per_day: PerDay
    used_today: Annotated[int, Meta(description="Tokens since 00:00 UTC; counted for those with limits only.")]
    expires: Expires
    origin: Annotated[Origin, Meta(description="Where it came from.")]
    off: Annotated[
        Off,
        Meta(description="Why it is not taken: `operator`, `unlisted` in ALLOWED_TOKENS; empty: it is."),
    ]
    off_since: Annotated[Moment, Meta(description="Since when; 0 while it is taken.")]
    created: Annotated[Moment, Meta(description="When it was first known here.")]
    last_used: Annotated[Moment | None, Meta(description="When a call came with it last.")]


class TokenMade(Model, frozen=True, kw_only=True):
    """A new token."""

    token: Annotated[TokenShown, Meta(description="As it will be listed.")]
    secret: Annotated[str, Meta(description="What callers send. It is told here, and never again.")]


async def list_tokens(cases: UseCases, asked: Asked[Nothing, Aged]) -> Page[TokenShown]:
    return page_of_aged(cases.tokens.all(), asked.query, lambda token: _shown(cases, token))


async def show_token(cases: UseCases, asked: Asked[Nothing, Nothing]) -> TokenShown:
    return _shown(cases, cases.tokens.get(asked.path["id"]))


async def make_token(cases: UseCases, asked: Asked[NewToken, Nothing]) -> TokenMade:
    made = await cases.tokens.make(_terms(asked.body), asked.operator.name, asked.body.secret)
    return TokenMade(token=_shown(cases, made.token), secret=made.secret)


async def change_token(cases: UseCases, asked: Asked[TokenTerms, Nothing]) -> TokenShown:
    changed = await cases.tokens.change(asked.path["id"], _terms(asked.body), asked.operator.name)
    return _shown(cases, changed)


async def disable_token(cases: UseCases, asked: Asked[Nothing, Nothing]) -> TokenShown:
    return _shown(cases, await cases.tokens.disable(asked.path["id"], asked.operator.name))


async def enable_token(cases: UseCases, asked: Asked[Nothing, Nothing]) -> TokenShown:
    return _shown(cases, await cases.tokens.enable(asked.path["id"], asked.operator.name))


async def delete_token(cases: UseCases, asked: Asked[Nothing, Nothing]) -> None:
    await cases.tokens.delete(asked.path["id"], asked.operator.name)


def _terms(body: NewToken | TokenTerms) -> Terms:
    return Terms(**{name: getattr(body, name) for name in Terms.__struct_fields__})


def _shown(cases: UseCases, token: KeptToken) -> TokenShown:
    return TokenShown(
        id=token.id,
        name=token.name,
        shown=token.shown,
        models=token.models,
        tags=token.tags,
        rpm=token.rpm,
        tokens_per_day=token.tokens_per_day,
        used_today=cases.tokens.used_today(token.id),
        expires=token.expires,
        origin=token.origin,
        off=token.off,
        off_since=token.off_since,
        created=token.created,
        last_used=token.last_used,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/tokens",
        handler=list_tokens,
        access=Access.OPERATOR,
        summary="Client tokens, the oldest first.",
        query=Aged,
        answer=Page[TokenShown],
    ),
    Endpoint(
        method="POST",
        path="/tokens",
        handler=make_token,
        access=Access.OPERATOR,
        summary="Make a client token. What it is itself is told in this answer alone.",
        body=NewToken,
        answer=TokenMade,
        status=201,
    ),
    Endpoint(
        method="GET",
        path="/tokens/{id}",
        handler=show_token,
        access=Access.OPERATOR,
        summary="One client token.",
        answer=TokenShown,
    ),
    Endpoint(
        method="PATCH",
        path="/tokens/{id}",
        handler=change_token,
        access=Access.OPERATOR,
        summary="Change a client token; what is left out stays.",
        body=TokenTerms,
        answer=TokenShown,
    ),
    Endpoint(
        method="DELETE",
        path="/tokens/{id}",
        handler=delete_token,
        access=Access.OPERATOR,
        summary="Delete a client token; ALLOWED_TOKENS does not bring it back.",
        answer=None,
    ),
    Endpoint(
        method="POST",
        path="/tokens/{id}/disable",
        handler=disable_token,
        access=Access.OPERATOR,
        summary="Take no more calls with a client token.",
        answer=TokenShown,
    ),
    Endpoint(
        method="POST",
        path="/tokens/{id}/enable",
        handler=enable_token,
        access=Access.OPERATOR,
        summary="Take calls with a client token again.",
        answer=TokenShown,
    ),
)
