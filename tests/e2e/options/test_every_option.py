"""Every option takes effect on a gateway that runs, and is taken back on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gemini_balance.core.options import ROWS
from tests.e2e.options import alert_cases, answer_cases, journal_cases, media_cases, pool_cases
from tests.e2e.options.cases import by_name
from tests.e2e.options.running import running

if TYPE_CHECKING:
    from pathlib import Path

    from gemini_balance.simulator import RunningSimulator

CASES = by_name(pool_cases, media_cases, answer_cases, journal_cases, alert_cases)


@pytest.mark.parametrize("name", ROWS)
def test_an_option_takes_effect_at_once(google: RunningSimulator, name: str, tmp_path: Path) -> None:
    """A row of the table without a case fails here."""
    case = CASES[name]
    with running(google, tmp_path if case.keeps else None, **case.environment) as gateway:
        assert case.look(gateway) == case.before
        gateway.set(name, case.value)
        assert case.look(gateway) == case.after
        gateway.reset(name)
        assert case.look(gateway) == case.before


def test_there_is_no_case_of_an_option_that_is_gone() -> None:
    assert set(CASES) <= set(ROWS)
