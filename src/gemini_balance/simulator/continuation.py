"""Answers that are too long for one reply: each ends with a token, by which the same project asks for the next."""

import base64

from msgspec.structs import replace

from gemini_balance.simulator.answer import Answer, Piece
from gemini_balance.simulator.errors import GoogleError, invalid_argument
from gemini_balance.simulator.tokens import count_text

FINISH = "CONTINUATION"


def replies_before(token: str, project: str) -> int:
    """How many replies came before the one asked for; raises GoogleError for a token that is not this project's."""
    if not token:
        return 0
    try:
        owner, _, number = base64.b64decode(token, validate=True).decode().rpartition(":")
    except ValueError:
        owner, number = "", ""
    if owner != project or not number.isdigit():
        raise GoogleError(invalid_argument("The continuation token is invalid."))
    return int(number)


def reply_of(whole: Answer, project: str, replies: int, before: int) -> Answer:
    """Of an answer told in so many replies, the one that comes after `before` others."""
    if replies < 2 and not before:
        return whole
    last = before >= replies - 1
    pieces = [piece for piece in whole.pieces if piece.cuttable or not before]  # thoughts are the first reply's
    told = replace(whole, pieces=tuple(_share(piece, replies, before) for piece in pieces))
    if last:
        return told
    token = base64.b64encode(f"{project}:{before + 1}".encode()).decode()
    return replace(told, finish=FINISH, finish_message="", signature="", grounding=None, continuation_token=token)


def _share(piece: Piece, replies: int, before: int) -> Piece:
    if not piece.cuttable:
        return piece
    text = str(piece.part["text"])
    share = text[len(text) * before // replies : len(text) * (before + 1) // replies]
    return replace(piece, part={"text": share}, tokens=count_text(share))
