"""Faults strike whom they should, as often as they should."""

import random

import pytest

from gemini_balance.simulator.answer import Prompt
from gemini_balance.simulator.config import Fault, SimulatorConfig
from gemini_balance.simulator.directives import Directives
from gemini_balance.simulator.faults import Faults, UnknownFaultError
from gemini_balance.simulator.keys import identify
from gemini_balance.simulator.models import BY_NAME

AMBER = identify("AIzaSim-amber-1", SimulatorConfig())
BASIL = identify("AIzaSim-basil-1", SimulatorConfig())
MODEL = BY_NAME["gemini-3-flash-preview"]
PLAIN = Prompt(text="hi", wishes=Directives(), turn=1, answered_steps=0)


def faults(*configured: Fault) -> Faults:
    return Faults(configured, random.Random(1))


@pytest.mark.parametrize(
    ("fault", "amber", "basil"),
    [
        (Fault("overload"), True, True),
        (Fault("overload", project="amber"), True, False),
        (Fault("overload", key="AIzaSim-basil-1"), False, True),
        (Fault("overload", model="gemini-3-flash-preview"), True, True),
        (Fault("overload", model="gemini-3-flash"), True, True),
        (Fault("overload", model="gemini-2.5-pro"), False, False),
        (Fault("overload", rate=0.0), False, False),
    ],
)
def test_a_fault_strikes_those_it_names(fault: Fault, amber: bool, basil: bool) -> None:
    chosen = [faults(fault).choose(caller, MODEL, PLAIN) for caller in (AMBER, BASIL)]
    assert chosen == [fault if amber else None, fault if basil else None]


def test_a_rate_is_met_in_the_long_run_and_repeats_with_the_seed() -> None:
    runs = []
    for _ in range(2):
        some = faults(Fault("overload", rate=0.3))
        runs.append([some.choose(AMBER, MODEL, PLAIN) is not None for _ in range(1_000)])
    assert runs[0] == runs[1]
    assert 250 < sum(runs[0]) < 350


def test_a_fault_may_strike_a_few_times_only_and_then_the_next_one() -> None:
    some = faults(Fault("overload", times=2), Fault("internal", times=1))
    struck = [some.choose(AMBER, MODEL, PLAIN) for _ in range(4)]
    assert [fault and fault.kind for fault in struck] == ["overload", "overload", "internal", None]


def test_a_prompt_asks_for_its_own_fault_and_counts_apart() -> None:
    some = faults(Fault("overload"))
    wishes = Directives(fault="stall", after=2, seconds=0.5, error="internal", times=1)
    prompt = Prompt(text="one", wishes=wishes, turn=1, answered_steps=0)
    other = Prompt(text="two", wishes=wishes, turn=1, answered_steps=0)
    stall = Fault("stall", after=2, seconds=0.5, error="internal")
    assert [some.choose(AMBER, MODEL, one) for one in (prompt, prompt, other)] == [stall, None, stall]


@pytest.mark.parametrize("fault", [Fault("explosion"), Fault("stall", error="explosion")])
def test_an_unknown_fault_is_refused(fault: Fault) -> None:
    with pytest.raises(UnknownFaultError):
        faults(fault)
