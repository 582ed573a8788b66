"""Things are found by their project until they end."""

from gemini_balance.simulator.resources.shelf import Item, Shelf


def shelf() -> Shelf[Item]:
    filled: Shelf[Item] = Shelf()
    for name, project, expires in (("a/1", "amber", 10.0), ("a/1/b/2", "amber", 99.0), ("a/3", "basil", 99.0)):
        filled.put(Item(name=name, project=project, created=0.0, expires=expires))
    return filled


def names(items: list[Item]) -> list[str]:
    return [item.name for item in items]


def test_a_thing_is_its_projects_but_known_to_all() -> None:
    filled = shelf()
    assert (filled.find("a/3", "amber", 0.0), filled.known("a/3", 0.0)) == (None, filled.find("a/3", "basil", 0.0))


def test_a_list_holds_what_lies_directly_below() -> None:
    filled = shelf()
    assert (names(filled.owned("amber", 0.0, "a")), names(filled.owned("amber", 0.0, "a/1/b"))) == (
        ["a/1"],
        ["a/1/b/2"],
    )
    assert names(filled.owned("amber", 0.0)) == ["a/1/b/2", "a/1"]


def test_what_ends_takes_along_what_lies_below() -> None:
    filled = shelf()
    assert (filled.known("a/1", 9.9) is None, filled.holds_below("a/1")) == (False, True)
    assert (filled.known("a/1", 10.0), filled.known("a/1/b/2", 10.0), filled.holds_below("a/1")) == (None, None, False)


def test_nothing_is_left_of_a_cleared_shelf() -> None:
    filled = shelf()
    filled.clear()
    assert (filled.owned("amber", 0.0), filled.owned("basil", 0.0)) == ([], [])
