"""Small pieces of HTML that messages take as values."""

from __future__ import annotations

from markupsafe import Markup


def code(text: str) -> Markup:
    """A name of a setting, a file, a model."""
    return Markup("<code>{}</code>").format(text)


def tail(text: str) -> Markup:
    """The last characters of a key or a token: all that is ever shown of it."""
    return Markup('<span class="tail">…{}</span>').format(text)


def strong(text: object) -> Markup:
    return Markup("<b>{}</b>").format(text)


def link(text: object, address: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(address, text)


def detail(text: str) -> Markup:
    """What a use case says in English, after the sentence that the reader's language has for it."""
    return Markup('<small lang="en">{}</small>').format(text)


MARKS = {"code": code, "detail": detail, "link": link, "strong": strong, "tail": tail}
