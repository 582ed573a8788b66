"""Event streams: the same events whatever the cut, and not a byte lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gemini_balance.core.wire.frames import Frame
from gemini_balance.core.wire.sse import SseFramer, event, google_event
from tests.unit.core.wire.cuts import fed, pieces

ENDS = ("\r\n", "\n")
NO_LINE_ENDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"))
LINES = st.one_of(
    NO_LINE_ENDS.map(lambda text: f"data: {text}"),
    NO_LINE_ENDS.map(lambda text: f"data:{text}"),
    NO_LINE_ENDS.map(lambda text: f": {text}"),
    st.just("event: message"),
    st.just('data: {"text":"' + "x" * 20_000 + '"}'),
)


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[Frame]]:
    """A stream whose line ends are drawn one by one, and the frames that it is made of."""
    frames: list[Frame] = []
    for lines in draw(st.lists(st.lists(LINES, min_size=1, max_size=4), max_size=6)):
        text = "".join(line + draw(st.sampled_from(ENDS)) for line in lines) + draw(st.sampled_from(ENDS))
        frames.append((text.encode(), _payload(lines)))
    return b"".join(raw for raw, _ in frames), frames


def _payload(lines: list[str]) -> bytes:
    values = (line.removeprefix("data:") for line in lines if line.startswith("data:"))
    return "\n".join(value.removeprefix(" ") for value in values).encode()


@given(streams(), st.data())
def test_any_cut_gives_the_same_frames(stream: tuple[bytes, list[Frame]], data: st.DataObject) -> None:
    whole, frames = stream
    framer = SseFramer()
    assert fed(framer, data.draw(pieces(whole))) == frames
    assert (framer.rest(), framer.closed()) == (b"", True)


@given(st.binary() | st.text("dat:{}\r\n ").map(str.encode), st.data())
@example(b"data: 1\r\n\r\n\n", None)
@example(b"\n\n\n\r\n\r\n", None)
def test_no_byte_of_any_input_is_lost(whole: bytes, data: st.DataObject | None) -> None:
    framer, at_once = SseFramer(), SseFramer()
    cut = data.draw(pieces(whole)) if data else [whole[at : at + 1] for at in range(len(whole))]
    frames = fed(framer, cut)
    assert b"".join(raw for raw, _ in frames) + framer.rest() == whole
    assert (frames, framer.rest()) == (at_once.feed(whole), at_once.rest())


@pytest.mark.parametrize(
    ("read", "frames", "rest", "closed"),
    [
        pytest.param(b"", [], b"", True, id="nothing"),
        pytest.param(
            b'data: {"a":1}\r\n\r\n', [(b'data: {"a":1}\r\n\r\n', b'{"a":1}')], b"", True, id="as Google sends"
        ),
        pytest.param(b"data: 1\n\n", [(b"data: 1\n\n", b"1")], b"", True, id="as OpenAI sends"),
        pytest.param(b"data: 1\n\r\n", [(b"data: 1\n\r\n", b"1")], b"", True, id="mixed line ends"),
        pytest.param(b"data:1\n\n", [(b"data:1\n\n", b"1")], b"", True, id="no blank after the colon"),
        pytest.param(b"data: 1\ndata: 2\n\n", [(b"data: 1\ndata: 2\n\n", b"1\n2")], b"", True, id="two data lines"),
        pytest.param(b": hi\n\n", [(b": hi\n\n", b"")], b"", True, id="a comment"),
        pytest.param(b"event: x\ndata: 1\n\n", [(b"event: x\ndata: 1\n\n", b"1")], b"", True, id="a named event"),
        pytest.param(b"data: 1\r\n\r\n\r\n", [(b"data: 1\r\n\r\n", b"1")], b"\r\n", True, id="a blank line at the end"),
        pytest.param(b"data: 1\r\n", [], b"data: 1\r\n", False, id="the blank line is missing"),
        pytest.param(b"data: 1\n\ndata: 2", [(b"data: 1\n\n", b"1")], b"data: 2", False, id="an event half there"),
    ],
)
def test_a_stream_is_cut_at_its_blank_lines(read: bytes, frames: list[Frame], rest: bytes, closed: bool) -> None:
    framer = SseFramer()
    assert (framer.feed(read), framer.rest(), framer.closed()) == (frames, rest, closed)


@pytest.mark.parametrize("make", [event, google_event])
def test_what_we_write_we_read(make: type[bytes]) -> None:
    written = make(b'{"a":1}')
    assert SseFramer().feed(written) == [(written, b'{"a":1}')]


@pytest.mark.parametrize(
    ("read", "last", "closed"),
    [
        pytest.param(b'data: {"a":1}', [(b'data: {"a":1}', b'{"a":1}')], True, id="no line end at all"),
        pytest.param(b'data: {"a":1}\r\n', [(b'data: {"a":1}\r\n', b'{"a":1}')], True, id="no blank line"),
        pytest.param(b'data: {"a":', [], False, id="half an object"),
        pytest.param(b"data: [DONE]\n", [], False, id="no JSON"),
        pytest.param(b'data: {"a":1}\n\n\r\n', [], True, id="a blank line too many"),
        pytest.param(b"", [], True, id="nothing"),
    ],
)
def test_a_stream_may_end_in_an_event_that_lacks_only_its_blank_line(
    read: bytes, last: list[Frame], closed: bool
) -> None:
    framer = SseFramer()
    framer.feed(read)
    assert (framer.last(), framer.closed()) == (last, closed)
