"""A reply cut into reads in any way, as a network may."""

from hypothesis import strategies as st

from gemini_balance.core.wire.frames import Frame, Framer


@st.composite
def pieces(draw: st.DrawFn, whole: bytes) -> list[bytes]:
    """`whole` in order, cut where it is drawn; one that is short may fall apart into single bytes."""
    if len(whole) < 300 and draw(st.booleans()):
        return [whole[at : at + 1] for at in range(len(whole))]
    at = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    return [whole[begin:end] for begin, end in zip([0, *at], [*at, len(whole)], strict=True)]


def fed(framer: Framer, reads: list[bytes]) -> list[Frame]:
    return [frame for read in reads for frame in framer.feed(read)]
