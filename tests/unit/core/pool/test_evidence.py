"""What speaks for a key to share the project of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core.pool import evidence as pairs
from gemini_balance.core.pool.evidence import LEAST, NEVER, Evidence
from gemini_balance.core.pool.key import Key, KeyId, KeySpec, Project, Source

if TYPE_CHECKING:
    import pytest


def keys(names: str) -> list[Key]:
    return [Key(KeySpec(KeyId(name), f"secret-{name}")) for name in names]


def group(*members: Key) -> Project:
    made = Project(f"group-{members[0].id}", Source.INFERRED)
    for member in members:
        made.add(member)
    return made


A, B, C = keys("abc")


def test_what_a_refusal_tells_of_another_key_it_tells_both() -> None:
    evidence = Evidence()
    evidence.suspect(A, B, 2.0, 10.0)
    assert (evidence.about(A), evidence.about(B)) == ({B: 2.0}, {A: 2.0})


def test_who_is_not_suspected_is_not_remembered_for_being_cleared() -> None:
    evidence = Evidence()
    evidence.clear(A, B)
    assert evidence.about(A) == {}


def test_who_is_suspected_can_be_cleared() -> None:
    evidence = Evidence()
    evidence.suspect(A, B, 2.0, 10.0)
    evidence.clear(A, B)
    assert evidence.about(A) == {B: 2.0 + NEVER}
    for _ in range(9):
        evidence.clear(A, B)
    assert evidence.about(A) == {B: LEAST}


def test_what_two_keys_tell_of_a_third_counts_once_when_they_become_a_group() -> None:
    evidence = Evidence()
    a, b, c = keys("abc")
    evidence.suspect(a, c, 2.0, 10.0)
    evidence.suspect(b, c, 3.0, 30.0)
    made = group(a, b)
    evidence.unite(made, [a, b])
    assert evidence.about(made) == {c: 3.0}


def test_two_keys_that_met_meet_again_a_minute_later_by_themselves() -> None:
    evidence, known = Evidence(), []
    for moment in (10.0, 70.5, 95.0):
        evidence.suspect(A, C, 2.0, moment)
        known.append(evidence.about(A)[C])
    assert known == [2.0, 2.0, 4.0]


def test_of_one_coincidence_the_strongest_trace_counts() -> None:
    evidence = Evidence()
    for weight in (1.0, 3.0, 2.0):
        evidence.suspect(A, B, weight, 10.0)
    assert evidence.about(A) == {B: 3.0}


def test_to_meet_all_members_of_a_group_at_one_moment_is_one_coincidence() -> None:
    evidence = Evidence()
    a, b, c = keys("abc")
    made = group(a, b)
    evidence.suspect(c, a, 3.0, 10.0)
    evidence.suspect(c, b, 3.0, 10.0)
    assert evidence.about(made) == {c: 3.0}


def test_when_too_much_is_known_the_weaker_half_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MOST", 4)
    evidence, (a, *others) = Evidence(), keys("abcd")
    for weight, other in enumerate(others, 1):
        evidence.suspect(a, other, float(weight), 10.0)
    evidence.tidy()
    assert evidence.about(a) == {others[2]: 3.0}
