"""What a prompt can ask of the simulator: `[[sim: name=value …]]` anywhere in the last user text. See README.md."""

import re
from functools import lru_cache

import msgspec
from msgspec import Struct

_BLOCK = re.compile(r"\[\[sim:(.*?)\]\]", re.DOTALL)
_PAIR = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|[^\s"]+)')
_SIZE = re.compile(r"(\d+)(B|KB|MB)?")
_UNIT = {None: 1, "B": 1, "KB": 1024, "MB": 1024 * 1024}


class Directives(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that a prompt can ask for; None or empty leaves the choice to the simulator.

    text       exactly this answer             words     so many words
    events     stream events for the text      pace_ms   real time between events
    first_ms   real time before the first byte chunk     bytes per write, to cut events in pieces
    pad        size of the answer, e.g. 80MB   thoughts  words of thought
    call       functions to call, `a,b`; `a;b` calls b after a was answered
    args       arguments of each call, a JSON object; others are made to fit the schema
    replies    so many replies to tell the text in, each but the last ending with CONTINUATION
    finish     the finishReason                filtered  why Imagen's filter took all
    go_away    real seconds that a Live connection has left after this turn
    fault      a kind of faults.Kind or a name of errors.NAMED
    after      events before the fault strikes seconds   how long it lasts
    error      what an error in the stream says times    how many calls with this text meet the fault
    """

    text: str | None = None
    words: int | None = None
    events: int | None = None
    pace_ms: float | None = None
    first_ms: float | None = None
    chunk: int | None = None
    pad: int = 0
    thoughts: int | None = None
    call: str = ""
    args: str = ""
    replies: int = 1
    filtered: str = ""
    go_away: float | None = None
    finish: str = ""
    fault: str = ""
    after: int | None = None
    seconds: float | None = None
    error: str = "overload"
    times: int | None = None


NONE = Directives()


class UnknownDirectiveError(ValueError):
    """A directive that nobody understands: most likely a test's typing error."""


@lru_cache(maxsize=1024)
def read(text: str, standing: str = "") -> tuple[Directives, str]:
    """The directives in `text`, or else the standing ones, and the text without them; raises UnknownDirectiveError."""
    blocks = _BLOCK.findall(text) or [standing]
    pairs = [pair for block in blocks for pair in _PAIR.findall(block)]
    if not pairs:
        return NONE, _BLOCK.sub("", text).strip() if "[[sim:" in text else text
    try:
        values: dict[str, object] = {name: _value(name, raw) for name, raw in pairs}
        directives = msgspec.convert(values, Directives, strict=False)
    except msgspec.DecodeError as error:
        raise UnknownDirectiveError(str(error)) from None
    return directives, _BLOCK.sub("", text).strip()


def _value(name: str, raw: str) -> object:
    if raw.startswith('"'):
        raw = str(msgspec.json.decode(raw.encode()))
    if name == "args":
        msgspec.json.decode(raw, type=dict[str, object])
    if name == "pad" and (size := _SIZE.fullmatch(raw)):
        return int(size[1]) * _UNIT[size[2]]
    return raw
