"""Live: conversations over a WebSocket. Where they are opened, and what of their messages decides anything.

Paths and messages are those of google-genai 3.4.0; the close codes and reasons are Google's own, as seen.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from gemini_balance.core.errors import BadRequest
from gemini_balance.core.gemini.classify import classify
from gemini_balance.core.gemini.schema import Wire
from gemini_balance.core.outcome import Cause, Outcome, Usage

Message = str | bytes
"""A WebSocket's message; text stays text."""
EPHEMERAL = "auth_tokens/"
"""How a token begins that Google made for a browser."""
CONSTRAINED = "BidiGenerateContentConstrained"
NORMAL, LEAVING, INVALID, POLICY, TOO_BIG, INTERNAL, RESTART = 1000, 1001, 1007, 1008, 1009, 1011, 1012
NO_CODE, VANISHED = 1005, 1006
UNSAID = frozenset({1004, NO_CODE, VANISHED, 1015})
"""Codes that say how a connection was lost. No close frame may hold one (RFC 6455, 7.4.1)."""
LONGEST_REASON = 123
"""Bytes that a close frame has room for."""
FIRST = "setup must be the first message and only the first"
_PATH = re.compile(
    r"(?P<strict>/gemini)?/ws/google\.ai\.generativelanguage\.(?P<version>v1|v1beta|v1alpha)\.GenerativeService"
    rf"[./](?P<method>BidiGenerateContent|{CONSTRAINED}|BidiGenerateMusic)"
)
_SLASHES = re.compile(r"/{2,}")


class LiveMethod(NamedTuple):
    """`path` is Google's, without a slash in front."""

    path: str
    strict: bool
    constrained: bool


class Parting(NamedTuple):
    """How a connection was closed."""

    code: int
    reason: str = ""

    @property
    def orderly(self) -> bool:
        """Did whoever closed it have nothing to complain of?"""
        return self.code in (NORMAL, LEAVING, NO_CODE)


class Setup(NamedTuple):
    """What the first message asks for. `handle`: the conversation that it goes on with."""

    model: str
    handle: str


class Told(NamedTuple):
    """What a message of Google's tells about the conversation itself."""

    usage: Usage | None = None
    handle: str = ""
    leaving: bool = False


class _Resumption(Wire):
    handle: str | None = None


class _Setup(Wire):
    """Google takes both spellings of a name."""

    model: str | None = None
    session_resumption: _Resumption | None = None
    resumption: _Resumption | None = msgspec.field(default=None, name="session_resumption")


class _First(Wire):
    setup: _Setup | None = None


class _Update(Wire):
    new_handle: str | None = None


class _Usage(Wire):
    """Live has a name of its own for the answer's tokens."""

    prompt_token_count: int = 0
    cached_content_token_count: int = 0
    tool_use_prompt_token_count: int = 0
    response_token_count: int = 0
    candidates_token_count: int = 0
    thoughts_token_count: int = 0
    total_token_count: int = 0


class _Said(Wire):
    usage_metadata: _Usage | None = None
    session_resumption_update: _Update | None = None
    go_away: dict[str, object] | None = None


_first = msgspec.json.Decoder(_First)
_said = msgspec.json.Decoder(_Said)
# What a message must hold to be worth decoding: nearly all of them are sound.
_SIGNS = (b"usageMetadata", b"sessionResumptionUpdate", b"goAway")


class _Closing(NamedTuple):
    """A row: what HTTP would have said. `begins` in small letters; the first row that fits decides."""

    code: int
    status: int
    begins: tuple[str, ...] = ("",)


