"""What waits for the operator, with its next step."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from gemini_balance.console import attention
from gemini_balance.console.quotas import Outlook, Quota
from gemini_balance.console.words import Words
from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool import KeyId, KeyPool, KeySpec
from gemini_balance.gateway.statistics import Ailing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gemini_balance.console.attention import Todo
    from gemini_balance.core.pool import Key

NOW = 1_800_014_400.0
T = Words("en", UTC, NOW)


def _keys(count: int, label: str = "") -> list[Key]:
    pool = KeyPool([KeySpec(KeyId(f"k{n}"), f"AIzaSim-{n:04}", label=label) for n in range(count)], 3, lambda: 0.5)
    for key in pool.keys.values():
        key.retire(Cause.KEY_DEAD)
    return list(pool.keys.values())


def _told(todos: Iterable[Todo]) -> list[tuple[str, list[str], list[str]]]:
    return [(str(one.title), [str(text) for text in one.texts], [address for _, address in one.links]) for one in todos]


def test_an_invalid_key_is_called_by_its_label_and_its_end() -> None:
    (told,) = _told(attention.invalid(T, _keys(1, "main 01")))
    assert told == (
        'main 01 <span class="tail">…0000</span> is invalid',
        ["Google says that this key is not valid.", "Make a new key in AI Studio, and take this one out."],
        ["/console/keys/k0"],
    )


def test_a_label_is_text_whatever_it_holds() -> None:
    (told,) = attention.invalid(T, _keys(1, "<b>x</b>"))
    assert str(told.title).startswith("&lt;b&gt;x&lt;/b&gt; ")


def test_of_many_only_the_first_are_told() -> None:
    assert len(_told(attention.invalid(T, _keys(40)))) == attention.MOST


def test_a_model_that_runs_out_is_told_before_it_does() -> None:
    soon = Quota("gemini-2.5-pro", False, None, 5, 50, 45, Outlook("quota.runs_out", "wait", time=NOW + 600))
    spent = Quota("gemini-2.5-flash", False, None, 0, 50, 50, Outlook("quota.spent", "wait", time=NOW + 3600))
    plenty = Quota("gemma", False, None, 50, 50, 0, Outlook("quota.plenty"))
    titles = [title for title, *_ in _told(attention.shortages(T, [soon, spent, plenty]))]
    assert [title.partition("<time")[0] for title in titles] == [
        "<code>gemini-2.5-pro</code> runs out about ",
        "<code>gemini-2.5-flash</code> is spent until ",
    ]


def test_a_key_that_fails_often_is_told_unless_it_is_gone() -> None:
    sick = [
        Ailing(key="k0", attempts=40, errors=30, statuses=((200, 10), (429, 20), (503, 10))),
        Ailing(key="gone", attempts=40, errors=30, statuses=((429, 30),)),
    ]
    (told,) = _told(attention.ailing(T, sick, {key.spec.id: key for key in _keys(1)}))
    assert told == (
        '<span class="tail">…0000</span> fails often',
        ["30 of its 40 attempts today failed.", "Mostly it is answered with <code>429</code>."],
        ["/console/keys/k0", "/console/calls?key=k0"],
    )
