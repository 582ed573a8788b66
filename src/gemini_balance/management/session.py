"""Signing in and out, and the password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from gemini_balance.core import session_cookie
from gemini_balance.core.errors import NotSignedIn, TooManyAttempts
from gemini_balance.management.endpoint import Access, Asks, Endpoint, Model, Nothing, WithCookies

if TYPE_CHECKING:
    from gemini_balance.management.cases import UseCases
    from gemini_balance.management.endpoint import Asked


class SignIn(Asks, frozen=True, kw_only=True):
    """To sign in."""

    password: Annotated[str, Meta(max_length=1000, description="`AUTH_TOKEN`, or the password that was set.")]


class NewPassword(Asks, frozen=True, kw_only=True):
    """To change the password."""

    old: Annotated[str, Meta(max_length=1000, description="The one that is valid now.")]
    new: Annotated[str, Meta(max_length=1000, description="The one that shall be.")]


class Session(Model, frozen=True, kw_only=True):
    """Who is signed in."""

    name: Annotated[str, Meta(description="Of the operator.")]
    must_change: Annotated[
        bool, Meta(description="The password is that of the first start: only POST /password works.")
    ]


class SignOut(Asks, frozen=True, kw_only=True):
    """How far to sign out."""

    everywhere: Annotated[bool, Meta(description="End all sessions, not this one alone.")] = False


async def sign_in(cases: UseCases, asked: Asked[SignIn, Nothing]) -> WithCookies:
    value = await cases.operators.sign_in(asked.body.password, asked.client)
    who = cases.operators.session(value)
    assert who is not None
    told = Session(name=who.name, must_change=who.must_change)
    return WithCookies(told, (session_cookie.given(value, asked.origin),))


async def show_session(_: UseCases, asked: Asked[Nothing, Nothing]) -> Session:
    return Session(name=asked.operator.name, must_change=asked.operator.must_change)


async def sign_out(cases: UseCases, asked: Asked[Nothing, SignOut]) -> WithCookies:
    if asked.query.everywhere:
        await cases.operators.sign_out_everywhere()
    return WithCookies(None, session_cookie.taken_back())


async def change_password(cases: UseCases, asked: Asked[NewPassword, Nothing]) -> WithCookies:
    value = await cases.operators.change_password(asked.operator, asked.body.old, asked.body.new)
    return WithCookies(None, (session_cookie.given(value, asked.origin),))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/session",
        handler=sign_in,
        access=Access.ANYBODY,
        summary="Sign in; the answer sets the session's cookie. Wrong passwords slow down.",
        body=SignIn,
        answer=Session,
        errors=(NotSignedIn, TooManyAttempts),
    ),
    Endpoint(
        method="GET",
        path="/session",
        handler=show_session,
        access=Access.SIGNED_IN,
        summary="Who is signed in.",
        answer=Session,
    ),
    Endpoint(
        method="DELETE",
        path="/session",
        handler=sign_out,
        access=Access.SIGNED_IN,
        summary="Sign out: the cookie is taken back.",
        query=SignOut,
        answer=None,
    ),
    Endpoint(
        method="POST",
        path="/password",
        handler=change_password,
        access=Access.SIGNED_IN,
        summary="Change the password. All other sessions end; the answer sets a new cookie.",
        body=NewPassword,
        answer=None,
    ),
)
