"""What the operator says of groups that were inferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.outcome import Cause, Outcome
from gemini_balance.core.pool import KeyId
from gemini_balance.core.pool.key import Project, Source
from tests.unit.core.pool.scene import NOW, call, ends, minute, pool_of
from tests.unit.core.pool.test_inference import grouped, groups

if TYPE_CHECKING:
    from gemini_balance.core.pool import KeyPool

SUSPENDED = Outcome(Cause.PROJECT_BLOCKED, 403)


def asked_again(pool: KeyPool) -> KeyPool:
    """What made the group look like one happens once more."""
    ends(pool, Outcome(Cause.ANSWERED, 200), NOW + 200, call(pinned="a"))
    ends(pool, Outcome(Cause.ANSWERED, 200), NOW + 210, call(pinned="b"))
    ends(pool, minute(40, rpm=2), NOW + 220, call(pinned="b"))
    return pool


def test_inferred_groups_are_shown_by_name() -> None:
    assert [(group.name, sorted(key.id for key in group.keys)) for group in grouped().groups()] == [
        ("group-a", ["a", "b"])
    ]


def test_a_confirmed_group_carries_blame() -> None:
    pool = grouped()
    pool.confirm("group-a")
    ends(pool, SUSPENDED, NOW + 100, call(pinned="a"))
    assert (pool.groups(), pool.usable()) == ([], 1)


def test_a_group_that_nobody_confirmed_carries_none() -> None:
    pool = grouped()
    ends(pool, SUSPENDED, NOW + 100, call(pinned="a"))
    assert pool.usable() == 2


def test_keys_of_a_rejected_group_are_not_grouped_again() -> None:
    pool = grouped()
    pool.reject(NOW + 30, "group-a")
    assert groups(pool) == []
    assert groups(asked_again(pool)) == []


def test_only_those_that_are_said_to_share_nothing_leave_a_larger_group() -> None:
    pool = pool_of("a", "b", "c", "d")
    keys = list(pool.keys.values())
    pool.regroup(NOW, [*keys], [Project("group-a", Source.INFERRED, [*keys])])
    pool.part(NOW + 30, [KeyId("a"), KeyId("b")])
    assert [[key.id for key in group.keys] for group in pool.groups()] == [["c", "d"]]


def test_a_group_with_one_of_them_stays() -> None:
    pool = pool_of("a", "b", "c")
    keys = [pool.keys[KeyId(name)] for name in "ac"]
    pool.regroup(NOW, [*keys], [Project("group-a", Source.INFERRED, [*keys])])
    pool.part(NOW + 30, [KeyId("a"), KeyId("b")])
    assert [[key.id for key in group.keys] for group in pool.groups()] == [["a", "c"]]


def test_without_a_word_of_the_operators_they_would_be() -> None:
    assert groups(asked_again(pool_of("a", "b", "c"))) != []


def test_what_the_operator_said_survives_a_restart() -> None:
    confirmed, rejected = grouped(), grouped()
    confirmed.confirm("group-a")
    rejected.reject(NOW + 30, "group-a")
    first, second = pool_of("a", "b", "c"), pool_of("a", "b", "c")
    first.restore(NOW + 40, confirmed.snapshot(NOW + 40))
    second.restore(NOW + 40, rejected.snapshot(NOW + 40))
    assert groups(first) == [("group-a", "ba", Source.TOLD)]
    assert groups(asked_again(second)) == []


def test_a_name_that_is_no_groups_is_said_so() -> None:
    with pytest.raises(KeyError):
        grouped().confirm("group-z")