# The reason is cut after 123 bytes. A 1007 may repeat the caller's own words, so only a reason's beginning counts.
# A 1008 that no row knows is about what was asked for ("Operation is not implemented…"): it must cost no key.
CLOSINGS = (
    _Closing(INVALID, 400),
    _Closing(POLICY, 401, ("request had invalid authentication", "api keys are not supported")),
    _Closing(POLICY, 403, ("your api key was reported", "method doesn't allow unregistered", "permission denied")),
    _Closing(POLICY, 403, ("your project has been denied", "the caller does not have permission")),
    _Closing(POLICY, 404, ("models/", "bidigeneratecontent session not found", "requested entity was not found")),
    _Closing(POLICY, 400),
    _Closing(INTERNAL, 429, ("you exceeded your current quota", "resource has been exhausted", "resource exhausted")),
    _Closing(INTERNAL, 429, ("quota exceeded", "your prepayment credits", "your project has exceeded")),
    _Closing(INTERNAL, 503, ("this model is currently", "the model is overloaded", "the service is currently")),
    _Closing(INTERNAL, 504, ("deadline expired",)),
    _Closing(INTERNAL, 500),
    _Closing(1013, 503),
)


def live_method(path: str) -> LiveMethod | None:
    """What a path opens; None where it is none of Live's. Doubled slashes are forgiven."""
    found = _PATH.fullmatch(_SLASHES.sub("/", path))
    if found is None:
        return None
    google = f"ws/google.ai.generativelanguage.{found['version']}.GenerativeService.{found['method']}"
    return LiveMethod(google, found["strict"] is not None, found["method"] == CONSTRAINED)


def setup_in(message: Message) -> Setup:
    """What a conversation begins with. Raises BadRequest in Google's words: no key need be asked for that."""
    try:
        setup = _first.decode(message).setup
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"Invalid JSON payload received. {error}") from error
    if setup is None:
        raise BadRequest(FIRST)
    resumption = setup.session_resumption or setup.resumption or _Resumption()
    return Setup((setup.model or "").removeprefix("models/"), resumption.handle or "")


def session(handle: str) -> str:
    """The name under which it is remembered whose a conversation is."""
    return f"sessions/{handle}"


def told_in(message: Message) -> Told:
    """What a message of Google's tells; nothing where it is sound or text, or nothing that we can read."""
    data = message if isinstance(message, bytes) else message.encode()
    if not any(sign in data for sign in _SIGNS):
        return Told()
    try:
        said = _said.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Told()
    update = said.session_resumption_update
    return Told(_usage(said.usage_metadata), (update.new_handle if update else "") or "", said.go_away is not None)


def _usage(told: _Usage | None) -> Usage | None:
    if told is None:
        return None
    return Usage(
        prompt=told.prompt_token_count,
        cached=told.cached_content_token_count,
        tool_use=told.tool_use_prompt_token_count,
        output=told.response_token_count or told.candidates_token_count,
        thoughts=told.thoughts_token_count,
        total=told.total_token_count,
    )


def status_of(parting: Parting) -> int:
    """The status that HTTP would have for it; 502 where Google closed without a code of its errors."""
    reason = parting.reason.lower()
    fits = (row.status for row in CLOSINGS if row.code == parting.code and reason.startswith(row.begins))
    return next(fits, 502)


def error_body(status: int, message: str) -> bytes:
    """Google's envelope."""
    return msgspec.json.encode({"error": {"code": status, "message": message}})


def verdict_on(parting: Parting, *, leaving: bool, usage: Usage) -> Outcome:
    """How a conversation ended that Google closed. `leaving`: it had said that it would."""
    if parting.orderly or leaving:
        return Outcome(Cause.ANSWERED, usage=usage)
    if parting.code in UNSAID:
        return Outcome(Cause.CUT, 502, usage=usage)
    status = status_of(parting)
    return replace(classify(status, error_body(status, parting.reason)), usage=usage)


def code_for(status: int) -> int:
    """How Google closes a conversation for what is an error of this status in HTTP."""
    codes = {400: INVALID, 401: POLICY, 403: POLICY, 404: POLICY, 413: TOO_BIG}
    return codes.get(status, INTERNAL)


def closing(parting: Parting, secrets: tuple[str, ...] = ()) -> Parting:
    """The same as a close frame may hold it, without `secrets`: Google repeats a key in some of its reasons."""
    code = NORMAL if parting.code == NO_CODE else LEAVING if parting.code in UNSAID else parting.code
    reason = parting.reason
    for secret in filter(None, secrets):
        reason = reason.replace(secret, "REDACTED")
    return Parting(code, reason.encode()[:LONGEST_REASON].decode(errors="ignore"))
