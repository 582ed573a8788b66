"""An upload is the sum of the pieces that were accepted, whatever was refused between them."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from gemini_balance.simulator.json_types import Object
from gemini_balance.simulator.resources.blob import Spooled
from gemini_balance.simulator.resources.uploads import RefusedUploadError, Upload

CHUNK = 4
PIECE = st.tuples(st.binary(max_size=12), st.integers(-3, 3), st.booleans())


def size_of(upload: Upload) -> Object:
    return {"size": upload.blob.size}


def write(upload: Upload, data: bytes, offset: int, *, final: bool) -> None:
    """One command as the server obeys it."""
    upload.open(str(offset), writes=True)
    mark = upload.blob.mark()
    upload.blob.write(data)
    try:
        upload.close(len(data), CHUNK, final=final)
    except RefusedUploadError:
        upload.blob.rewind(mark)
        raise
    if final:
        upload.end()


@given(st.lists(PIECE, max_size=12), st.none() | st.integers(0, 40))
def test_only_what_was_accepted_counts(pieces: list[tuple[bytes, int, bool]], declared: int | None) -> None:
    upload = Upload(id="u", key="k", project="p", expires=1.0, finish=size_of, blob=Spooled(), declared=declared)
    told = b""
    for data, slip, final in pieces:
        with contextlib.suppress(RefusedUploadError):
            write(upload, data, len(told) + slip, final=final)
            told += data
        assert upload.blob.read(0, 1000) == told
    assert upload.status == "active" or declared in (None, len(told))
    upload.blob.close()
