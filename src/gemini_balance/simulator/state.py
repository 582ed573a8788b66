"""All that one simulator remembers: its configuration in force, clock, quotas, faults and statistics."""

from __future__ import annotations

import base64
import random
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.simulator.clock import Clock
from gemini_balance.simulator.config import SimulatorConfig
from gemini_balance.simulator.faults import Faults
from gemini_balance.simulator.quota import Quotas
from gemini_balance.simulator.resources.library import Library
from gemini_balance.simulator.stats import Stats

if TYPE_CHECKING:
    from gemini_balance.simulator.json_types import Object
    from gemini_balance.simulator.schema import Content


class State:
    """Built from a config; `control.py` changes it while it runs."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._initial = config
        self.stats = Stats(config.keep_requests)
        self.library = Library(config.seed)
        self.reset()

    def reset(self) -> None:
        """Back to the beginning."""
        self.config = self._initial
        self.dice = random.Random(self.config.seed)  # noqa: S311  # repeatable on purpose, guards nothing
        # Ids have dice of their own, so that faults fall alike however many answers lie between them.
        self._id_dice = random.Random(self.config.seed + 1)  # noqa: S311  # names nothing secret
        self.clock = Clock(self.config.clock_speed, self.config.clock_start)
        self.quotas = Quotas(self.config.window)
        self.faults = Faults(self.config.faults, self.dice)
        # What a Live conversation is resumed by: the project and what was said.
        self.live_sessions: dict[str, tuple[str, list[Content]]] = {}
        self.close()
        self.library = Library(self.config.seed + 2)
        self.clear_stats()

    def close(self) -> None:
        """Delete what callers have uploaded."""
        self.library.close()

    def clear_stats(self) -> None:
        """Count from zero; what still runs stays active."""
        active = self.stats.active
        self.stats = Stats(self.config.keep_requests)
        self.stats.active = active

    def change(self, patch: Object) -> None:
        """Replace the named fields of the config; `advance` moves the clock. Raises ValidationError."""
        fields = dict(patch)
        advance = msgspec.convert(fields.pop("advance", 0), float)
        merged = msgspec.to_builtins(self.config) | fields
        config = msgspec.convert(merged, SimulatorConfig)
        faults = Faults(config.faults, self.dice) if "faults" in fields else self.faults
        self._apply(config, fields)
        self.faults = faults
        self.clock.advance(advance)

    def _apply(self, config: SimulatorConfig, changed: Object) -> None:
        self.config = config
        self.quotas.window = config.window
        self.stats.remember(config.keep_requests)
        if "clock_start" in changed:
            self.clock = Clock(config.clock_speed, config.clock_start)
        elif config.clock_speed != self.clock.speed:
            self.clock.set_speed(config.clock_speed)
        if "seed" in changed:
            self.dice.seed(config.seed)

    def new_response_id(self) -> str:
        """An id as Google makes them: 22 or 23 url-safe characters."""
        return base64.urlsafe_b64encode(self._id_dice.randbytes(17)).decode().rstrip("=")
