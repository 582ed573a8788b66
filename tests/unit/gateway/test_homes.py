"""What is made in one go is kept together."""

from gemini_balance.core.pool import KeyId
from gemini_balance.gateway.homes import GAP, LONGEST, MOST, Homes

A, B = KeyId("a"), KeyId("b")


def test_what_is_made_in_one_go_is_kept_together_and_what_comes_later_is_not() -> None:
    homes = Homes()
    assert homes.find(0.0, "me") is None
    homes.note(0.0, "me", A)
    homes.note(GAP, "me", A)
    assert [homes.find(2 * GAP, "me"), homes.find(2 * GAP + 1, "me"), homes.find(0.0, "they")] == [A, None, None]


def test_who_never_pauses_moves_on() -> None:
    homes = Homes()
    for second in range(int(LONGEST) + 1):
        homes.note(float(second), "me", A)
    assert homes.find(LONGEST, "me") == A
    assert homes.find(LONGEST + 1, "me") is None


def test_where_the_home_can_not_serve_the_next_key_is_the_home() -> None:
    homes = Homes()
    homes.note(0.0, "me", A)
    homes.note(1.0, "me", B)
    assert homes.find(LONGEST, "me") is None
    assert homes.find(2.0, "me") == B


def test_the_clients_of_long_ago_are_forgotten() -> None:
    homes = Homes()
    for number in range(MOST + 10):
        homes.note(0.0, str(number), A)
    assert [homes.find(0.0, "9"), homes.find(0.0, "10")] == [None, A]
