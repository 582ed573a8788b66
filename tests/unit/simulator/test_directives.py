"""Prompts may ask the simulator for things."""

import pytest

from gemini_balance.simulator.directives import NONE, Directives, UnknownDirectiveError, read


@pytest.mark.parametrize(
    ("text", "directives", "rest"),
    [
        ("hello", NONE, "hello"),
        ("[[sim: text=hi]] hello", Directives(text="hi"), "hello"),
        ('say [[sim: text="two \\"words\\"" events=3]]', Directives(text='two "words"', events=3), "say"),
        ("[[sim: pad=80MB]]", Directives(pad=80 * 1024 * 1024), ""),
        ("[[sim: pad=512]]", Directives(pad=512), ""),
        ("a [[sim: words=2]] b [[sim: pace_ms=1.5]]", Directives(words=2, pace_ms=1.5), "a  b"),
        ("[[sim: fault=stall after=3 seconds=5]]", Directives(fault="stall", after=3, seconds=5.0), ""),
        ("[[sim: call=f,g;h]]", Directives(call="f,g;h"), ""),
        ('[[sim: call=f args="{\\"a\\": [1]}"]]', Directives(call="f", args='{"a": [1]}'), ""),
    ],
)
def test_it_reads(text: str, directives: Directives, rest: str) -> None:
    assert read(text) == (directives, rest)


@pytest.mark.parametrize(
    "text", ["[[sim: wrods=2]]", "[[sim: words=many]]", "[[sim: pad=lots]]", '[[sim: args="{a"]]', "[[sim: args=1]]"]
)
def test_it_refuses_what_it_does_not_know(text: str) -> None:
    with pytest.raises(UnknownDirectiveError):
        read(text)


def test_standing_directives_are_for_texts_without_any() -> None:
    assert read("hello", "words=2") == (Directives(words=2), "hello")
    assert read("[[sim: events=3]] hello", "words=2") == (Directives(events=3), "hello")
