"""JSON arrays that arrive in pieces: cut after each element, not a byte lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.core.wire.frames import Frame
from gemini_balance.core.wire.json_array import ArrayFramer
from tests.unit.core.wire.cuts import fed, pieces

NASTY = st.text(st.sampled_from('{}[]",:\\/ué😀\n'), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NASTY, inner, max_size=3),
    max_leaves=12,
)
ELEMENTS = st.dictionaries(NASTY, VALUES, max_size=4)
BETWEEN = st.sampled_from(["", " ", "\n", "\r\n", "\n\t "])


@st.composite
def arrays(draw: st.DrawFn) -> tuple[str, list[str]]:
    """An array with blanks anywhere between its elements, and the text of each element."""
    elements = [
        json.dumps(element, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 2])))
        for element in draw(st.lists(ELEMENTS, max_size=5))
    ]
    spaced = [draw(BETWEEN) + element + draw(BETWEEN) for element in elements]
    return draw(BETWEEN) + "[" + ",".join(spaced) + draw(BETWEEN) + "]" + draw(BETWEEN), elements


@given(arrays(), st.data())
def test_any_cut_gives_the_same_elements(array: tuple[str, list[str]], data: st.DataObject) -> None:
    text, elements = array
    whole, framer = text.encode(), ArrayFramer()
    frames = fed(framer, data.draw(pieces(whole)))
    assert [element.decode() for _, element in frames] == elements
    assert b"".join(raw for raw, _ in frames) + framer.rest() == whole
    assert framer.closed()


@given(st.binary() | st.text('[]{}",\\ a').map(str.encode), st.data())
def test_no_byte_of_any_input_is_lost(whole: bytes, data: st.DataObject) -> None:
    framer, at_once = ArrayFramer(), ArrayFramer()
    frames = fed(framer, data.draw(pieces(whole)))
    assert b"".join(raw for raw, _ in frames) + framer.rest() == whole
    assert (frames, framer.closed()) == (at_once.feed(whole), at_once.closed())


@pytest.mark.parametrize(
    ("read", "frames", "rest", "closed"),
    [
        pytest.param(b"", [], b"", False, id="nothing"),
        pytest.param(b"[]", [], b"[]", True, id="an empty array"),
        pytest.param(b'[{"a":1}', [(b'[{"a":1}', b'{"a":1}')], b"", False, id="the closing bracket is missing"),
        pytest.param(
            b'[{"a":1},\r\n{"b":[2]}]\n',
            [(b'[{"a":1}', b'{"a":1}'), (b',\r\n{"b":[2]}', b'{"b":[2]}')],
            b"]\n",
            True,
            id="as Google sends",
        ),
        pytest.param(b'[{"a":"}]\\"', [], b'[{"a":"}]\\"', False, id="brackets and quotes in a string"),
        pytest.param(b'[{"a":"\\', [], b'[{"a":"\\', False, id="a cut inside an escape"),
        pytest.param(b'[{"a":{"b":', [], b'[{"a":{"b":', False, id="an element half there"),
    ],
)
def test_an_array_is_cut_after_its_elements(read: bytes, frames: list[Frame], rest: bytes, closed: bool) -> None:
    framer = ArrayFramer()
    assert (framer.feed(read), framer.rest(), framer.closed()) == (frames, rest, closed)
