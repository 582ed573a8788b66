"""A key's state as it is shown: its word, its tone, its glyph, and why it is in it."""

from __future__ import annotations

from dataclasses import dataclass

from gemini_balance.core.outcome import Cause
from gemini_balance.core.pool.report import Standing


@dataclass(frozen=True, slots=True)
class State:
    """`word` and `count` are messages: the state's name, and how many keys are in it."""

    name: str
    tone: str  # of `.t-…` in console.css
    glyph: str  # in icons.svg
    word: str
    count: str


STATES = {
    Standing.READY: State("ready", "ok", "s-ready", "state.ready", "state.ready_count"),
    Standing.RESTING: State("resting", "wait", "s-rest", "state.resting", "state.resting_count"),
    Standing.PROBING: State("probing", "act", "s-probe", "state.probing", "state.probing_count"),
    Standing.INVALID: State("invalid", "bad", "s-invalid", "state.invalid", "state.invalid_count"),
    Standing.DISABLED: State("disabled", "off", "s-off", "state.disabled", "state.disabled_count"),
}
"""In the order in which they are shown."""

REASONS = {
    Cause.KEY_DEAD: "reason.key_dead",
    Cause.KEY_REFUSED: "reason.key_refused",
    Cause.PROJECT_BLOCKED: "reason.project_blocked",
    Cause.PROJECT_UNPAID: "reason.project_unpaid",
}
OTHERWISE = "reason.failures"
REMEDIES = {
    Cause.KEY_DEAD: "remedy.key_dead",
    Cause.KEY_REFUSED: "remedy.key_refused",
    Cause.PROJECT_BLOCKED: "remedy.project_blocked",
    Cause.PROJECT_UNPAID: "remedy.project_unpaid",
}
RETRY = "remedy.failures"


def reason(cause: Cause | None) -> str:
    """The message that says why a key rests or is invalid."""
    return REASONS.get(cause, OTHERWISE) if cause is not None else OTHERWISE


def remedy(cause: Cause | None) -> str:
    """The message that says what to do about it."""
    return REMEDIES.get(cause, RETRY) if cause is not None else RETRY
