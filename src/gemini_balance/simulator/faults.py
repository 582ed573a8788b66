"""What can go wrong on request, and how it is chosen: by the prompt's directive first, then by the configured rates."""

import random
from collections import Counter
from enum import StrEnum

import msgspec

from gemini_balance.simulator.answer import Answer, Piece, Prompt
from gemini_balance.simulator.config import Fault
from gemini_balance.simulator.error_table import NAMED
from gemini_balance.simulator.keys import Caller
from gemini_balance.simulator.models import Model

FOR_EVER = 3600.0
SLOWLY = 5.0


class Kind(StrEnum):
    """Faults that are not simply an error answer."""

    SLOW = "slow"  # the first byte comes late
    STALL = "stall"  # silence after some events, then the connection closes
    CUT = "cut"  # closed before the first byte
    CUT_AFTER = "cut_after"  # closed after some events, without the last chunk
    RESET = "reset"  # RST, before the first byte or after some events
    ERROR_IN_STREAM = "error_in_stream"  # an error event after some events
    ROLE_THEN_ERROR = "role_then_error"  # a frame with nothing but the role, then an error event
    NO_FINISH = "no_finish"  # a clean end without finishReason
    EMPTY = "empty"  # STOP without parts
    THOUGHTS_ONLY = "thoughts_only"  # thoughts, then STOP
    MALFORMED_CALL = "malformed_call"  # finishReason MALFORMED_FUNCTION_CALL
    BLOCKED = "blocked"  # promptFeedback instead of candidates


class UnknownFaultError(ValueError):
    """A fault that nobody knows: most likely a test's typing error."""


def check(fault: Fault) -> Fault:
    """The fault, if there is one of this kind and error; raises UnknownFaultError."""
    if fault.kind not in NAMED and fault.kind not in tuple(Kind):
        raise UnknownFaultError(f"unknown fault {fault.kind!r}: one of {', '.join((*Kind, *NAMED))}")
    if fault.error not in NAMED:
        raise UnknownFaultError(f"unknown error {fault.error!r}: one of {', '.join(NAMED)}")
    return fault


class Faults:
    """The faults in force, with their dice and counters."""

    def __init__(self, faults: tuple[Fault, ...], dice: random.Random) -> None:
        self._faults = tuple(check(fault) for fault in faults)
        self._dice = dice
        self._met: Counter[int] = Counter()
        self._met_by_prompt: Counter[Prompt] = Counter()

    def choose(self, caller: Caller, model: Model, prompt: Prompt) -> Fault | None:
        """The fault that this call meets."""
        if prompt.wishes.fault:
            return self._wished(prompt)
        return next((fault for n, fault in enumerate(self._faults) if self._strikes(n, fault, caller, model)), None)

    def choose_for(self, caller: Caller, operation: str) -> Fault | None:
        """The fault that a call of a resource's method meets."""
        return next((fault for n, fault in enumerate(self._faults) if self._strikes(n, fault, caller, operation)), None)

    def _wished(self, prompt: Prompt) -> Fault | None:
        wishes = prompt.wishes
        fault = check(Fault(kind=wishes.fault, after=wishes.after, seconds=wishes.seconds, error=wishes.error))
        self._met_by_prompt[prompt] += 1
        return None if wishes.times is not None and self._met_by_prompt[prompt] > wishes.times else fault

    def _strikes(self, n: int, fault: Fault, caller: Caller, called: Model | str) -> bool:
        aimed = (
            fault.operation == called
            if isinstance(called, str)
            else not fault.operation and fault.model in ("", called.name, called.quota_model)
        )
        matches = aimed and fault.key in ("", caller.key) and fault.project in ("", caller.project_name)
        if not matches or (fault.times is not None and self._met[n] >= fault.times):
            return False
        if fault.rate < 1.0 and self._dice.random() >= fault.rate:
            return False
        self._met[n] += 1
        return True


def spoil(whole: Answer, fault: Fault | None) -> Answer:
    """The answer as the fault leaves it."""
    match fault.kind if fault else "":
        case Kind.EMPTY:
            return Answer(pieces=())
        case Kind.THOUGHTS_ONLY:
            thought = Piece({"text": "**Thinking it over**\n\n", "thought": True}, thought_tokens=24)
            return Answer(pieces=(thought,))
        case Kind.MALFORMED_CALL:
            message = "Malformed function call: print(default_api.get_weather(city="
            return Answer(pieces=(), finish="MALFORMED_FUNCTION_CALL", finish_message=message)
        case Kind.NO_FINISH:
            return msgspec.structs.replace(whole, finish="")
        case _:
            return whole
