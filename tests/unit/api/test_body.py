"""Reading a request's body within its limits of size and time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gemini_balance.api.asgi import BodyPieces, ClientLeft, read_body
from gemini_balance.core.errors import BadRequest, BodyStalled, TooLarge

pytestmark = pytest.mark.anyio

LIMIT = 1_000
SILENCE = b"silence"


def arriving(*pieces: bytes | None) -> Callable[[], Awaitable[dict[str, Any]]]:
    """An ASGI `receive` of these pieces; None: the client leaves. SILENCE: it says no more."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        if left == [SILENCE]:
            await asyncio.Event().wait()
        piece = left.pop(0)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    return receive


@pytest.mark.parametrize(
    ("pieces", "length", "body"),
    [
        pytest.param([b""], None, b"", id="none"),
        pytest.param([b"abc"], b"3", b"abc", id="one piece"),
        pytest.param([b"a", b"", b"bc"], None, b"abc", id="several, of unknown length"),
        pytest.param([b"x" * LIMIT], b"1000", b"x" * LIMIT, id="just within the limit"),
        pytest.param([b"x" * 500, b"x" * 500], None, b"x" * LIMIT, id="just within, in pieces"),
    ],
)
async def test_a_body_is_read_whole(pieces: list[bytes], length: bytes | None, body: bytes) -> None:
    assert await read_body(arriving(*pieces), length, LIMIT, 9.0) == body


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        pytest.param([], b"1001", id="said beforehand, and nothing is read"),
        pytest.param([b"x" * 1_001], None, id="one piece"),
        pytest.param([b"x" * 600, b"x" * 600, None], None, id="as soon as it shows"),
        pytest.param([b"x" * 1_001], b"3", id="more than was said"),
    ],
)
async def test_a_body_over_the_limit_is_refused(pieces: list[bytes | None], length: bytes | None) -> None:
    with pytest.raises(TooLarge, match=r"The request body is larger than 0\.001 MB \(MAX_BODY_MB\)\."):
        await read_body(arriving(*pieces), length, LIMIT, 9.0)


@pytest.mark.parametrize("length", [b"-1", b"many", b"1e3", b"", b"1 000"])
async def test_a_length_that_is_no_number_is_refused(length: bytes) -> None:
    with pytest.raises(BadRequest, match="Content-Length"):
        await read_body(arriving(b"x"), length, LIMIT, 9.0)


@pytest.mark.parametrize("pieces", [[None], [b"x", None]], ids=["before", "in the middle"])
async def test_a_client_that_leaves_is_noticed(pieces: list[bytes | None]) -> None:
    with pytest.raises(ClientLeft):
        await read_body(arriving(*pieces), None, LIMIT, 9.0)


async def test_a_body_that_stops_in_the_middle_is_given_up() -> None:
    with pytest.raises(BodyStalled, match=r"no byte of its body came for 0\.01 s \(BODY_IDLE\)"):
        await read_body(arriving(b"x", SILENCE), None, LIMIT, 0.01)
    pieces = BodyPieces(arriving(b"x", b"y", SILENCE), b"4", 0.01)
    assert [await pieces.read(), await pieces.read()] == [b"x", b"y"]
    with pytest.raises(BodyStalled):
        await pieces.read()
