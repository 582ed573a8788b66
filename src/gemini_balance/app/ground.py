"""What everything else is built on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gemini_balance.app.clock import SystemClock
    from gemini_balance.app.kept import Kept
    from gemini_balance.core.options import Options
    from gemini_balance.core.redaction import Redactor
    from gemini_balance.settings import Settings


class Ground(NamedTuple):
    """`options` are the environment's; what operators change comes before the first call."""

    settings: Settings
    options: Options
    kept: Kept
    clock: SystemClock
    redactor: Redactor
