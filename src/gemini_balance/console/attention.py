"""What waits for the operator: what is the matter, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from gemini_balance.console import paths
from gemini_balance.console.marks import code, tail
from gemini_balance.console.pools import address_of, tail_of
from gemini_balance.console.states import reason, remedy
from gemini_balance.core.pool import KeyId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gemini_balance.console.quotas import Quota
    from gemini_balance.console.words import Words
    from gemini_balance.core.pool import Key
    from gemini_balance.gateway.forecasts import PoolState
    from gemini_balance.gateway.statistics import Ailing

MOST = 5  # of one kind


@dataclass(frozen=True, slots=True)
class Todo:
    """`links`: pairs of text and address."""

    tone: str
    icon: str
    title: Markup
    texts: tuple[Markup, ...]
    links: tuple[tuple[Markup, str], ...]


def named(key: Key) -> Markup:
    """Its label, where it has one, and its end."""
    end = tail(tail_of(key))
    return Markup("{} {}").format(key.spec.label, end) if key.spec.label else end


def invalid(t: Words, keys: Sequence[Key]) -> Iterator[Todo]:
    for key in keys[:MOST]:
        texts = t(reason(key.reason)), t(remedy(key.reason))
        yield Todo("bad", "errors", t("overview.invalid", key=named(key)), texts, (_look_at(t, key),))


def shortages(t: Words, quotas: Iterable[Quota]) -> Iterator[Todo]:
    """Models whose day ends before the day does."""
    short = [quota for quota in quotas if quota.outlook.tone]
    for quota in short[:MOST]:
        out, model = quota.outlook, code(quota.model)
        over = out.message == "quota.spent"
        title = t("overview.spent" if over else "overview.runs_out", model=model, time=t.moment(out.time))
        yield Todo(
            "wait", "clock", title, (t("overview.short_text"),), ((t("overview.add_keys"), f"{paths.KEYS}/add"),)
        )


def ailing(t: Words, sick: Iterable[Ailing], keys: Mapping[KeyId, Key]) -> Iterator[Todo]:
    """Keys that serve, and fail often. What has been taken out since is of no interest."""
    for one in sick:
        if (key := keys.get(KeyId(one.key))) is not None:
            status = next((status for status, _ in one.statuses if status >= 400), 0)
            counted = t("overview.ailing_text", count=one.attempts, errors=one.errors)
            most = t("overview.ailing_most", status=code(str(status))) if status else t("overview.ailing_silent")
            calls = t("overview.its_calls"), f"{paths.CALLS}?key={one.key}"
            yield Todo("wait", "key", t("overview.ailing", key=named(key)), (counted, most), (_look_at(t, key), calls))


def groups(t: Words, pools: Iterable[PoolState]) -> Iterator[Todo]:
    """Keys that are believed to share projects."""
    found = [group for pool in pools for group in pool.groups]
    if found:
        title = t("overview.groups", count=len(found))
        yield Todo("act", "folder", title, (t("overview.groups_text"),), ((t("overview.groups_look"), paths.PROJECTS),))


def _look_at(t: Words, key: Key) -> tuple[Markup, str]:
    return t("overview.look_at_key"), address_of(key.spec.id)
