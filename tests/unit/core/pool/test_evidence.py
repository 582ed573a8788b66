"""What speaks for a key to share the project of others."""

from __future__ import annotations

from gemini_balance.core.pool.evidence import NEVER, Evidence
from gemini_balance.core.pool.key import Key, KeyId, KeySpec, Project, Source

A, B, C = (Key(KeySpec(KeyId(name), f"secret-{name}")) for name in "abc")


def test_what_a_refusal_tells_of_another_key_it_tells_both() -> None:
    evidence = Evidence()
    evidence.add(A, B, 2.0)
    assert (evidence.about(A), evidence.about(B)) == ({B: 2.0}, {A: 2.0})


def test_who_is_not_suspected_is_not_remembered_for_being_cleared() -> None:
    evidence = Evidence()
    evidence.add(A, B, NEVER)
    assert evidence.about(A) == {}


def test_what_two_keys_tell_of_a_third_counts_once_when_they_become_a_group() -> None:
    evidence = Evidence()
    a, b, c = (Key(KeySpec(KeyId(name), f"secret-{name}")) for name in "abc")
    evidence.add(a, c, 2.0)
    evidence.add(b, c, 3.0)
    group = Project("group-a", Source.INFERRED, [a, b])
    evidence.unite(group, [a, b])
    assert evidence.about(group) == {c: 3.0}


def test_two_moments_that_met_meet_again_a_minute_later_by_themselves() -> None:
    evidence = Evidence()
    assert [evidence.meet(A, C, at) for at in (10.0, 70.5, 95.0)] == [True, False, True]
